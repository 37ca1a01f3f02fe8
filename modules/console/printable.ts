// SPDX-License-Identifier: Apache-2.0
//
// Makes text safe for a terminal: what a server or a file says must not move the cursor, clear the screen or tear a line.
// Control characters (C0, DEL and C1: Unicode category Cc) become question marks, and long text is cut.

/** Longest text, UTF-16 code units: at most three times as many bytes. */
export const printableLimit = 1100;

function isControl(code: number): boolean {
	return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

/** @returns `text` on one line, at most `printableLimit` code units and "..." */
export function printable(text: string): string {
	const cut = text.length > printableLimit ? `${text.slice(0, printableLimit)}...` : text;
	let result = "";
	for (const character of cut) result += isControl(character.codePointAt(0) ?? 0) ? "?" : character;
	return result;
}
