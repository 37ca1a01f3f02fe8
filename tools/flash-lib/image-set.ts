// SPDX-License-Identifier: Apache-2.0
//
// What goes where in a board's flash: from a folder of build results, or one factory image of the whole flash. Places
// come from the partition table of the images themselves; nothing is written that does not fit together.
// Leaves out signatures (tools/firmware shows them) and tables at other places than 0x8000.
// Sources: ESP-IDF "Partition Tables", "App image format"; `make.esp32.mk` of the Moddable SDK for file names.

import { chipName } from "../../modules/image/chips.js";
import type { Description } from "../../modules/image/description.js";
import { ImageError } from "../../modules/image/error.js";
import { IMAGE_MAGIC, parseImageHeader } from "../../modules/image/header.js";
import { ImageParser, type ImageSummary } from "../../modules/image/parser.js";
import { SIGNATURE_MAGIC, SIGNATURE_SECTOR_LENGTH } from "../../modules/image/signature.js";
import { SUBTYPE_DATA_OTA, SUBTYPE_OTA_0, TYPE_APP, TYPE_DATA } from "../flash-image-lib/names.js";
import { SECTOR_SIZE, TABLE_OFFSET, flashNeeded, type Partition } from "../flash-image-lib/partitions.js";
import { imageLength } from "../flash-image-lib/slots.js";
import { TABLE_LENGTH, parseTable } from "../flash-image-lib/table.js";
import { loaderOffset } from "./chips.js";
import { FlashError } from "./error.js";

/** Bytes and their place in the flash. */
export interface Part {
	name: string;
	offset: number;
	data: Uint8Array;
}

/** All that a board gets. */
export interface ImageSet {
	/** Number of the chip it is for. */
	chip: number;
	description: Description;
	/** In the order of their offsets; they do not overlap. */
	parts: Part[];
	partitions: Partition[];
	/** Bytes of flash that the partitions need. */
	flashNeeded: number;
	/** Whether it describes the whole flash: what no part covers is erased. */
	whole: boolean;
}

/** Contents of the pieces. */
export interface Pieces {
	bootloader: Uint8Array;
	table: Uint8Array;
	app: Uint8Array;
	/** Name of the app's file, for errors. */
	appName: string;
	/** Default: erased, so the first app starts. */
	otadata?: Uint8Array;
	/** Contents of the partition `store`; default: what the board has stays. */
	store?: Uint8Array;
}

function hex(value: number): string {
	return `0x${value.toString(16)}`;
}

/** @throws FlashError FLASH_IMAGE when the bytes are no image of a chip that can be flashed */
function loaderChip(bootloader: Uint8Array): number {
	if (bootloader.length < 24 || bootloader[0] !== IMAGE_MAGIC) {
		throw new FlashError("FLASH_IMAGE", "the boot loader is no image: it does not start with 0xe9");
	}
	return parseImageHeader(bootloader).chip;
}

export function readTable(bytes: Uint8Array): Partition[] {
	try {
		return parseTable(Buffer.from(bytes.subarray(0, TABLE_LENGTH)));
	} catch (cause) {
		const text = cause instanceof Error ? cause.message : String(cause);
		throw new FlashError("FLASH_IMAGE", `the partition table is damaged: ${text}`, { cause });
	}
}

/** Where the loader starts when otadata is erased: `factory`, or else `ota_0`. */
function firstApp(partitions: readonly Partition[]): Partition {
	const apps = partitions.filter(({ type }) => type === TYPE_APP);
	const found = apps.find(({ subtype }) => subtype === 0) ?? apps.find(({ subtype }) => subtype === SUBTYPE_OTA_0);
	if (found === undefined) throw new FlashError("FLASH_IMAGE", "the partition table has neither factory nor ota_0");
	return found;
}

/** @throws FlashError FLASH_SIZE, FLASH_IMAGE */
export function parseApp(app: Uint8Array, name: string, slot: Pick<Partition, "label" | "size">): ImageSummary {
	if (app.length > slot.size) {
		throw new FlashError("FLASH_SIZE", `${name} has ${app.length} bytes, its partition ${slot.label} ${slot.size}`);
	}
	try {
		const parser = new ImageParser({ chip: "any", maxSize: slot.size });
		parser.write(app);
		return parser.end();
	} catch (cause) {
		if (!(cause instanceof ImageError)) throw cause;
		throw new FlashError("FLASH_IMAGE", `${name}: ${cause.code} at ${cause.offset}: ${cause.message}`, { cause });
	}
}

function placed(partition: Partition, data: Uint8Array): Part {
	const { label: name, offset, size } = partition;
	if (data.length > size) throw new FlashError("FLASH_SIZE", `${data.length} bytes do not fit in ${name} (${size})`);
	return { name, offset, data };
}

