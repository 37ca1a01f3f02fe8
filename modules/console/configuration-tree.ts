// SPDX-License-Identifier: Apache-2.0
//
// The tree behind `configure`: areas with the command names of the original and the parameters they stand for.
// Source: AudioCodes CLI of 6.8 to 7.4, as far as public manuals name it; lines marked "ours" have no model there.

export interface AreaEntry {
	/** Command in its area. */
	readonly word: string;
	/** Parameter. */
	readonly parameter: string;
	/** Words for numbers, besides on and off of a boolean. */
	readonly values?: Readonly<Record<string, string>>;
}

export interface Area {
	readonly word: string;
	readonly help: string;
	readonly areas: readonly Area[];
	readonly entries: readonly AreaEntry[];
}

function entry(word: string, parameter: string, values?: Record<string, string>): AreaEntry {
	return Object.freeze(values === undefined ? { word, parameter } : { word, parameter, values: Object.freeze(values) });
}

function area(word: string, help: string, areas: Area[], entries: AreaEntry[] = []): Area {
	return Object.freeze({ word, help, areas: Object.freeze(areas), entries: Object.freeze(entries) });
}

// prettier-ignore
const automaticUpdate = area("automatic-update", "what is fetched, when, and as whom", [], [
	entry("aupd-interface", "AUPDInterface"),
	entry("aupd-ipv6-network-interface", "AUPDIPv6Interface"),
	entry("auto-firmware", "AutoCmpFileUrl"),
	entry("call-progress-tones", "CptFileURL"),
	entry("configuration-version", "INIFileVersion"),
	entry("crc-check", "AUPDCheckIfIniChanged", { off: "0", regular: "1", unordered: "2" }), // unordered: ours
	entry("credentials", "AUPDUserPassword"),
	entry("digest-password", "AUPDDigestPassword"), // ours
	entry("digest-user", "AUPDDigestUsername"), // ours
	entry("feature-key", "FeatureKeyURL"), // ours
	entry("firmware", "CmpFileURL"),
	entry("graceful-shutdown", "AupdGracefulShutdown"), // ours
	entry("http-user-agent", "AupdHttpUserAgent"),
	entry("ini-file", "IniFileURL"), // ours
	entry("ini-template", "IniFileTemplateURL"), // ours
	entry("predefined-random-time", "AutoUpdatePredefinedRandomTime"), // ours
	entry("predefined-time", "AutoUpdatePredefinedTime"),
	entry("run-on-reboot", "AutoUpdateOnStartup"),
	entry("template-files-list", "AupdFilesList"),
	entry("template-url", "TemplateUrl"),
	entry("tftp-block-size", "AUPDTftpBlockSize"),
	entry("tls-cert", "TLSCertFileUrl"), // ours
	entry("tls-private-key", "TLSPkeyFileUrl"), // ours
	entry("tls-root-cert", "TLSRootFileUrl"),
	entry("update-firmware", "AutoUpdateCmpFile"),
	entry("update-frequency", "AutoUpdateFrequency"),
	entry("update-frequency-sec", "AutoUpdateFreqencySeconds"),
	entry("update-frequency-spread", "AutoUpdateFrequencySpread"), // ours
	entry("use-zero-conf-certs", "AupdUseZeroConfCerts"),
	entry("verify-certificate", "AUPDVerifyCertificates"), // ours
]);

// prettier-ignore
const ntp = area("ntp", "clock", [], [
	entry("primary-server", "NTPServerIP"),
	entry("update-interval", "NTPUpdateInterval"),
	entry("utc-offset", "NTPServerUTCOffset"),
]);

// prettier-ignore
const advanced = area("advanced-settings", "miscellaneous", [], [
	entry("sip-remote-reset", "EnableSIPRemoteReset"),
]);

/** What `configure` leads to. */
export const configurationTree: readonly Area[] = Object.freeze([
	area("system", "automatic update, clock", [automaticUpdate, ntp]),
	area("voip", "SIP", [area("sip-definition", "SIP definitions", [advanced])]),
]);
