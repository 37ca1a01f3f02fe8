// SPDX-License-Identifier: Apache-2.0
//
// Partition tables as the loader reads them: entries of 32 bytes, an MD5 entry, erased bytes to the end.
// Source: ESP-IDF, esp_flash_partitions.h and gen_esp32part.py 1.5 (`to_binary`).
//
//   0  AA 50   2  type   3  subtype   4  offset   8  size   12  label, 16 bytes   28  flags
//   0  EB EB   2  FF x 14                                    16  MD5 of all entries before this one

import { createHash } from "node:crypto";
import { FlashImageError } from "./error.js";
import type { Partition } from "./partitions.js";

export const TABLE_LENGTH = 0xc00;
const ENTRY_LENGTH = 32;
/** One entry for the MD5, and the end mark. */
const MAX_PARTITIONS = TABLE_LENGTH / ENTRY_LENGTH - 2;
const MAGIC = 0x50aa;
const MAGIC_MD5 = 0xebeb;
const MAGIC_END = 0xffff;

function md5(bytes: Uint8Array): Buffer {
	return createHash("md5").update(bytes).digest();
}

/**
 * Writes a table of 0xC00 bytes, equal to what gen_esp32part.py makes.
 * @throws FlashImageError FLASH_IMAGE_PARTITIONS for more than 94 partitions
 */
export function buildTable(partitions: readonly Partition[]): Buffer {
	if (partitions.length > MAX_PARTITIONS) {
		throw new FlashImageError("FLASH_IMAGE_PARTITIONS", `more than ${MAX_PARTITIONS} partitions`);
	}
	const table = Buffer.alloc(TABLE_LENGTH, 0xff);
	partitions.forEach((partition, index) => {
		const entry = table.subarray(index * ENTRY_LENGTH, (index + 1) * ENTRY_LENGTH).fill(0);
		entry.writeUInt16LE(MAGIC, 0);
		entry.writeUInt8(partition.type, 2);
		entry.writeUInt8(partition.subtype, 3);
		entry.writeUInt32LE(partition.offset, 4);
		entry.writeUInt32LE(partition.size, 8);
		entry.write(partition.label, 12, 16, "utf8");
		entry.writeUInt32LE(partition.flags, 28);
	});
	const end = partitions.length * ENTRY_LENGTH;
	table.writeUInt16LE(MAGIC_MD5, end);
	md5(table.subarray(0, end)).copy(table, end + 16);
	return table;
}

function parseEntry(entry: Buffer): Partition {
	const label = entry.subarray(12, 28);
	const end = label.indexOf(0);
	return {
		label: label.toString("utf8", 0, end < 0 ? 16 : end),
		type: entry.readUInt8(2),
		subtype: entry.readUInt8(3),
		offset: entry.readUInt32LE(4),
		size: entry.readUInt32LE(8),
		flags: entry.readUInt32LE(28),
	};
}

function refuse(message: string): never {
	throw new FlashImageError("FLASH_IMAGE_TABLE", message);
}

/**
 * Reads and verifies a table, by the loader's rules.
 * @param table 0xC00 bytes
 * @param flashSize bytes; no partition reaches beyond (default: not looked at)
 * @throws FlashImageError FLASH_IMAGE_TABLE
 */
export function parseTable(table: Buffer, flashSize = Infinity): Partition[] {
	const partitions: Partition[] = [];
	let checked = false;
	for (let offset = 0; offset + ENTRY_LENGTH <= table.length; offset += ENTRY_LENGTH) {
		const entry = table.subarray(offset, offset + ENTRY_LENGTH);
		const magic = entry.readUInt16LE(0);
		if (magic === MAGIC) {
			const partition = parseEntry(entry);
			if (partition.offset + partition.size > flashSize) refuse("a partition reaches beyond the flash");
			partitions.push(partition);
		} else if (magic === MAGIC_MD5) {
			if (checked) refuse("two checksums in the partition table");
			if (!md5(table.subarray(0, offset)).equals(entry.subarray(16))) refuse("wrong checksum of the partition table");
			checked = true;
		} else if (magic === MAGIC_END && entry.readUInt16LE(2) === MAGIC_END && offset > 0) {
			return partitions;
		} else {
			refuse(`no partition entry at 0x${offset.toString(16)} of the table`);
		}
	}
	return refuse("partition table without an end");
}
