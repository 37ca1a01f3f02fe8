// SPDX-License-Identifier: Apache-2.0
//
// What a program slot and the boot choice hold, in words. Leaves out signatures: tools/firmware shows them.

import {
	HASH_LENGTH,
	IMAGE_HEADER_LENGTH,
	MAX_SEGMENTS,
	SEGMENT_HEADER_LENGTH,
	checksumOffset,
	parseImageHeader,
	parseSegmentHeader,
} from "../../modules/image/header.js";
import { ImageParser } from "../../modules/image/parser.js";
import { parseSelectEntry } from "../../modules/flash/select-entry.js";
import { SECTOR_SIZE } from "./partitions.js";

/** Bytes of the image at the start of a slot, checksum and hash included; may lie beyond the slot when it is damaged. */
export function imageLength(slot: Buffer): number {
	const header = parseImageHeader(slot);
	let end = IMAGE_HEADER_LENGTH;
	for (let i = 0; i < Math.min(header.segmentCount, MAX_SEGMENTS); i++) {
		end += SEGMENT_HEADER_LENGTH + parseSegmentHeader(slot.subarray(end)).length;
	}
	return checksumOffset(end) + 1 + (header.hashAppended === 0 ? 0 : HASH_LENGTH);
}

/** One line on what a program slot holds. */
export function describeSlot(slot: Buffer): string {
	if (slot.subarray(0, SECTOR_SIZE).every((byte) => byte === 0xff)) return "empty";
	try {
		const parser = new ImageParser({ chip: "any", maxSize: slot.length });
		parser.write(slot.subarray(0, imageLength(slot)));
		const { description, size } = parser.end();
		return `${description.model} ${description.version}, ${size} bytes`;
	} catch (error) {
		return `not bootable: ${error instanceof Error ? error.message : String(error)}`;
	}
}

/** One line for each of the two entries of the boot choice. */
export function describeSelection(otadata: Buffer): string[] {
	return [0, 1].map((index) => {
		const entry = parseSelectEntry(otadata.subarray(index * SECTOR_SIZE));
		if (entry.erased) return `entry ${index}: erased`;
		const crc = entry.intact ? "" : ", wrong CRC";
		return `entry ${index}: sequence ${entry.sequence}, ota_${entry.slot}, ${entry.state}${crc}`;
	});
}
