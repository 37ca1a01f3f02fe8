// SPDX-License-Identifier: Apache-2.0
//
// Bounded cursor over bytes: every read is checked against what is left, and a failed read moves nothing.
// Leaves out signed and 64-bit numbers.

import { ParseError } from "./error.js";

/** Reads numbers and byte ranges from the front of a buffer; never copies. */
export class ByteReader {
	readonly #input: Uint8Array;
	readonly #base: number;
	#offset = 0;

	/**
	 * @param input bytes to read; not copied
	 * @param base added to every reported offset, for a reader over part of a larger input (default 0)
	 */
	constructor(input: Uint8Array, base = 0) {
		this.#input = input;
		this.#base = base;
	}

	/** Position of the next byte, `base` included. */
	get offset(): number {
		return this.#base + this.#offset;
	}

	/** Bytes not yet read. */
	get remaining(): number {
		return this.#input.length - this.#offset;
	}

	/** @throws ParseError BYTES_TRUNCATED */
	u8(): number {
		return this.#input[this.take(1)];
	}

	/** @throws ParseError BYTES_TRUNCATED */
	u16le(): number {
		const at = this.take(2);
		return this.#input[at] | (this.#input[at + 1] << 8);
	}

	/** @throws ParseError BYTES_TRUNCATED */
	u16be(): number {
		const at = this.take(2);
		return (this.#input[at] << 8) | this.#input[at + 1];
	}

	/** @throws ParseError BYTES_TRUNCATED */
	u32le(): number {
		const at = this.take(4);
		const b = this.#input;
		return (b[at] | (b[at + 1] << 8) | (b[at + 2] << 16) | (b[at + 3] << 24)) >>> 0;
	}

	/** @throws ParseError BYTES_TRUNCATED */
	u32be(): number {
		const at = this.take(4);
		const b = this.#input;
		return ((b[at] << 24) | (b[at + 1] << 16) | (b[at + 2] << 8) | b[at + 3]) >>> 0;
	}

	/**
	 * @param count number of bytes, 0 or more
	 * @returns a view of the input, not a copy
	 * @throws ParseError BYTES_TRUNCATED
	 */
	bytes(count: number): Uint8Array {
		const at = this.take(count);
		return this.#input.subarray(at, at + count);
	}

	/** @throws ParseError BYTES_TRUNCATED */
	skip(count: number): void {
		this.take(count);
	}

	/** @throws ParseError BYTES_TRAILING when bytes are left */
	expectEnd(): void {
		if (this.remaining > 0) {
			throw new ParseError("BYTES_TRAILING", this.offset, `${this.remaining} bytes after the end`);
		}
	}

	private take(count: number): number {
		// Also refuses NaN, negative and fractional counts that come from arithmetic on wire lengths.
		if (!(count >= 0 && count <= this.remaining) || !Number.isInteger(count)) {
			throw new ParseError("BYTES_TRUNCATED", this.offset, `${count} bytes wanted, ${this.remaining} left`);
		}
		const at = this.#offset;
		this.#offset = at + count;
		return at;
	}
}
