// SPDX-License-Identifier: Apache-2.0
//
// What a flash file holds, read once for text and picture: each partition with its wear and its content in words.
// Values of records stay unread: some are keys.

import { parseFile, type FlashFile } from "./file.js";
import { SUBTYPE_DATA_OTA, SUBTYPE_OTA_0, TYPE_APP, TYPE_DATA } from "./names.js";
import { SECTOR_SIZE, TABLE_OFFSET, type Partition } from "./partitions.js";
import { describeStore } from "./records.js";
import { describeSelection, describeSlot, slotState } from "./slots.js";
import { TABLE_LENGTH, parseTable } from "./table.js";

export interface Wear {
	/** Erases of all sectors. */
	sum: number;
	/** Of the sector with the most. */
	most: number;
}

export interface PartitionView {
	partition: Partition;
	wear: Wear;
	/** Content, a line each. */
	lines: string[];
}

export interface FlashView {
	file: FlashFile;
	partitions: PartitionView[];
}

export function wearOf(counts: Uint32Array): Wear {
	return { sum: counts.reduce((sum, count) => sum + count, 0), most: counts.reduce((a, b) => Math.max(a, b), 0) };
}

function contentLines(bytes: Buffer, partition: Partition, otadata: Buffer | undefined): string[] {
	const { type, subtype, label } = partition;
	if (type === TYPE_APP) {
		const lines = [describeSlot(bytes)];
		if (otadata !== undefined && subtype >= SUBTYPE_OTA_0) lines.push(slotState(otadata, subtype - SUBTYPE_OTA_0));
		return lines;
	}
	if (type !== TYPE_DATA) return [];
	if (subtype === SUBTYPE_DATA_OTA) return describeSelection(bytes);
	return label === "store" ? describeStore(bytes) : [];
}

/**
 * @param bytes of a flash file
 * @throws FlashImageError FLASH_IMAGE_FILE, FLASH_IMAGE_TABLE
 */
export function inspectFlash(bytes: Buffer): FlashView {
	const file = parseFile(bytes);
	const table = file.contents.subarray(TABLE_OFFSET, TABLE_OFFSET + TABLE_LENGTH);
	const partitions = parseTable(table, file.contents.length);
	const bytesOf = ({ offset, size }: Partition): Buffer => file.contents.subarray(offset, offset + size);
	const choice = partitions.find(({ type, subtype }) => type === TYPE_DATA && subtype === SUBTYPE_DATA_OTA);
	const otadata = choice === undefined ? undefined : bytesOf(choice);
	const views = partitions.map((partition) => {
		const first = Math.floor(partition.offset / SECTOR_SIZE);
		const end = Math.ceil((partition.offset + partition.size) / SECTOR_SIZE);
		const wear = wearOf(file.wear.subarray(first, end));
		return { partition, wear, lines: contentLines(bytesOf(partition), partition, otadata) };
	});
	return { file, partitions: views };
}
