// SPDX-License-Identifier: Apache-2.0
//
// Writes BER forwards into a buffer of fixed capacity. The length of a constructed element is put in when it is closed, in three
// bytes, which RFC 3417 section 8 allows. A write that does not fit throws and leaves what was written before.
// Source: ITU-T X.690 section 8.

import { SNMPError } from "./error.js";

/** Bytes of the long form of lengths up to 65535. */
const longLength = 3;

export class BERWriter {
	readonly #output: Uint8Array;
	#offset = 0;

	/** @param capacity bytes, up to 65535; allocated at once */
	constructor(capacity: number) {
		this.#output = new Uint8Array(capacity);
	}

	/** Bytes written so far; to be handed to `truncate`. */
	get offset(): number {
		return this.#offset;
	}

	get remaining(): number {
		return this.#output.length - this.#offset;
	}

	/** Takes everything from `offset` on back. */
	truncate(offset: number): void {
		this.#offset = offset;
	}

	/** @returns a view of what was written */
	finish(): Uint8Array {
		return this.#output.subarray(0, this.#offset);
	}

	/** Begins a constructed element. @returns what `close` wants. @throws SNMPError SNMP_FULL */
	open(tag: number): number {
		this.need(1 + longLength);
		this.#output[this.#offset] = tag;
		this.#offset += 1 + longLength;
		return this.#offset;
	}

	close(start: number): void {
		const length = this.#offset - start;
		this.#output[start - 3] = 0x82;
		this.#output[start - 2] = length >>> 8;
		this.#output[start - 1] = length;
	}

	/** @returns offset of the content. @throws SNMPError SNMP_FULL */
	bytes(tag: number, content: Uint8Array): number {
		this.head(tag, content.length);
		this.#output.set(content, this.#offset);
		this.#offset += content.length;
		return this.#offset - content.length;
	}

	/** @param value whole, -2^31 to 2^32 - 1. @throws SNMPError SNMP_FULL */
	integer(tag: number, value: number): void {
		let count = 1;
		while (count < 5 && (value < -(2 ** (8 * count - 1)) || value >= 2 ** (8 * count - 1))) count++;
		this.head(tag, count);
		if (count === 5) this.#output[this.#offset++] = 0;
		for (let shift = 8 * (Math.min(count, 4) - 1); shift >= 0; shift -= 8) {
			this.#output[this.#offset++] = value >>> shift;
		}
	}

	/** @param parts two numbers at least. @throws SNMPError SNMP_FULL */
	oid(tag: number, parts: readonly number[]): void {
		let length = identifierBytes(parts[0] * 40 + parts[1]);
		for (let i = 2; i < parts.length; i++) length += identifierBytes(parts[i]);
		this.head(tag, length);
		this.identifier(parts[0] * 40 + parts[1]);
		for (let i = 2; i < parts.length; i++) this.identifier(parts[i]);
	}

	/** @throws SNMPError SNMP_FULL */
	empty(tag: number): void {
		this.head(tag, 0);
	}

	private identifier(value: number): void {
		for (let i = identifierBytes(value) - 1; i > 0; i--) {
			this.#output[this.#offset++] = 0x80 | (Math.floor(value / 128 ** i) & 0x7f);
		}
		this.#output[this.#offset++] = value & 0x7f;
	}

	/** Tag and shortest length, and makes sure that the content fits. */
	private head(tag: number, length: number): void {
		const extra = length < 0x80 ? 0 : length < 0x100 ? 1 : 2;
		this.need(2 + extra + length);
		this.#output[this.#offset++] = tag;
		if (extra > 0) this.#output[this.#offset++] = 0x80 | extra;
		if (extra > 1) this.#output[this.#offset++] = length >>> 8;
		this.#output[this.#offset++] = length;
	}

	private need(count: number): void {
		if (count > this.remaining) {
			throw new SNMPError("SNMP_FULL", this.#offset, `${count} bytes to write, room for ${this.remaining}`);
		}
	}
}

function identifierBytes(value: number): number {
	let count = 1;
	for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) count++;
	return count;
}
