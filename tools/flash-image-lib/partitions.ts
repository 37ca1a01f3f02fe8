// SPDX-License-Identifier: Apache-2.0
//
// Partition tables as people write them: ESP-IDF's CSV. Empty offsets are filled in, and the rules of ESP-IDF's own tool
// hold: alignment, no overlap, unique names, one otadata of two sectors.
// Source: ESP-IDF programming guide, "Partition Tables"; gen_esp32part.py 1.5.

import { FlashImageError } from "./error.js";
import { FLAGS, SUBTYPE_DATA_OTA, TYPES, TYPE_APP, TYPE_DATA, subtypesOf } from "./names.js";

export const SECTOR_SIZE = 0x1000;
export const TABLE_OFFSET = 0x8000;
/** The table has a sector of its own. */
export const FIRST_OFFSET = TABLE_OFFSET + SECTOR_SIZE;
const APP_ALIGNMENT = 0x10000;
const LABEL_LENGTH = 16;

export interface Partition {
	label: string;
	type: number;
	subtype: number;
	/** Bytes from the start of the flash. */
	offset: number;
	size: number;
	/** 1 encrypted, 2 read-only. */
	flags: number;
}

function refuse(line: number, message: string): FlashImageError {
	return new FlashImageError("FLASH_IMAGE_PARTITIONS", `line ${line}: ${message}`);
}

/** Decimal or 0x-hexadecimal, with an optional K or M; or one of the names. */
function number(text: string, names: Readonly<Record<string, number>>, line: number, field: string): number {
	const named = names[text.toLowerCase()];
	if (named !== undefined) return named;
	const match = /^(0[xX][0-9a-fA-F]{1,8}|[0-9]{1,10})([kKmM]?)$/.exec(text);
	if (match === null) throw refuse(line, `${field} "${text}" is no number and no known name`);
	const unit = { "": 1, k: 1024, m: 1024 * 1024 }[match[2].toLowerCase()] ?? 1;
	const value = Number(match[1]) * unit;
	if (value > 0xffffffff) throw refuse(line, `${field} ${text} is too large`);
	return value;
}

function flagsOf(text: string, line: number): number {
	let flags = 0;
	for (const name of text.split(":").filter((part) => part !== "")) {
		const flag = FLAGS[name];
		if (flag === undefined) throw refuse(line, `unknown flag "${name}"`);
		flags |= flag;
	}
	return flags;
}

function alignmentOf(type: number): number {
	return type === TYPE_APP ? APP_ALIGNMENT : SECTOR_SIZE;
}

function readLine(fields: string[], line: number, next: number): Partition {
	const [label = "", typeText = "", subtypeText = "", offsetText = "", sizeText = "", flagsText = ""] = fields;
	if (label === "" || Buffer.byteLength(label) > LABEL_LENGTH) throw refuse(line, "the name has 1 to 16 bytes");
	const type = number(typeText, TYPES, line, "type");
	if (subtypeText === "" && type === TYPE_APP) throw refuse(line, "an app partition needs a subtype");
	const subtype = number(subtypeText === "" ? "undefined" : subtypeText, subtypesOf(type), line, "subtype");
	if (type > 0xfe || subtype > 0xfe) throw refuse(line, "type and subtype are at most 0xfe");
	const alignment = alignmentOf(type);
	const free = Math.ceil(next / alignment) * alignment;
	const offset = offsetText === "" ? free : number(offsetText, {}, line, "offset");
	return { label, type, subtype, offset, size: number(sizeText, {}, line, "size"), flags: flagsOf(flagsText, line) };
}

function check(partition: Partition, before: readonly Partition[], line: number): void {
	const { label, type, subtype, offset, size } = partition;
	if (offset % alignmentOf(type) !== 0) throw refuse(line, `offset is not a multiple of ${alignmentOf(type)}`);
	if (size === 0 || size % SECTOR_SIZE !== 0) throw refuse(line, "size is not a multiple of 4096");
	if (offset < FIRST_OFFSET) throw refuse(line, `offset is below 0x${FIRST_OFFSET.toString(16)}`);
	const isSelect = type === TYPE_DATA && subtype === SUBTYPE_DATA_OTA;
	if (isSelect && size !== 2 * SECTOR_SIZE) throw refuse(line, "otadata has 0x2000 bytes");
	for (const other of before) {
		if (other.label === label) throw refuse(line, `a second partition ${label}`);
		if (offset < other.offset + other.size && other.offset < offset + size)
			throw refuse(line, `overlaps ${other.label}`);
		if (isSelect && other.type === type && other.subtype === subtype) throw refuse(line, "a second otadata");
	}
}

/**
 * Reads a partition table.
 * @param csv text of the file
 * @returns the partitions in the order of the file
 * @throws FlashImageError FLASH_IMAGE_PARTITIONS, with the line
 */
export function readPartitions(csv: string): Partition[] {
	const partitions: Partition[] = [];
	let next = FIRST_OFFSET;
	csv.split(/\r?\n/).forEach((text, index) => {
		const content = text.trim();
		if (content === "" || content.startsWith("#")) return;
		const fields = content.split(",").map((field) => field.trim());
		const partition = readLine(fields, index + 1, next);
		check(partition, partitions, index + 1);
		partitions.push(partition);
		next = partition.offset + partition.size;
	});
	if (partitions.length === 0) throw new FlashImageError("FLASH_IMAGE_PARTITIONS", "no partitions");
	return partitions;
}

/** Bytes of flash the partitions need. */
export function flashNeeded(partitions: readonly Partition[]): number {
	return partitions.reduce((end, partition) => Math.max(end, partition.offset + partition.size), 0);
}
