// SPDX-License-Identifier: Apache-2.0
//
// The configuration pages: where each parameter stands in the navigation that operators know, and the name that it has there. What it
// is (type, range, help) comes from the registry. A parameter that is named nowhere stands under "More" on the page of its owner,
// or on "General": none is ever missing. Source: AudioCodes MP-11x User's Manual 6.6, embedded web server.

export interface PageField {
	readonly name: string;
	/** As the manual's page calls it; else the parameter's own name. */
	readonly label?: string;
}

export interface PageGroup {
	readonly title: string;
	readonly fields: readonly PageField[];
}

export interface Page {
	readonly id: string;
	/** Way through the navigation; the last one is the page. */
	readonly path: readonly string[];
	readonly groups: readonly PageGroup[];
	/** Whose other parameters stand here too (registry). */
	readonly owners: readonly string[];
}

function group(title: string, ...fields: (string | readonly [name: string, label: string])[]): PageGroup {
	const list = fields.map((field) =>
		Object.freeze(typeof field === "string" ? { name: field } : { name: field[0], label: field[1] }),
	);
	return Object.freeze({ title, fields: Object.freeze(list) });
}

function page(id: string, path: readonly string[], owners: readonly string[], groups: PageGroup[]): Page {
	return Object.freeze({
		id,
		path: Object.freeze(path),
		owners: Object.freeze(owners),
		groups: Object.freeze(groups),
	});
}

const sip = page(
	"sip",
	["VoIP", "SIP Definitions", "Advanced Parameters"],
	["sip"],
	[
		group("Misc Parameters", ["EnableSIPRemoteReset", "SIP Remote Reset"]),
		// Of our own: the original obeys everybody.
		group(
			"Who Is Obeyed",
			["SIPNotifySources", "NOTIFY Sources"],
			["SIPNotifyUser", "NOTIFY User"],
			["SIPNotifyPassword", "NOTIFY Password"],
			["SIPNotifyDigest", "NOTIFY Digest"],
			["SIPNotifyInterval", "NOTIFY Interval"],
		),
		group(
			"General",
			["LocalSIPPort", "SIP UDP Local Port"],
			["TCPLocalSIPPort", "SIP TCP Local Port"],
			["TLSLocalSIPPort", "SIP TLS Local Port"],
		),
		group(
			"SIP over TLS",
			["VerifyServerCertificate", "Verify Server Certificate"],
			["PeerHostNameVerificationMode", "Peer Host Name Verification Mode"],
			["TLSRemoteSubjectName", "TLS Remote Subject Name"],
			["SIPSRequireClientCertificate", "TLS Mutual Authentication"],
		),
	],
);

const update = page(
	"update",
	["System", "Automatic Update"],
	["update", "tftp"],
	[
		group(
			"Files",
			["IniFileURL", "Configuration File URL"],
			["IniFileTemplateURL", "Second Configuration File URL"],
			["AutoCmpFileUrl", "Firmware URL, Each Time"],
			["CmpFileURL", "Firmware URL, Once"],
			["AutoUpdateCmpFile", "Fetch Firmware Once"],
		),
		group(
			"When",
			["AutoUpdateOnStartup", "After Each Start"],
			["AutoUpdateFrequency", "Every So Many Minutes"],
			["AutoUpdateFreqencySeconds", "Every So Many Seconds"],
			["AutoUpdatePredefinedTime", "Time of Day"],
			["AutoUpdatePredefinedRandomTime", "Random Delay After It"],
		),
		group(
			"Server",
			["AUPDVerifyCertificates", "Verify Server Certificate"],
			["AUPDDigestUsername", "User Name"],
			["AUPDDigestPassword", "Password"],
			["AUPDUserPassword", "User and Password"],
			["AupdHttpUserAgent", "User-Agent"],
		),
		group(
			"What Is Taken",
			["AUPDVerifySignature", "Only Signed Firmware"],
			["AllowDowngrade", "Allow Older Firmware"],
			["AUPDCheckIfIniChanged", "Pass Over Unchanged File"],
			["AupdTrialTime", "Trial Time"],
		),
	],
);

const certificates = page("certificates", ["System", "Certificates"], ["certificates"], []);
const snmp = page("snmp", ["System", "SNMP"], ["snmp"], []);

const web = page(
	"web",
	["System", "Web Pages"],
	["web"],
	[
		group(
			"Access",
			["HTTPSPort", "HTTPS Port"],
			["HTTPSOnly", "HTTPS Only"],
			["HTTPport", "HTTP Port"],
			["HTTPSRequireClientCertificate", "Require Client Certificate"],
			["WebSessionTimeout", "Session Timeout"],
			["DisableWebTask", "Switch Web Pages Off"],
			["DisableWebConfig", "Read Only"],
		),
	],
);

const network = page(
	"network",
	["Network"],
	["network", "dhcp", "syslog"],
	[
		group("Name and Addresses", ["HostName", "Host Name"], ["DHCPEnable", "DHCP Client"], "DHCPSpeedFactor"),
		group("DNS", ["DNSPriServerIP", "DNS Primary Server"], ["DNSSecServerIP", "DNS Secondary Server"]),
		group(
			"Time",
			["NTPServerIP", "NTP Server"],
			["NTPServerUTCOffset", "NTP UTC Offset"],
			["NTPUpdateInterval", "NTP Update Interval"],
		),
		group(
			"Syslog",
			["EnableSyslog", "Enable Syslog"],
			["SyslogServerIP", "Syslog Server"],
			["SyslogServerPort", "Syslog Server Port"],
		),
	],
);

const general = page("general", ["System", "General"], ["settings"], []);

/** In the order of the navigation. The last one has all that no other has. */
export const pages: readonly Page[] = Object.freeze([sip, update, certificates, snmp, web, network, general]);

export function findPage(id: string): Page | undefined {
	return pages.find((item) => item.id === id);
}

/** Whether a page names the parameter. */
export function isPlaced(name: string): boolean {
	return pages.some(({ groups }) => groups.some(({ fields }) => fields.some((field) => field.name === name)));
}

/** The page on which the parameters of an owner stand that no page names. */
export function pageOfOwner(owner: string): Page {
	return pages.find(({ owners }) => owners.includes(owner)) ?? general;
}
