// SPDX-License-Identifier: Apache-2.0
//
// The User-Agent of an update request and the tags in it: <NAME>, <VER>, <MAC>, <CONF>, case-sensitive.
// Leaves out the licence key: <NAME> is the model in the firmware's own description.
// Sources: AudioCodes Automatic Update, "User-Agent header" (AupdHttpUserAgent); RFC 9110 sections 5.5 and 10.1.5.

import { toHex } from "../bytes/text.js";

/** Used when AupdHttpUserAgent is empty. */
export const defaultUserAgent = "Mozilla/4.0 (compatible; upgate; <NAME>;<VER>;<MAC>;<CONF>)";

/** Longest AupdHttpUserAgent, characters. */
const maxTemplate = 511;

export interface UserAgentTags {
	/** Model. */
	name: string;
	/** Running firmware version. */
	version: string;
	/** Six bytes. */
	mac: Uint8Array;
	/** INIFileVersion as it was at start-up. */
	configuration: string;
}

/** @returns the MAC as 12 upper-case hexadecimal digits, as in URLs and in the User-Agent */
export function macText(mac: Uint8Array): string {
	return toHex(mac, true);
}

/** Only visible ASCII and spaces leave: a control character could add a header of its own. */
function printable(text: string): string {
	let result = "";
	for (const character of text) result += character >= " " && character <= "~" ? character : "?";
	return result;
}

/**
 * Fills in a User-Agent.
 * @param template text with tags; empty for the default, cut at 511 characters
 * @returns a header value in printable ASCII
 */
export function userAgent(template: string, tags: UserAgentTags): string {
	const cut = template === "" ? defaultUserAgent : template.slice(0, maxTemplate);
	const values: readonly (readonly [string, string])[] = [
		["<NAME>", tags.name],
		["<VER>", tags.version],
		["<MAC>", macText(tags.mac)],
		["<CONF>", tags.configuration],
	];
	// One pass over the template: a value that looks like a tag stays as it is.
	let result = "";
	let at = 0;
	while (at < cut.length) {
		const found = values.find(([tag]) => cut.startsWith(tag, at));
		result += found === undefined ? cut[at] : found[1];
		at += found === undefined ? 1 : found[0].length;
	}
	return printable(result);
}

/** Expands `<MAC>` in a URL; other tags have no meaning there. */
export function expandMAC(url: string, mac: Uint8Array): string {
	return url.split("<MAC>").join(macText(mac));
}
