// SPDX-License-Identifier: Apache-2.0
//
// Wear as a picture of characters: one for each 4 KB sector, 64 in a row, "." for never and 1 to 9 for shares of the most.

import { wearOf } from "./inspect.js";
import { SECTOR_SIZE } from "./partitions.js";

/** Sectors in a row: 256 KB. */
export const ROW_SECTORS = 64;
const LEVELS = 9;

/** @returns 0 for a sector never erased, else 1 to 9 by its share of the most erased one */
export function wearLevel(count: number, most: number): number {
	return count === 0 ? 0 : Math.ceil((LEVELS * count) / most);
}

/** Rows that were never erased are left out. */
export function wearLines(wear: Uint32Array): string[] {
	const { sum, most } = wearOf(wear);
	if (most === 0) return ["wear: no sector was ever erased"];
	const lines = [`wear: ${sum} erases of sectors, ${most} at most; a sector is . when never erased, 9 is the most`];
	for (let row = 0; row < wear.length; row += ROW_SECTORS) {
		const counts = [...wear.subarray(row, row + ROW_SECTORS)];
		if (counts.every((count) => count === 0)) continue;
		const text = counts.map((count) => (count === 0 ? "." : String(wearLevel(count, most)))).join("");
		lines.push(`  0x${(row * SECTOR_SIZE).toString(16).padStart(6, "0")} ${text}`);
	}
	return lines;
}
