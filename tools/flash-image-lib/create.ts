// SPDX-License-Identifier: Apache-2.0
//
// Makes the contents of a factory-fresh gateway's flash: partition table, programs, records. The boot choice stays
// erased, so the loader starts the first slot and records it as valid.

import { FlashImageError } from "./error.js";
import { buildFile, checkSize } from "./file.js";
import { MemoryFlash } from "./memory-flash.js";
import { type Partition, TABLE_OFFSET, flashNeeded, readPartitions } from "./partitions.js";
import { writeRecords } from "./records.js";
import { buildTable } from "./table.js";

export interface CreateOptions {
	/** Partition table, text of an ESP-IDF CSV file. */
	csv: string;
	/** Of the flash, bytes; default: the smallest power of two the partitions fit in. */
	size?: number;
	/** What to write to the start of a partition, by its label. */
	images?: Readonly<Record<string, Uint8Array>>;
	/** Records of the `store` partition, by name; default none. */
	records?: Readonly<Record<string, Uint8Array>>;
}

function find(partitions: readonly Partition[], label: string): Partition {
	const partition = partitions.find((candidate) => candidate.label === label);
	if (partition === undefined) throw new FlashImageError("FLASH_IMAGE_PARTITIONS", `no partition ${label}`);
	return partition;
}

/**
 * Makes a flash file.
 * @returns all bytes of the file
 * @throws FlashImageError FLASH_IMAGE_PARTITIONS, FLASH_IMAGE_SIZE
 */
export function createFlash(options: CreateOptions): Buffer {
	const partitions = readPartitions(options.csv);
	const needed = flashNeeded(partitions);
	const size = options.size ?? 2 ** Math.ceil(Math.log2(needed));
	checkSize(size);
	if (size < needed) throw new FlashImageError("FLASH_IMAGE_SIZE", `the partitions need ${needed} bytes of flash`);
	const contents = Buffer.alloc(size, 0xff);
	buildTable(partitions).copy(contents, TABLE_OFFSET);
	for (const [label, image] of Object.entries(options.images ?? {})) {
		const partition = find(partitions, label);
		if (image.length > partition.size) {
			throw new FlashImageError("FLASH_IMAGE_SIZE", `${image.length} bytes do not fit in ${label} (${partition.size})`);
		}
		contents.set(image, partition.offset);
	}
	const records = Object.entries(options.records ?? {});
	if (records.length > 0) {
		const { offset, size: length } = find(partitions, "store");
		writeRecords(new MemoryFlash(contents.subarray(offset, offset + length)), records);
	}
	return buildFile(contents);
}
