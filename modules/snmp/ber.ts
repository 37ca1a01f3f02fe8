// SPDX-License-Identifier: Apache-2.0
//
// The part of BER that SNMP uses, read from a buffer without copies: definite lengths, integers of 32 bits, object identifiers.
// Iterative, and bounded by the buffer. Leaves out: tags above 30, constructed strings, numbers above 32 bits (taken as bytes).
// Sources: ITU-T X.690 section 8, RFC 3417 section 8.

import { SNMPError } from "./error.js";

/** Tags: X.690 section 8, RFC 2578 section 7.1, RFC 3416 section 3. */
export const tag = Object.freeze({
	integer: 0x02,
	octets: 0x04,
	null: 0x05,
	oid: 0x06,
	sequence: 0x30,
	address: 0x40,
	counter: 0x41,
	unsigned: 0x42,
	ticks: 0x43,
	opaque: 0x44,
	counter64: 0x46,
	noSuchObject: 0x80,
	noSuchInstance: 0x81,
	endOfMibView: 0x82,
} as const);

/** RFC 2578 section 3.5: numbers in an object identifier. */
export const maxSubidentifiers = 128;

const maxLengthBytes = 3;
const two32 = 4294967296;

/** Reads elements one after the other between two bounds of a buffer. */
export class BERReader {
	readonly input: Uint8Array;
	readonly end: number;
	#offset: number;

	/** @param input whole message; not copied */
	constructor(input: Uint8Array, start = 0, end = input.length) {
		this.input = input;
		this.#offset = start;
		this.end = end;
	}

	/** Position of the next element. */
	get offset(): number {
		return this.#offset;
	}

	get remaining(): number {
		return this.end - this.#offset;
	}

	/** Tag of the next element, `undefined` at the end. */
	peek(): number | undefined {
		return this.#offset < this.end ? this.input[this.#offset] : undefined;
	}

	/**
	 * Takes one element of a known tag.
	 * @returns a reader of its content
	 * @throws SNMPError BER_TAG, BER_LENGTH, BER_TRUNCATED
	 */
	enter(wanted: number): BERReader {
		const found = this.peek();
		if (found === undefined) throw new SNMPError("BER_TRUNCATED", this.#offset, "an element is missing");
		if (found !== wanted) {
			const text = `tag 0x${found.toString(16)}, 0x${wanted.toString(16)} wanted`;
			throw new SNMPError("BER_TAG", this.#offset, text);
		}
		const start = this.content();
		return new BERReader(this.input, start, this.#offset);
	}

	/** Content of an element, a view. @throws as `enter` */
	bytes(wanted: number): Uint8Array {
		const { offset, end } = this.enter(wanted);
		return this.input.subarray(offset, end);
	}

	/** A number of 32 bits with its sign. @throws SNMPError BER_INTEGER, and as `enter` */
	integer(wanted: number = tag.integer): number {
		const content = this.enter(wanted);
		const value = number(content);
		if (value < -two32 / 2 || value >= two32 / 2) throw tooLarge(content);
		return value;
	}

	/** A number of 32 bits without sign. @throws SNMPError BER_INTEGER, and as `enter` */
	unsigned(wanted: number): number {
		const content = this.enter(wanted);
		const value = number(content);
		if (value < 0 || value >= two32) throw tooLarge(content);
		return value;
	}

	/** @throws SNMPError BER_OID, and as `enter` */
	oid(wanted: number = tag.oid): number[] {
		return identifiers(this.enter(wanted));
	}

	/** @throws SNMPError BER_TRAILING when elements are left */
	expectEnd(): void {
		if (this.remaining > 0) throw new SNMPError("BER_TRAILING", this.#offset, `${this.remaining} bytes after the end`);
	}

	/** Moves behind the element. @returns where its content begins */
	private content(): number {
		const { input, end } = this;
		const first = this.#offset + 1;
		if (first >= end) throw new SNMPError("BER_TRUNCATED", first, "no length");
		let length = input[first];
		let start = first + 1;
		if (length >= 0x80) {
			const count = length & 0x7f;
			if (count === 0 || count > maxLengthBytes)
				throw new SNMPError("BER_LENGTH", first, "length of 1 to 3 bytes wanted");
			if (start + count > end) throw new SNMPError("BER_TRUNCATED", end, "length is cut short");
			length = 0;
			for (let i = 0; i < count; i++) length = length * 256 + input[start++];
		}
		if (length > end - start) {
			throw new SNMPError("BER_TRUNCATED", start, `${length} bytes wanted, ${end - start} left`);
		}
		this.#offset = start + length;
		return start;
	}
}

function tooLarge({ offset }: BERReader): SNMPError {
	return new SNMPError("BER_INTEGER", offset, "number of more than 32 bits");
}

/** Two's complement. Needless bytes in front are passed over: some managers send them. */
function number(content: BERReader): number {
	const { input, offset, end } = content;
	if (offset === end) throw new SNMPError("BER_INTEGER", offset, "number without bytes");
	const negative = input[offset] >= 0x80;
	const fill = negative ? 0xff : 0;
	let at = offset;
	while (at < end - 5 && input[at] === fill) at++;
	if (end - at > 5) throw tooLarge(content);
	let value = negative ? -1 : 0;
	for (; at < end; at++) value = value * 256 + input[at];
	return value;
}

/** X.690 section 8.19; the first number holds two (section 8.19.4). */
function identifiers({ input, offset, end }: BERReader): number[] {
	const parts: number[] = [];
	if (offset === end || input[end - 1] >= 0x80) throw new SNMPError("BER_OID", offset, "identifier is cut short");
	for (let at = offset; at < end;) {
		let part = 0;
		const start = at;
		do {
			if (at === start && input[at] === 0x80) throw new SNMPError("BER_OID", at, "number begins with nothing");
			part = part * 128 + (input[at] & 0x7f);
			if (part >= two32) throw new SNMPError("BER_OID", start, "number of more than 32 bits");
		} while (input[at++] >= 0x80);
		if (parts.length === 0) {
			const first = Math.min(2, Math.floor(part / 40));
			parts.push(first);
			part -= first * 40;
		}
		parts.push(part);
		if (parts.length > maxSubidentifiers)
			throw new SNMPError("BER_OID", start, `more than ${maxSubidentifiers} numbers`);
	}
	return parts;
}
