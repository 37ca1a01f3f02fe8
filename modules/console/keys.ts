// SPDX-License-Identifier: Apache-2.0
//
// Bytes of a terminal to keys: UTF-8 text, control characters, and the escape sequences of cursor and editing keys.
// Anything not known is swallowed whole, so that a strange terminal never types rubbish.
// Sources: ECMA-48 5.4 (control sequences), xterm "ctlseqs" (VT220 and SS3 function keys), RFC 3629 (UTF-8).

export type KeyName =
	| "enter"
	| "backspace"
	| "delete"
	| "left"
	| "right"
	| "home"
	| "end"
	| "up"
	| "down"
	| "kill-end"
	| "kill-start"
	| "kill-word"
	| "redraw"
	| "cancel"
	| "end-of-file"
	| "tab";

export type Key = { text: string } | { key: KeyName };

const control: Readonly<Record<number, KeyName>> = Object.freeze({
	0x01: "home",
	0x02: "left",
	0x03: "cancel",
	0x04: "end-of-file",
	0x05: "end",
	0x06: "right",
	0x08: "backspace",
	0x09: "tab",
	0x0b: "kill-end",
	0x0c: "redraw",
	0x0e: "down",
	0x10: "up",
	0x15: "kill-start",
	0x17: "kill-word",
	0x7f: "backspace",
});

/** A list, as the engine would keep each name that an object was ever asked for. */
const sequences: readonly (readonly [sequence: string, key: KeyName])[] = Object.freeze([
	["A", "up"],
	["B", "down"],
	["C", "right"],
	["D", "left"],
	["F", "end"],
	["H", "home"],
	["1~", "home"],
	["3~", "delete"],
	["4~", "end"],
	["7~", "home"],
	["8~", "end"],
]);

/** Longest sequence that is looked at, bytes; a longer one is swallowed like any that is not known. */
const sequenceLimit = 16;

/**
 * - `escape`: after ESC; `intermediate`: ESC with 0x20 to 0x2F, one byte ends it
 * - `sequence`: after CSI; `single-shift`: after SS3; `linux`: after CSI "[" (function keys of the Linux console)
 * - `string`: after OSC, DCS, SOS, PM, APC, up to ESC \
 *
 * A control character ends each of them and counts as a key of its own: Enter is never lost.
 */
type State = "text" | "escape" | "intermediate" | "sequence" | "single-shift" | "linux" | "string";

/** Second bytes of OSC, DCS, SOS, PM and APC. */
const stringStarts: readonly number[] = Object.freeze([0x5d, 0x50, 0x58, 0x5e, 0x5f]);

function isControl(byte: number): boolean {
	return byte < 0x20 || byte === 0x7f;
}

export class KeyDecoder {
	#state: State = "text";
	#sequence = "";
	#return = false;
	#point = 0;
	#missing = 0;
	#least = 0;

	/** @returns the key that this byte completes, or `undefined` when it completes none */
	decode(byte: number): Key | undefined {
		if (this.#state !== "text" && isControl(byte)) this.#state = "text";
		switch (this.#state) {
			case "text":
				return this.text(byte);
			case "escape":
				return this.escape(byte);
			case "intermediate":
				if (byte < 0x20 || byte > 0x2f) this.#state = "text";
				return undefined;
			case "sequence":
				return this.control(byte);
			case "single-shift":
				return this.shifted(byte);
			case "linux":
				this.#state = "text";
				return undefined;
			case "string":
				return undefined;
		}
	}

	private escape(byte: number): undefined {
		this.#sequence = "";
		if (byte === 0x5b) this.#state = "sequence";
		else if (byte === 0x4f) this.#state = "single-shift";
		else if (stringStarts.includes(byte)) this.#state = "string";
		else this.#state = byte <= 0x2f ? "intermediate" : "text";
		return undefined;
	}

	/** ECMA-48: parameter and intermediate bytes 0x20 to 0x3F, then one final byte 0x40 to 0x7E. */
	private control(byte: number): Key | undefined {
		if (byte <= 0x3f) {
			if (this.#sequence.length <= sequenceLimit) this.#sequence += String.fromCharCode(byte);
			return undefined;
		}
		this.#state = byte === 0x5b && this.#sequence === "" ? "linux" : "text";
		return this.named(this.#sequence + String.fromCharCode(byte));
	}

	/** Some terminals put modifiers between SS3 and the letter: such a key is not known. */
	private shifted(byte: number): Key | undefined {
		if (byte >= 0x30 && byte <= 0x3f) {
			this.#sequence = "modified ";
			return undefined;
		}
		this.#state = "text";
		return this.named(this.#sequence + String.fromCharCode(byte));
	}

	private named(sequence: string): Key | undefined {
		const found = sequences.find(([known]) => known === sequence);
		return found === undefined ? undefined : { key: found[1] };
	}

	private text(byte: number): Key | undefined {
		const afterReturn = this.#return;
		this.#return = false;
		if (byte >= 0x80) return this.utf8(byte);
		this.#missing = 0;
		if (byte === 0x1b) {
			this.#state = "escape";
			return undefined;
		}
		if (byte === 0x0d) {
			this.#return = true;
			return { key: "enter" };
		}
		/* CR LF is one line end. */
		if (byte === 0x0a) return afterReturn ? undefined : { key: "enter" };
		if (byte >= 0x20 && byte < 0x7f) return { text: String.fromCharCode(byte) };
		const key = control[byte];
		return key === undefined ? undefined : { key };
	}

	private utf8(byte: number): Key | undefined {
		if (byte < 0xc0) {
			if (this.#missing === 0) return undefined;
			this.#point = (this.#point << 6) | (byte & 0x3f);
			if (--this.#missing > 0) return undefined;
			const bad = this.#point < this.#least || this.#point > 0x10ffff || (this.#point & 0xfff800) === 0xd800;
			/* C1 controls are not text. */
			return bad || this.#point < 0xa0 ? undefined : { text: String.fromCodePoint(this.#point) };
		}
		this.#missing = byte >= 0xf0 ? 3 : byte >= 0xe0 ? 2 : 1;
		this.#least = this.#missing === 3 ? 0x10000 : this.#missing === 2 ? 0x800 : 0x80;
		this.#point = byte & (0x3f >> this.#missing);
		if (byte >= 0xf8) this.#missing = 0;
		return undefined;
	}
}
