// SPDX-License-Identifier: Apache-2.0
//
// The bytes on flash: block header with its two marks, and the entries of the log. The table is in DESIGN.md.
// All numbers are little-endian; every structure ends in its own CRC-32.

import { crc32 } from "../bytes/crc32.js";

/** Entries, marks and records start on this many bytes; no unit is programmed twice between two erases. */
export const UNIT = 16;
/** Flash page: one program operation never crosses it. */
export const PAGE = 256;
/** Offsets in a block. */
export const BLOCK = Object.freeze({ header: 0, firstMark: 80, secondMark: 96, payload: 112 } as const);
export const HEADER_LENGTH = 80;
/** Blocks that the bitmap of bad blocks can hold. */
export const MAX_BLOCKS = 256;
/** Units: no entry starts in the block. */
export const NO_ENTRY = 0xffff;

/** First byte of a unit. */
export const TYPE = Object.freeze({
	begin: 0xb1,
	record: 0xd1,
	removal: 0xd2,
	firstEnd: 0xe1,
	secondEnd: 0xe2,
	firstMark: 0xf1,
	secondMark: 0xf2,
} as const);

const MAGIC = 0x31727453; // "Str1"
const VERSION = 1;
const BITMAP = 36;
const CRC_OFFSET = 76;

export function getU16(bytes: Uint8Array, offset: number): number {
	return bytes[offset] | (bytes[offset + 1] << 8);
}

export function getU32(bytes: Uint8Array, offset: number): number {
	return (getU16(bytes, offset) | (getU16(bytes, offset + 2) << 16)) >>> 0;
}

export function setU16(bytes: Uint8Array, offset: number, value: number): void {
	bytes[offset] = value & 0xff;
	bytes[offset + 1] = (value >>> 8) & 0xff;
}

export function setU32(bytes: Uint8Array, offset: number, value: number): void {
	setU16(bytes, offset, value & 0xffff);
	setU16(bytes, offset + 2, value >>> 16);
}

/** What stands at the start of each block of the log. */
export interface BlockHeader {
	/** Counts all blocks ever opened; the highest is the newest. */
	generation: number;
	/** Place of the block in the log, from 0; positions in the log are `index * payload length + offset`. */
	index: number;
	/** Lowest index that was part of the log when this block was opened. */
	first: number;
	/** Units from the payload's start to the first entry that starts in this block, or NO_ENTRY. */
	entry: number;
	/** Units that were copied into this block when it was opened, and their CRC-32. */
	prefix: number;
	prefixCRC: number;
	/** Erases of this block, and of all blocks together. */
	erases: number;
	totalErases: number;
	/** One bit a block. */
	bad: Uint8Array;
}

/** @param payloadUnits units a block holds */
export function encodeHeader(header: BlockHeader, payloadUnits: number): Uint8Array {
	const bytes = new Uint8Array(HEADER_LENGTH);
	setU32(bytes, 0, MAGIC);
	setU16(bytes, 4, VERSION);
	setU16(bytes, 6, payloadUnits);
	setU32(bytes, 8, header.generation);
	setU32(bytes, 12, header.index);
	setU32(bytes, 16, header.first);
	setU16(bytes, 20, header.entry);
	setU16(bytes, 22, header.prefix);
	setU32(bytes, 24, header.prefixCRC);
	setU32(bytes, 28, header.erases);
	setU32(bytes, 32, header.totalErases);
	bytes.set(header.bad.subarray(0, MAX_BLOCKS / 8), BITMAP);
	setU32(bytes, CRC_OFFSET, crc32(bytes.subarray(0, CRC_OFFSET)));
	return bytes;
}

/**
 * @param bytes at least HEADER_LENGTH
 * @param payloadUnits units a block holds
 * @returns `undefined` when this is not a header, or one that points outside
 */
export function decodeHeader(bytes: Uint8Array, blocks: number, payloadUnits: number): BlockHeader | undefined {
	if (getU32(bytes, 0) !== MAGIC || getU16(bytes, 4) !== VERSION || getU16(bytes, 6) !== payloadUnits) return undefined;
	if (getU32(bytes, CRC_OFFSET) !== crc32(bytes.subarray(0, CRC_OFFSET))) return undefined;
	const header: BlockHeader = {
		generation: getU32(bytes, 8),
		index: getU32(bytes, 12),
		first: getU32(bytes, 16),
		entry: getU16(bytes, 20),
		prefix: getU16(bytes, 22),
		prefixCRC: getU32(bytes, 24),
		erases: getU32(bytes, 28),
		totalErases: getU32(bytes, 32),
		bad: bytes.slice(BITMAP, BITMAP + MAX_BLOCKS / 8),
	};
	const inside = header.first <= header.index && header.index - header.first < blocks;
	const entryInside = header.entry < payloadUnits || header.entry === NO_ENTRY;
	return inside && entryInside && header.prefix <= payloadUnits ? header : undefined;
}

/** One 16-byte unit: header of a record, begin or end of a commit, or mark. */
export interface Entry {
	type: number;
	/** record: length of the name. */
	small: number;
	/** record: length of the value; begin: count of records. */
	half: number;
	/** record, removal: hash of the name; begin: bytes between begin and end. */
	first: number;
	/** record: CRC-32 of name and value. */
	second: number;
}

/** @param seed position of the entry in units (marks: generation): an entry read elsewhere is not valid */
export function encodeEntry(entry: Entry, seed: number, target: Uint8Array = new Uint8Array(UNIT)): Uint8Array {
	target[0] = entry.type;
	target[1] = entry.small;
	setU16(target, 2, entry.half);
	setU32(target, 4, entry.first);
	setU32(target, 8, entry.second);
	setU32(target, 12, crc32(target.subarray(0, 12), seed >>> 0));
	return target;
}

/** @returns `undefined` when the unit does not hold an entry of the log */
export function decodeEntry(bytes: Uint8Array, seed: number): Entry | undefined {
	if (getU32(bytes, 12) !== crc32(bytes.subarray(0, 12), seed >>> 0)) return undefined;
	return {
		type: bytes[0],
		small: bytes[1],
		half: getU16(bytes, 2),
		first: getU32(bytes, 4),
		second: getU32(bytes, 8),
	};
}

/** An end of a commit or a mark: nothing but its type, so that it can be made again from its place alone. */
export function encodeMark(type: number, seed: number): Uint8Array {
	return encodeEntry({ type, small: 0, half: 0, first: 0, second: 0 }, seed);
}

export function isMark(bytes: Uint8Array, type: number, seed: number): boolean {
	return bytes[0] === type && decodeEntry(bytes, seed) !== undefined;
}

export function isErased(bytes: Uint8Array): boolean {
	for (let i = 0; i < bytes.length; i++) if (bytes[i] !== 0xff) return false;
	return true;
}

/** @returns `length` rounded up to whole units */
export function padded(length: number): number {
	return Math.ceil(length / UNIT) * UNIT;
}

/** Bytes that a record takes in the log. */
export function footprint(nameLength: number, valueLength: number): number {
	return UNIT + padded(nameLength + valueLength);
}

/**
 * FNV-1a, 32 bits. `salt` gives a second and third hash for names that collide.
 * Source: Fowler, Noll, Vo, "The FNV Non-Cryptographic Hash Algorithm", draft-eastlake-fnv.
 */
export function hashName(name: Uint8Array, salt: number): number {
	let hash = Math.imul(0x811c9dc5 ^ salt, 0x01000193);
	for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name[i], 0x01000193);
	return hash >>> 0;
}
