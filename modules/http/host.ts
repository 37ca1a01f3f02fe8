// SPDX-License-Identifier: Apache-2.0
//
// Host literals and names: IPv4 and IPv6 addresses (RFC 3986 section 3.2.2), DNS names (RFC 1123 section 2.1, with "_").

/** Says whether a character code may stand at some place. */
export type CharacterTest = (code: number) => boolean;

export function isDigit(code: number): boolean {
	return code >= 0x30 && code <= 0x39;
}

export function isHexDigit(code: number): boolean {
	return isDigit(code) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);
}

/** Four decimal numbers without leading zeros: "010" is eight to some systems and ten to others. */
export function isIPv4(text: string): boolean {
	const { length } = text;
	let dots = 0;
	let digits = 0;
	let value = 0;
	// By hand: listeners ask this of each request, and XS compiles a regular expression anew each time.
	for (let at = 0; at < length; at++) {
		const code = text.charCodeAt(at);
		if (code === 0x2e) {
			if (digits === 0 || dots === 3) return false;
			dots++;
			digits = value = 0;
			continue;
		}
		if (!isDigit(code) || (digits > 0 && value === 0)) return false;
		digits++;
		value = value * 10 + code - 0x30;
		if (value > 255) return false;
	}
	return dots === 3 && digits > 0;
}

/** Eight groups, one run of zeros as "::", the last two groups also as IPv4; no zone, no brackets. */
export function isIPv6(text: string): boolean {
	const halves = text.split("::", 3);
	if (text.length > 45 || halves.length > 2) return false;
	let count = 0;
	for (let i = 0; i < halves.length; i++) {
		const groups = countGroups(halves[i], i === halves.length - 1);
		if (groups === undefined) return false;
		count += groups;
	}
	return halves.length === 2 ? count <= 7 : count === 8;
}

/** Labels of letters, digits, "-" and "_"; not all digits in the last one, which would be a broken IPv4 address. */
export function isName(text: string): boolean {
	const name = text.endsWith(".") ? text.slice(0, -1) : text;
	if (name.length === 0 || name.length > 253) return false;
	const labels = name.split(".");
	if (!labels.every((label) => /^[A-Za-z0-9_-]{1,63}$/.test(label))) return false;
	return !/^[0-9]+$/.test(labels[labels.length - 1]);
}

/** @returns how many 16-bit groups, `undefined` when one is wrong */
function countGroups(text: string, last: boolean): number | undefined {
	if (text === "") return 0;
	const parts = text.split(":", 9);
	let count = 0;
	for (let i = 0; i < parts.length; i++) {
		if (/^[0-9A-Fa-f]{1,4}$/.test(parts[i])) count++;
		else if (last && i === parts.length - 1 && isIPv4(parts[i])) count += 2;
		else return undefined;
	}
	return count;
}
