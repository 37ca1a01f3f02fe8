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
import {
	SELECT_ENTRY_LENGTH,
	activeEntry,
	parseSelectEntry,
	type SelectEntry,
} from "../../modules/flash/select-entry.js";
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

/** Both entries; what is not there reads as erased. */
function entriesOf(otadata: Buffer): [SelectEntry, SelectEntry] {
	const read = (offset: number): SelectEntry => {
		const bytes = new Uint8Array(SELECT_ENTRY_LENGTH).fill(0xff);
		bytes.set(otadata.subarray(offset, offset + SELECT_ENTRY_LENGTH));
		return parseSelectEntry(bytes);
	};
	return [read(0), read(SECTOR_SIZE)];
}

/** One line for each of the two entries of the boot choice. */
export function describeSelection(otadata: Buffer): string[] {
	return entriesOf(otadata).map((entry, index) => {
		if (entry.erased) return `entry ${index}: erased`;
		const crc = entry.intact ? "" : ", wrong CRC";
		return `entry ${index}: sequence ${entry.sequence}, ota_${entry.slot}, ${entry.state}${crc}`;
	});
}

/** What the loader thinks of a slot: the state of its newest entry, and whether it is the one to start. */
export function slotState(otadata: Buffer, slot: number): string {
	const entries = entriesOf(otadata);
	const active = activeEntry(entries);
	const own = entries.filter((entry) => entry.intact && entry.slot === slot).sort((a, b) => b.sequence - a.sequence);
	const state = own.length === 0 ? "no entry" : own[0].state;
	const chosen = active === undefined ? slot === 0 : entries[active].slot === slot;
	return `state ${state}${chosen ? ", starts next" : ""}`;
}
