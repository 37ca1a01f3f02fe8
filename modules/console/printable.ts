// SPDX-License-Identifier: Apache-2.0
//
// Makes text safe for a terminal: what a server or a file says must not move the cursor back, clear the screen or tear a line.
// Control characters (C0 but the tab, DEL and C1: Unicode category Cc) become question marks, and long text is cut.

/** Longest text, bytes of UTF-8. */
export const printableBytes = 3300;

function isControl(code: number): boolean {
	return (code < 0x20 && code !== 0x09) || (code >= 0x7f && code < 0xa0);
}

/** Code units that surely fit, or all of the text when it fits. */
function fitting(text: string): string {
	if (text.length * 3 <= printableBytes) return text;
	let bytes = 0;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
		if (bytes > printableBytes) return `${text.slice(0, i)}...`;
	}
	return text;
}

/** @returns `text` on one line, at most `printableBytes` and "..." */
export function printable(text: string): string {
	let result = "";
	for (const character of fitting(text)) result += isControl(character.codePointAt(0) ?? 0) ? "?" : character;
	return result;
}
