// SPDX-License-Identifier: Apache-2.0
//
// What a text is known by whatever the order of its lines: their number, and the sum and the exclusive or of their CRCs.
// Line ends (CRLF, LF, none after the last line) do not count, everything else does, comments too.
// Source: AudioCodes Automatic Update, AUPDCheckIfIniChanged = 2; the combination is ours.

import { crc32 } from "../bytes/crc32.js";

const LF = 0x0a;
const CR = 0x0d;
const carriageReturn: readonly number[] = Object.freeze([CR]);

export class LineDigest {
	#lines = 0;
	#sum = 0;
	#mix = 0;
	#crc = 0;
	/** The line has begun. */
	#open = false;
	/** A CR that may belong to the line end. */
	#pending = false;

	update(chunk: Uint8Array): void {
		let at = 0;
		while (at < chunk.length) {
			const found = chunk.indexOf(LF, at);
			const end = found < 0 ? chunk.length : found;
			this.part(chunk.subarray(at, end));
			if (found >= 0) this.close();
			at = end + 1;
		}
	}

	/** @returns hexadecimal text; no more may be added */
	digest(): string {
		if (this.#open || this.#pending) this.close();
		return [this.#lines, this.#sum, this.#mix].map((value) => value.toString(16)).join(".");
	}

	private part(bytes: Uint8Array): void {
		if (bytes.length === 0) return;
		if (this.#pending) this.#crc = crc32(new Uint8Array(carriageReturn), this.#crc);
		this.#pending = bytes[bytes.length - 1] === CR;
		this.#crc = crc32(this.#pending ? bytes.subarray(0, -1) : bytes, this.#crc);
		this.#open = true;
	}

	private close(): void {
		this.#lines++;
		this.#sum = (this.#sum + this.#crc) >>> 0;
		this.#mix = (this.#mix ^ this.#crc) >>> 0;
		this.#crc = 0;
		this.#open = false;
		this.#pending = false;
	}
}
