// SPDX-License-Identifier: Apache-2.0
//
// The stored form of the settings: one record with the parameters that are not at their default.
//
//   offset  size  content
//   0       1     version of this form, 1
//   1       ...   for each parameter: u8 n, name (n bytes ASCII), u16 m, value as text (m bytes UTF-8)
//   end-4   4     CRC-32 of all before it
//
// Numbers are little-endian; values are decimal where they are numbers, so that a parameter may change its range or type.

import { crc32 } from "../bytes/crc32.js";
import { ParseError } from "../bytes/error.js";
import { ByteReader } from "../bytes/reader.js";
import { decodeUTF8, encodeUTF8 } from "../bytes/text.js";
import { ByteWriter } from "../bytes/writer.js";

const VERSION = 1;
const CRC_BYTES = 4;

/** Bytes of one pair beside its texts. */
const PAIR_BYTES = 3;

/**
 * Encodes twice, once to count, so that the texts' bytes never are in memory side by side: on the chip each small array takes ten times its bytes.
 * @param names up to 255 bytes each @param textOf value text of a name, up to 65535 bytes
 */
export function encodeRecord(names: readonly string[], textOf: (name: string) => string): Uint8Array {
	let length = 1 + CRC_BYTES;
	for (const name of names) length += PAIR_BYTES + encodeUTF8(name).length + encodeUTF8(textOf(name)).length;
	const writer = new ByteWriter(length);
	writer.u8(VERSION);
	for (const name of names) {
		const [nameBytes, textBytes] = [encodeUTF8(name), encodeUTF8(textOf(name))];
		writer.u8(nameBytes.length);
		writer.bytes(nameBytes);
		writer.u16le(textBytes.length);
		writer.bytes(textBytes);
	}
	writer.u32le(crc32(writer.finish()));
	return writer.finish();
}

/**
 * @returns name and value text in stored order, one by one; whether a parameter of that name exists is not asked here
 * @throws ParseError SETTINGS_RECORD, or one of the codes of bytes for a damage that the CRC does not show
 */
export function* decodeRecord(record: Uint8Array): IterableIterator<[name: string, text: string]> {
	const end = record.length - CRC_BYTES;
	if (end < 1) throw new ParseError("SETTINGS_RECORD", 0, `record of ${record.length} bytes is too short`);
	const body = record.subarray(0, end);
	const crc = new ByteReader(record.subarray(end), end).u32le();
	if (crc !== crc32(body)) throw new ParseError("SETTINGS_RECORD", end, "wrong CRC");
	const reader = new ByteReader(body);
	const version = reader.u8();
	if (version !== VERSION) throw new ParseError("SETTINGS_RECORD", 0, `version ${version}, expected ${VERSION}`);
	while (reader.remaining > 0) {
		const name = decodeUTF8(reader.bytes(reader.u8()), { fatal: true });
		const text = decodeUTF8(reader.bytes(reader.u16le()), { fatal: true });
		yield [name, text];
	}
}

/** Whether two records are the same bytes. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
	if (a.length !== b.length) return false;
	for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
	return true;
}
