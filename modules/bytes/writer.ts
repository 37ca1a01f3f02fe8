// SPDX-License-Identifier: Apache-2.0
//
// Bounded writer: fills a buffer of fixed capacity, and a failed write changes nothing.
// Leaves out signed and 64-bit numbers, and growing.

import { ParseError } from "./error.js";

/** Appends numbers and bytes to a buffer of fixed capacity. */
export class ByteWriter {
	readonly #output: Uint8Array;
	#offset = 0;

	/** @param capacity bytes; allocated at once */
	constructor(capacity: number) {
		this.#output = new Uint8Array(capacity);
	}

	/** Bytes written so far. */
	get offset(): number {
		return this.#offset;
	}

	/** Bytes that still fit. */
	get remaining(): number {
		return this.#output.length - this.#offset;
	}

	/** @throws ParseError BYTES_FULL, BYTES_VALUE */
	u8(value: number): void {
		const at = this.take(1, value, 0xff);
		this.#output[at] = value;
	}

	/** @throws ParseError BYTES_FULL, BYTES_VALUE */
	u16le(value: number): void {
		const at = this.take(2, value, 0xffff);
		this.#output[at] = value;
		this.#output[at + 1] = value >>> 8;
	}

	/** @throws ParseError BYTES_FULL, BYTES_VALUE */
	u16be(value: number): void {
		const at = this.take(2, value, 0xffff);
		this.#output[at] = value >>> 8;
		this.#output[at + 1] = value;
	}

	/** @throws ParseError BYTES_FULL, BYTES_VALUE */
	u32le(value: number): void {
		const at = this.take(4, value, 0xffffffff);
		for (let i = 0; i < 4; i++) this.#output[at + i] = value >>> (8 * i);
	}

	/** @throws ParseError BYTES_FULL, BYTES_VALUE */
	u32be(value: number): void {
		const at = this.take(4, value, 0xffffffff);
		for (let i = 0; i < 4; i++) this.#output[at + i] = value >>> (24 - 8 * i);
	}

	/** @throws ParseError BYTES_FULL */
	bytes(value: Uint8Array): void {
		this.#output.set(value, this.take(value.length, 0, 0));
	}

	/**
	 * Appends `count` bytes of one value.
	 * @throws ParseError BYTES_FULL, BYTES_VALUE
	 */
	fill(count: number, value = 0): void {
		const at = this.take(count, value, 0xff);
		this.#output.fill(value, at, at + count);
	}

	/** @returns a view of what was written; later writes do not change it */
	finish(): Uint8Array {
		return this.#output.subarray(0, this.#offset);
	}

	private take(count: number, value: number, highest: number): number {
		if (!(value >= 0 && value <= highest) || !Number.isInteger(value)) {
			throw new ParseError("BYTES_VALUE", this.#offset, `${value} is not a whole number from 0 to ${highest}`);
		}
		if (!(count >= 0 && count <= this.remaining) || !Number.isInteger(count)) {
			throw new ParseError("BYTES_FULL", this.#offset, `${count} bytes to write, room for ${this.remaining}`);
		}
		const at = this.#offset;
		this.#offset = at + count;
		return at;
	}
}
