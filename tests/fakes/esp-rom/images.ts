// SPDX-License-Identifier: Apache-2.0
//
// A folder of build results as the SDK leaves it, with images of any chip.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readPartitions } from "../../../tools/flash-image-lib/partitions.js";
import { buildTable } from "../../../tools/flash-image-lib/table.js";
import { packImage } from "../../../tools/firmware-lib/pack.js";

export const CSV = readFileSync(fileURLToPath(new URL("../../../hosts/partitions/4mb.csv", import.meta.url)), "utf8");

/** Bytes that do not compress well, the same for a seed. */
export function noise(length: number, seed: number): Uint8Array {
	let state = seed | 1;
	return Uint8Array.from({ length }, () => {
		state = (Math.imul(state, 1103515245) + 12345) | 0;
		return state >>> 23;
	});
}

export interface FolderOptions {
	chip: number;
	/** Default: `chip`. */
	loaderChip?: number;
	/** Default 100,001. */
	appSize?: number;
	csv?: string;
}

export function appImage(chip: number, size = 100_001): Buffer {
	return packImage({ program: noise(size, 7), description: { version: "2.1.0", model: "upgate" }, chip });
}

/** Writes loader, table, erased otadata and app into `folder`. */
export function buildFolder(folder: string, options: FolderOptions): string {
	mkdirSync(folder, { recursive: true });
	const { chip, loaderChip = chip, appSize, csv = CSV } = options;
	// A real loader has no application description; to the ROM and to the tools it is an image all the same.
	const loader = packImage({
		program: noise(20_001, 3),
		description: { version: "1", model: "loader" },
		chip: loaderChip,
	});
	writeFileSync(join(folder, "bootloader.bin"), loader);
	writeFileSync(join(folder, "partition-table.bin"), buildTable(readPartitions(csv)));
	writeFileSync(join(folder, "ota_data_initial.bin"), new Uint8Array(0x2000).fill(0xff));
	writeFileSync(join(folder, "xs_esp32.bin"), appImage(chip, appSize));
	return folder;
}
