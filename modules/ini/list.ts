// SPDX-License-Identifier: Apache-2.0
//
// Comma lists on one line: `a, b`, `'en-US', '', ''`. What is in quotes may hold commas.

const SINGLE = 0x27;
const DOUBLE = 0x22;

/** Index after a quoted item that starts at `at`, or `undefined` when its quote has no partner. */
function quotedEnd(text: string, at: number): number | undefined {
	const close = text.indexOf(text[at], at + 1);
	return close < 0 ? undefined : close + 1;
}

/**
 * @param text what stands behind the "=", without blanks around it
 * @returns the items without their quotes and the blanks around them; none for an empty text
 */
export function splitList(text: string): string[] {
	const items: string[] = [];
	if (text.trim() === "") return items;
	for (let at = 0; at <= text.length;) {
		while (text[at] === " " || text[at] === "\t") at++;
		const code = text.charCodeAt(at);
		const quoted = code === SINGLE || code === DOUBLE ? quotedEnd(text, at) : undefined;
		const comma = text.indexOf(",", quoted ?? at);
		const end = comma < 0 ? text.length : comma;
		const isQuoted = quoted !== undefined && text.slice(quoted, end).trim() === "";
		items.push(isQuoted ? text.slice(at + 1, quoted - 1) : text.slice(at, end).trim());
		at = end + 1;
	}
	return items;
}

/** @param items none may hold a single quote */
export function joinList(items: readonly string[]): string {
	return items.map((item) => `'${item}'`).join(", ");
}
