// SPDX-License-Identifier: Apache-2.0
//
// What the chip did between two looks at its file, by partition; and how fast it could have been.
// Source of the times: hosts/linux/flash/README.md (Winbond W25Q128JV, typical).

import { readFileSync } from "node:fs";
import { parseFile, parseTable, type FlashFile, type Partition } from "../../tools/flash-image-lib/index.js";

const SECTOR = 4096;
const BLOCK = 65536;
const pageMs = 0.7;
const sectorEraseMs = 45;
const blockEraseMs = 150;
/** An erase of a sector of the boot choice is always followed by one entry. */
const selectEntryLength = 32;

/** The file as it is now; the gateway may be running. */
export function lookAt(path: string): FlashFile {
	return parseFile(Buffer.from(readFileSync(path)));
}

export interface Account {
	/** Erases of 4 KB sectors, those within 64 KB erases counted singly. */
	slotErases: number;
	otadataErases: number;
	storeErases: number;
	/** Bytes programmed in all, and those that are neither image nor boot choice. */
	bytes: number;
	storeBytes: number;
	busyMs: number;
}

function erases(before: FlashFile, after: FlashFile, wanted: (partition: Partition) => boolean): number {
	let sum = 0;
	for (const { offset, size } of parseTable(after.contents.subarray(0x8000, 0x8c00)).filter(wanted)) {
		for (let sector = offset / SECTOR; sector < (offset + size) / SECTOR; sector++) {
			sum += after.wear[sector] - before.wear[sector];
		}
	}
	return sum;
}

/**
 * @param imageBytes length of the image that was written in between, 0 for none: each of its sectors is programmed whole, once,
 *   erased or not
 */
export function account(before: FlashFile, after: FlashFile, imageBytes = 0): Account {
	const slotErases = erases(before, after, ({ type }) => type === 0);
	const otadataErases = erases(before, after, ({ type, subtype }) => type === 1 && subtype === 0);
	const storeErases = erases(before, after, ({ label }) => label === "store");
	const bytes = after.bytesProgrammed - before.bytesProgrammed;
	const storeBytes = bytes - Math.ceil(imageBytes / SECTOR) * SECTOR - otadataErases * selectEntryLength;
	const busyMs = (after.busyMicroseconds - before.busyMicroseconds) / 1000;
	return { slotErases, otadataErases, storeErases, bytes, storeBytes, busyMs };
}

/** @returns milliseconds that the chip itself needs for an image of `bytes`, when only the image's own blocks are erased */
export function limitMs(bytes: number): number {
	const sectors = Math.ceil(bytes / SECTOR);
	const blocks = Math.floor((sectors * SECTOR) / BLOCK);
	const rest = sectors - blocks * (BLOCK / SECTOR);
	return blocks * blockEraseMs + rest * sectorEraseMs + sectors * 16 * pageMs;
}

/** @returns milliseconds for blocks of 4 KB here and there */
export function singleMs(sectors: number): number {
	return sectors * (sectorEraseMs + 16 * pageMs);
}