function loaderPart(bootloader: Uint8Array, chip: number): Part {
	const offset = loaderOffset(chip);
	const room = TABLE_OFFSET - offset;
	if (bootloader.length > room) {
		throw new FlashError("FLASH_SIZE", `the boot loader has ${bootloader.length} bytes, ${room} fit before the table`);
	}
	return { name: "boot loader", offset, data: bootloader };
}

/**
 * Puts pieces in their places.
 * @throws FlashError FLASH_IMAGE when they are damaged or not for one chip, FLASH_SIZE, FLASH_CHIP
 */
export function arrange(pieces: Pieces): ImageSet {
	const chip = loaderChip(pieces.bootloader);
	const partitions = readTable(pieces.table);
	const slot = firstApp(partitions);
	const { header, description } = parseApp(pieces.app, pieces.appName, slot);
	if (header.chip !== chip) {
		const text = `${pieces.appName} is for ${chipName(header.chip)}, the boot loader for ${chipName(chip)}`;
		throw new FlashError("FLASH_IMAGE", text);
	}
	const table = pieces.table.subarray(0, TABLE_LENGTH);
	const parts = [loaderPart(pieces.bootloader, chip), { name: "table", offset: TABLE_OFFSET, data: table }];
	const choice = partitions.find(({ type, subtype }) => type === TYPE_DATA && subtype === SUBTYPE_DATA_OTA);
	if (choice !== undefined) parts.push(placed(choice, pieces.otadata ?? new Uint8Array(choice.size).fill(0xff)));
	parts.push(placed(slot, pieces.app));
	if (pieces.store !== undefined) {
		const store = partitions.find(({ label }) => label === "store");
		if (store === undefined) throw new FlashError("FLASH_IMAGE", "the partition table has no partition store");
		parts.push(placed(store, pieces.store));
	}
	parts.sort((a, b) => a.offset - b.offset);
	return { chip, description, parts, partitions, flashNeeded: flashNeeded(partitions), whole: false };
}

/** The image at the start of a slot, its signature sector included. */
function appOf(slot: Uint8Array): Uint8Array {
	const length = imageLength(Buffer.from(slot));
	const sector = Math.ceil(length / SIGNATURE_SECTOR_LENGTH) * SIGNATURE_SECTOR_LENGTH;
	return slot.subarray(0, slot[sector] === SIGNATURE_MAGIC ? sector + SIGNATURE_SECTOR_LENGTH : length);
}

/** What of a whole image is to be written: runs of sectors that are not erased. */
function writtenParts(bytes: Uint8Array): Part[] {
	const parts: Part[] = [];
	for (let offset = 0; offset < bytes.length; offset += SECTOR_SIZE) {
		const end = Math.min(offset + SECTOR_SIZE, bytes.length);
		if (bytes.subarray(offset, end).every((byte) => byte === 0xff)) continue;
		const last = parts.at(-1);
		if (last !== undefined && last.offset + last.data.length === offset) {
			last.data = bytes.subarray(last.offset, end);
		} else {
			parts.push({ name: "factory image", offset, data: bytes.subarray(offset, end) });
		}
	}
	return parts;
}

/**
 * Reads an image of the whole flash, from its first byte, as `tools/firmware factory` makes one.
 * @throws FlashError FLASH_IMAGE, FLASH_SIZE
 */
export function readFactory(bytes: Uint8Array, name: string): ImageSet {
	const partitions = readTable(bytes.subarray(TABLE_OFFSET));
	const at = [0, 0x1000, 0x2000].find((offset) => bytes[offset] === IMAGE_MAGIC);
	if (at === undefined) throw new FlashError("FLASH_IMAGE", `${name} has no boot loader`);
	const chip = loaderChip(bytes.subarray(at));
	if (loaderOffset(chip) !== at) {
		throw new FlashError("FLASH_IMAGE", `the boot loader for ${chipName(chip)} does not lie at ${hex(at)}`);
	}
	const slot = firstApp(partitions);
	if (bytes[slot.offset] !== IMAGE_MAGIC) throw new FlashError("FLASH_IMAGE", `${name} has no app in ${slot.label}`);
	const app = appOf(bytes.subarray(slot.offset, slot.offset + slot.size));
	const summary = parseApp(app, name, slot);
	if (summary.header.chip !== chip) throw new FlashError("FLASH_IMAGE", `${name} has parts for different chips`);
	const needed = Math.max(flashNeeded(partitions), bytes.length);
	const parts = writtenParts(bytes);
	return { chip, description: summary.description, parts, partitions, flashNeeded: needed, whole: true };
}
