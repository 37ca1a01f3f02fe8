// SPDX-License-Identifier: Apache-2.0
//
// A terminal as small as the console needs: printable characters, CR, LF, ESC [ K and ESC [ n D, wrapping at the last
// column as a VT100 does. Anything else is an error: the console promises to send nothing else.

import { decodeUTF8 } from "../../modules/bytes/text.js";

export class Screen {
	readonly columns: number;
	/** All rows since the start, also those that would have scrolled away. */
	readonly #rows: string[][] = [[]];
	#row = 0;
	#column = 0;
	#rest = new Uint8Array(0);

	constructor(columns = 80) {
		this.columns = columns;
	}

	/** Rows as text, without spaces at their ends and empty rows at the end. */
	get lines(): string[] {
		const lines = this.#rows.map((row) =>
			Array.from(row, (cell) => cell ?? " ")
				.join("")
				.trimEnd(),
		);
		while (lines.length > 0 && lines[lines.length - 1] === "") lines.pop();
		return lines;
	}
	get column(): number {
		return this.#column;
	}
	/** The row of the cursor. */
	get bottom(): string {
		return this.lines[this.#row] ?? "";
	}

	/** Takes bytes; a sequence cut at the end waits for the next ones. */
	feed(bytes: Uint8Array): void {
		const all = new Uint8Array(this.#rest.length + bytes.length);
		all.set(this.#rest);
		all.set(bytes, this.#rest.length);
		const end = this.#complete(all);
		this.#rest = all.slice(end);
		this.#text(Array.from(decodeUTF8(all.subarray(0, end), { fatal: true })));
	}

	/** @returns bytes up to which characters and sequences are whole */
	#complete(bytes: Uint8Array): number {
		let end = bytes.length;
		let start = end - 1;
		while (start > 0 && end - start < 4 && (bytes[start] & 0xc0) === 0x80) start--;
		if (start >= 0 && bytes[start] >= 0xc0) {
			const length = bytes[start] >= 0xf0 ? 4 : bytes[start] >= 0xe0 ? 3 : 2;
			if (start + length > end) end = start;
		}
		for (let i = Math.max(0, end - 8); i < end; i++) {
			if (bytes[i] !== 0x1b) continue;
			let last = i + 2;
			while (last < end && bytes[last] < 0x40) last++;
			if (last >= end) return i;
		}
		return end;
	}

	#text(characters: string[]): void {
		for (let i = 0; i < characters.length; i++) {
			const c = characters[i];
			if (c === "\r") this.#column = 0;
			else if (c === "\n") this.#down();
			else if (c === "\x1b") i = this.#sequence(characters, i + 1);
			else this.#put(c);
		}
	}

	#sequence(characters: string[], at: number): number {
		let text = "";
		if (characters[at] === "[")
			for (let i = at + 1; i < characters.length; i++) {
				text += characters[i];
				if (characters[i] >= "@") break;
			}
		if (text === "K") this.#rows[this.#row].length = Math.min(this.#rows[this.#row].length, this.#column);
		else if (/^[1-9][0-9]*D$/.test(text)) this.#column = Math.max(0, this.#column - Number(text.slice(0, -1)));
		else throw new Error(`sequence ESC ${characters.slice(at, at + 8).join("")}`);
		return at + text.length;
	}

	#down(): void {
		this.#row++;
		if (this.#row === this.#rows.length) this.#rows.push([]);
	}

	#put(character: string): void {
		const code = character.codePointAt(0) ?? 0;
		// A tab is kept as it is, as what a terminal copies from its screen.
		if ((code < 0x20 && code !== 0x09) || (code >= 0x7f && code < 0xa0)) throw new Error(`control character ${code}`);
		if (this.#column === this.columns) {
			this.#column = 0;
			this.#down();
		}
		this.#rows[this.#row][this.#column++] = character;
	}
}
