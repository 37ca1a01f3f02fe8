// SPDX-License-Identifier: Apache-2.0
//
// Shows a flash file: partitions, programs, boot choice, wear. Reads only; a gateway may be running on the file.

import { parseFile, type FlashFile } from "./file.js";
import { SUBTYPE_DATA_OTA, TYPE_APP, TYPE_DATA, subtypeName, typeName } from "./names.js";
import { SECTOR_SIZE, TABLE_OFFSET, type Partition } from "./partitions.js";
import { describeSelection, describeSlot } from "./slots.js";
import { TABLE_LENGTH, parseTable } from "./table.js";

function hex(value: number): string {
	return `0x${value.toString(16).padStart(6, "0")}`;
}

function erases(file: FlashFile, partition: Partition): string {
	const first = partition.offset / SECTOR_SIZE;
	const sectors = file.wear.subarray(first, first + partition.size / SECTOR_SIZE);
	let most = 0;
	let sum = 0;
	for (const count of sectors) {
		most = Math.max(most, count);
		sum += count;
	}
	return `${sum} in all, ${most} at most`;
}

function partitionLines(file: FlashFile, partition: Partition): string[] {
	const { label, type, subtype, offset, size } = partition;
	const kind = `${typeName(type)} ${subtypeName(type, subtype)}`;
	const place = `${hex(offset)} ${String(size / 1024).padStart(5)} KB`;
	const lines = [`${label.padEnd(16)} ${kind.padEnd(12)} ${place}  erases ${erases(file, partition)}`];
	const bytes = file.contents.subarray(offset, offset + size);
	if (type === TYPE_APP) lines.push(`  ${describeSlot(bytes)}`);
	if (type === TYPE_DATA && subtype === SUBTYPE_DATA_OTA) {
		for (const line of describeSelection(bytes)) lines.push(`  ${line}`);
	}
	return lines;
}

/**
 * @param bytes of a flash file
 * @returns lines of text
 * @throws FlashImageError FLASH_IMAGE_FILE, FLASH_IMAGE_TABLE
 */
export function showFlash(bytes: Buffer): string[] {
	const file = parseFile(bytes);
	const partitions = parseTable(file.contents.subarray(TABLE_OFFSET, TABLE_OFFSET + TABLE_LENGTH));
	const seconds = (file.busyMicroseconds / 1e6).toFixed(1);
	return [
		`flash of ${file.contents.length / 1024} KB`,
		`programmed ${file.bytesProgrammed} bytes in ${file.programs} page programs`,
		`erased ${file.sectorErases} sectors of 4 KB and ${file.blockErases} blocks of 64 KB`,
		`busy for ${seconds} s by the model`,
		...partitions.flatMap((partition) => partitionLines(file, partition)),
	];
}
