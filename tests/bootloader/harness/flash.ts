// SPDX-License-Identifier: Apache-2.0
//
// Small flash files with the test firmware, and their boot choice in the notation of selection.txt.

import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSelectEntry, parseSelectEntry, type SlotState } from "../../../modules/flash/select-entry.js";
import { packImage } from "../../../tools/firmware-lib/pack.js";
import { createFlash } from "../../../tools/flash-image-lib/index.js";
import { inTemporaryFolder, projectRoot } from "./c-tests.js";

export const OTADATA_OFFSET = 0xe000;
export const SLOT_OFFSETS = [0x20000, 0x60000] as const;
export const SLOT_SIZE = 0x40000;
const SECTOR_SIZE = 0x1000;
const CRC_OFFSET = 28;

export const CSV = `
nvs,      data, nvs,     0x9000,   0x5000,
otadata,  data, ota,     0xe000,   0x2000,
ota_0,    app,  ota_0,   0x20000,  0x40000,
ota_1,    app,  ota_1,   0x60000,  0x40000,
store,    data, 0x40,    0xa0000,  0x10000,
`;

let compiled: Buffer | undefined;

/** The test firmware, an ELF program; compiled once. */
export function compileFirmware(): Buffer {
	compiled ??= inTemporaryFolder((folder) => {
		const program = join(folder, "firmware");
		const sources = ["tests/bootloader/harness/firmware.c", "hosts/linux/flash/nor.c", "hosts/linux/flash/nor-file.c"];
		const flags = ["-std=gnu17", "-Wall", "-Wextra", "-Werror", "-Os", "-s", "-I", "hosts/linux/flash"];
		execFileSync("gcc", [...flags, "-o", program, ...sources], { cwd: projectRoot });
		return readFileSync(program);
	});
	return compiled;
}

export function packFirmware(program: Uint8Array, version: string): Buffer {
	return packImage({ program, description: { version, model: "test" } });
}

/** A flash whose two slots hold the images. */
export function makeFlash(images: readonly [Uint8Array, Uint8Array]): Buffer {
	return createFlash({ csv: CSV, size: 0x100000, images: { ota_0: images[0], ota_1: images[1] } });
}

/** Damages an image where only its checksum and hash can tell. */
export function damage(image: Uint8Array): Buffer {
	const copy = Buffer.from(image);
	copy[copy.length >> 1] ^= 1;
	return copy;
}

function entryOf(text: string): Uint8Array {
	if (text === "erased") return new Uint8Array(32).fill(0xff);
	const [sequence, state, crc] = text.split(":");
	const entry = buildSelectEntry(Number(sequence), state as SlotState);
	if (crc === "badcrc") entry[CRC_OFFSET] ^= 1;
	return entry;
}

/** Puts two entries of selection.txt into a flash. */
export function setSelection(flash: Buffer, entries: readonly [string, string]): void {
	entries.forEach((text, index) => flash.set(entryOf(text), OTADATA_OFFSET + index * SECTOR_SIZE));
}

/** The two entries of a flash file, in the notation of selection.txt. */
export function getSelection(flash: Buffer): string[] {
	return [0, 1].map((index) => {
		const bytes = flash.subarray(OTADATA_OFFSET + index * SECTOR_SIZE, OTADATA_OFFSET + (index + 1) * SECTOR_SIZE);
		if (bytes.every((byte) => byte === 0xff)) return "erased";
		const entry = parseSelectEntry(bytes);
		return `${entry.sequence}:${entry.state}${entry.intact ? "" : ":badcrc"}`;
	});
}

export function writeFlash(folder: string, flash: Uint8Array): string {
	const path = join(folder, "flash");
	writeFileSync(path, flash);
	return path;
}
