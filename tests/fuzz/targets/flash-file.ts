// SPDX-License-Identifier: Apache-2.0
//
// The flash file and the partition table in it, read by tools/flash-image: only FlashImageError comes out of `showFlash`, and
// a table that is taken comes out the same when it is written again.
//
// An input is 8 KB instead of a whole file: table (3072), otadata (2 x 32), trailer and wear counters (128 + 64), start of a slot.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { buildSelectEntry } from "../../../modules/flash/select-entry.js";
import {
	buildFile,
	buildTable,
	FlashImageError,
	parseTable,
	readPartitions,
	showFlash,
} from "../../../tools/flash-image-lib/index.js";
import { sampleImage } from "../../image/sample.js";
import type { Target } from "../target.js";

const size = 0x10000;
const at = { table: 0x8000, otadata: 0xa000, slot: 0xc000 } as const;
const parts = {
	table: [0, 3072],
	otadata: [3072, 3136],
	trailer: [3136, 3136 + 192],
	slot: [3328, 3328 + 512],
} as const;
const inputLength = parts.slot[1];

const csv = "nvs,data,nvs,0x9000,4K\notadata,data,ota,0xa000,8K\nlast one of them,0x40,7,0xf000,4K,readonly\n";

/** A table without the rules of readPartitions: the slot of this small flash is not on a 64 KB bound. */
function table(): Buffer {
	const slot = { label: "ota_0", type: 0, subtype: 0x10, offset: at.slot, size: 0x3000, flags: 0 };
	return buildTable([...readPartitions(csv), slot]);
}

function seed(): Uint8Array {
	const input = new Uint8Array(inputLength).fill(0xff);
	input.set(table());
	input.set(buildSelectEntry(1, "VALID"), parts.otadata[0]);
	input.set(buildSelectEntry(2, "NEW"), parts.otadata[0] + 32);
	input.set(buildFile(new Uint8Array(size)).subarray(size), parts.trailer[0]);
	input.set(sampleImage(), parts.slot[0]);
	return input;
}

function fileOf(input: Uint8Array): Buffer {
	const file = Buffer.alloc(size + 192, 0xff);
	const put = (part: readonly [number, number], offset: number): void =>
		file.set(input.subarray(part[0], part[1]), offset);
	put(parts.table, at.table);
	file.set(input.subarray(parts.otadata[0], parts.otadata[0] + 32), at.otadata);
	file.set(input.subarray(parts.otadata[0] + 32, parts.otadata[1]), at.otadata + 4096);
	put(parts.trailer, size);
	put(parts.slot, at.slot);
	return file;
}

function refused(action: () => void, codes: RegExp): boolean {
	try {
		action();
		return false;
	} catch (error) {
		if (!(error instanceof FlashImageError)) throw error;
		assert.match(error.code, codes);
		return true;
	}
}

/** What the reader of the table takes, it has understood: written again it is the same, up to the end mark. */
function checkTable(bytes: Buffer): void {
	let partitions: ReturnType<typeof parseTable> = [];
	if (refused(() => (partitions = parseTable(bytes)), /^FLASH_IMAGE_TABLE$/)) return;
	partitions.forEach((partition, index) => assert.ok(partition.label.length <= 16, `label ${index}`));
	if (!partitions.every(({ label }) => /^[\x20-\x7e]+$/.test(label))) return;
	const again = parseTable(buildTable(partitions));
	assert.deepEqual(again, partitions);
}

export const flashFileTarget: Target = {
	name: "flash-file",
	fixedLength: true,
	corpus: () => [seed()],
	repair(input) {
		for (let offset = 0; offset + 32 <= parts.table[1]; offset += 32) {
			if (input[offset] !== 0xeb || input[offset + 1] !== 0xeb) continue;
			input.set(createHash("md5").update(input.subarray(0, offset)).digest(), offset + 16);
		}
	},
	check(input) {
		const file = fileOf(input);
		checkTable(file.subarray(at.table, at.table + 3072));
		let lines: string[] = [];
		if (refused(() => (lines = showFlash(file)), /^FLASH_IMAGE_(FILE|TABLE)$/)) return false;
		for (const line of lines) assert.match(line, /^[\x20-\x7e]*$/, "a line for a terminal");
		return true;
	},
};
