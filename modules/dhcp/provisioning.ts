// SPDX-License-Identifier: Apache-2.0
//
// What a DHCP server says about provisioning, as URLs: option 160 in its four forms, option 67 as a URL, options 66 and 67 (or the
// fields of BOOTP in their place) as server and file of TFTP. The first of these that says something counts, as the vendor's telephones
// have it. Leaves out option 43. The tag <MAC> may stand in what the server says; whoever fetches fills it in.
// Source: AudioCodes "DHCP-based provisioning" (Mediant 4000 7.2, 500L 7.2), IP phone 400HD manual LTRT-11950.

import { addressText, fieldText, optionCode, type Reply } from "./packet.js";

export interface ProvisioningOptions {
	/** Model, for the name of the file that is asked for when none is given or it is not there: <Product><MAC>.ini. */
	product: string;
	/** DHCPRequestTFTPParams = 1: options 66 and 67 count as TFTP server and file. */
	tftp: boolean;
}

export interface Provisioning {
	/** URLs of the configuration in the order of trying; empty when there is none. */
	ini: readonly string[];
	/** URL of the firmware. */
	firmware: string | undefined;
	/** Where it stood: `option 160`. */
	source: string;
	/** What was there and cannot be used, one line without the text itself: it may hold a password. */
	problem: string | undefined;
}

const maxURL = 255;
const schemes: readonly string[] = Object.freeze(["http", "https", "tftp"]);

const nothing: Provisioning = Object.freeze({ ini: [], firmware: undefined, source: "", problem: undefined });

/** Only ASCII without spaces and controls leaves this module. */
function isPlain(text: string): boolean {
	return text.length > 0 && text.length <= maxURL && /^[!-~]+$/.test(text);
}

/** @returns scheme, server with its "://", and what stands behind the "/" after it; `undefined` for what is no URL of ours */
function splitURL(text: string): { server: string; path: string } | undefined {
	const found = /^([A-Za-z]+):\/\/([^/?#;]+)/.exec(text);
	if (found === null || !schemes.includes(found[1].toLowerCase())) return undefined;
	const rest = text.slice(found[0].length);
	if (rest !== "" && !rest.startsWith("/")) return undefined;
	return { server: found[0], path: rest.slice(1) };
}

/** Characters of a path stay, all others are escaped: a model's name may hold any. */
function escapeName(name: string): string {
	let escaped = "";
	for (const character of name) {
		const code = character.charCodeAt(0) & 0xff;
		const hex = code.toString(16).toUpperCase().padStart(2, "0");
		escaped += /^[A-Za-z0-9._-]$/.test(character) ? character : `%${hex}`;
	}
	return escaped;
}

function refuse(source: string, problem: string): Provisioning {
	return { ...nothing, source, problem: `${source}: ${problem}` };
}

/** "SIP_F6.cmp -fb;device.ini": switches behind the name of the software say how to burn it, which is our own business. */
function splitNames(text: string): { software: string; configuration: string } {
	const at = text.indexOf(";");
	const first = (at < 0 ? text : text.slice(0, at)).split(" ")[0];
	if (at >= 0) return { software: first, configuration: text.slice(at + 1) };
	const isIni = /\.ini$/i.test(first);
	return isIni ? { software: "", configuration: first } : { software: first, configuration: "" };
}

function readProvisioningURL(text: string, product: string): Provisioning {
	const source = "option 160";
	if (!isPlain(text)) return refuse(source, "not 1 to 255 characters of ASCII without spaces");
	const url = splitURL(text);
	if (url === undefined) return refuse(source, "no URL of http, https or tftp");
	const { software, configuration } = splitNames(url.path);
	const fallback = `${url.server}/${escapeName(product)}<MAC>.ini`;
	const ini = configuration === "" ? [fallback] : [`${url.server}/${configuration}`, fallback];
	return { ini, firmware: software === "" ? undefined : `${url.server}/${software}`, source, problem: undefined };
}

function readTFTP(server: string, text: string): Provisioning {
	const source = "options 66 and 67";
	const { software, configuration } = splitNames(text.startsWith("/") ? text.slice(1) : text);
	const isHost = /^[A-Za-z0-9._-]+$/.test(server);
	if (!isHost || ![software, configuration].every((name) => name === "" || isPlain(name)))
		return refuse(source, "no host name, or no file name");
	const url = (name: string): string => `tftp://${server}/${name}`;
	return {
		ini: configuration === "" ? [] : [url(configuration)],
		firmware: software === "" ? undefined : url(software),
		source,
		problem: undefined,
	};
}

function optionText({ options }: Reply, code: number): string {
	const content = options.get(code);
	return content === undefined ? "" : fieldText(content);
}

/** @returns what the reply says; never throws */
export function readProvisioning(reply: Reply, { product, tftp }: ProvisioningOptions): Provisioning {
	const url = optionText(reply, optionCode.provisioning);
	if (url !== "") return readProvisioningURL(url, product);
	const file = optionText(reply, optionCode.bootFile) || reply.file;
	if (file.includes("://")) {
		const usable = isPlain(file) && splitURL(file) !== undefined;
		return usable
			? { ...nothing, ini: [file], source: "option 67" }
			: refuse("option 67", "no URL of http, https or tftp");
	}
	const server = optionText(reply, optionCode.tftpServer) || reply.serverName || reply.nextServer;
	return tftp && file !== "" && server !== "" ? readTFTP(server, file) : nothing;
}

/** @returns the time servers of option 42, IPv4 literals, four at most */
export function readTimeServers({ options }: Reply): string[] {
	const content = options.get(optionCode.timeServers) ?? new Uint8Array(0);
	const servers: string[] = [];
	for (let at = 0; at + 4 <= content.length && servers.length < 4; at += 4) {
		const server = addressText(content.subarray(at, at + 4));
		if (server !== "") servers.push(server);
	}
	return servers;
}

/** @returns the host name for option 12 where none is set: `acl_` and the last three bytes of the MAC as a decimal number */
export function defaultHostName(mac: Uint8Array): string {
	return `acl_${mac[3] * 65536 + mac[4] * 256 + mac[5]}`;
}
