// SPDX-License-Identifier: Apache-2.0
//
// The little of DER that public keys need: read an element of a known tag, write whole numbers and sequences.
// Leaves out everything else: tags above 30, lengths above 65535. Sources: ITU-T X.690 sections 8.1 and 10.1.

import type { ByteReader } from "../bytes/reader.js";
import { ImageError } from "./error.js";

export const DER_TAG = Object.freeze({ integer: 0x02, bits: 0x03, null: 0x05, object: 0x06, sequence: 0x30 } as const);

function refuse(offset: number, message: string): never {
	throw new ImageError("IMAGE_KEY", offset, message);
}

/** Shortest form only: a key has one encoding. */
function readLength(reader: ByteReader): number {
	const offset = reader.offset;
	const first = reader.u8();
	if (first < 0x80) return first;
	if (first !== 0x81 && first !== 0x82) refuse(offset, "length of another form than 1 to 3 bytes");
	const length = first === 0x81 ? reader.u8() : reader.u16be();
	if (length < (first === 0x81 ? 0x80 : 0x100)) refuse(offset, "length is not in its shortest form");
	return length;
}

/**
 * Takes one element.
 * @returns its content, a view of the input
 * @throws ImageError IMAGE_KEY; ParseError BYTES_TRUNCATED
 */
export function readElement(reader: ByteReader, tag: number): Uint8Array {
	const offset = reader.offset;
	const found = reader.u8();
	if (found !== tag) refuse(offset, `tag 0x${found.toString(16)}, 0x${tag.toString(16)} wanted`);
	return reader.bytes(readLength(reader));
}

/** @returns the bytes of a whole number that is not negative, big endian, without leading zeros */
export function readUnsigned(reader: ByteReader): Uint8Array {
	const offset = reader.offset;
	const content = readElement(reader, DER_TAG.integer);
	if (content.length === 0 || content[0] >= 0x80) refuse(offset, "number without bytes, or below 0");
	if (content[0] !== 0 || content.length === 1) return content;
	if (content[1] < 0x80) refuse(offset, "number is not in its shortest form");
	return content.subarray(1);
}

/** @param length 0 to 65535 */
function header(tag: number, length: number): number[] {
	if (length < 0x80) return [tag, length];
	return length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
}

/** @param content at most 65535 bytes */
export function element(tag: number, content: Uint8Array): Uint8Array {
	const head = header(tag, content.length);
	const output = new Uint8Array(head.length + content.length);
	output.set(head);
	output.set(content, head.length);
	return output;
}

/** @param bytes big endian, leading zeros allowed; at most 65534 */
export function unsigned(bytes: Uint8Array): Uint8Array {
	let start = 0;
	while (start < bytes.length - 1 && bytes[start] === 0) start++;
	const digits = bytes.subarray(start);
	const content = new Uint8Array(digits.length + (digits.length === 0 || digits[0] >= 0x80 ? 1 : 0));
	content.set(digits, content.length - digits.length);
	return element(DER_TAG.integer, content);
}
