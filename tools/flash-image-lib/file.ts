// SPDX-License-Identifier: Apache-2.0
//
// The flash file: the NOR array, a trailer of 128 bytes, one 32-bit wear counter per 4 KB sector. All little-endian; the
// C side is hosts/linux/flash/nor-file.h.
//
//   0  "NORFLASH"   8  version 1   12  size   16  4096   20  65536   24  256   28  0   32  busy microseconds (8)
//  40  page programs (8)   48  bytes programmed (8)   56  sector erases (8)   64  block erases (8)   72  longest turn (8)   80  0 x 48

import { FlashImageError } from "./error.js";

const MAGIC = "NORFLASH";
const VERSION = 1;
const SECTOR_SIZE = 4096;
const BLOCK_SIZE = 65536;
const PAGE_SIZE = 256;
const TRAILER_LENGTH = 128;
const MAX_SIZE = 64 * 1024 * 1024;

export interface FlashFile {
	/** The NOR array. */
	contents: Buffer;
	busyMicroseconds: number;
	programs: number;
	bytesProgrammed: number;
	sectorErases: number;
	blockErases: number;
	/** Longest time that one turn of the firmware's event loop waited for the chip. */
	longestMicroseconds: number;
	/** Erases of each 4 KB sector. */
	wear: Uint32Array;
}

/** @throws FlashImageError FLASH_IMAGE_SIZE */
export function checkSize(size: number): void {
	if (size < BLOCK_SIZE || size > MAX_SIZE || size % BLOCK_SIZE !== 0) {
		throw new FlashImageError("FLASH_IMAGE_SIZE", "a flash has 64 KB to 64 MB, in steps of 64 KB");
	}
}

/**
 * Makes the file of a chip that is as new, whatever its contents.
 * @throws FlashImageError FLASH_IMAGE_SIZE
 */
export function buildFile(contents: Uint8Array): Buffer {
	checkSize(contents.length);
	const trailer = Buffer.alloc(TRAILER_LENGTH + (contents.length / SECTOR_SIZE) * 4);
	trailer.write(MAGIC, 0, "latin1");
	[VERSION, contents.length, SECTOR_SIZE, BLOCK_SIZE, PAGE_SIZE].forEach((value, index) => {
		trailer.writeUInt32LE(value, 8 + 4 * index);
	});
	return Buffer.concat([contents, trailer]);
}

/** @throws FlashImageError FLASH_IMAGE_FILE */
export function parseFile(file: Buffer): FlashFile {
	const size = Math.floor((file.length - TRAILER_LENGTH) / 1025) * 1024;
	const expected = size + TRAILER_LENGTH + (size / SECTOR_SIZE) * 4;
	const trailer = file.subarray(Math.max(size, 0));
	if (
		size < BLOCK_SIZE ||
		file.length !== expected ||
		trailer.toString("latin1", 0, 8) !== MAGIC ||
		trailer.readUInt32LE(8) !== VERSION ||
		trailer.readUInt32LE(12) !== size
	) {
		throw new FlashImageError("FLASH_IMAGE_FILE", "not a flash file, or a damaged one");
	}
	const counter = (offset: number): number => Number(trailer.readBigUInt64LE(offset));
	const wear = new Uint32Array(size / SECTOR_SIZE);
	for (let i = 0; i < wear.length; i++) wear[i] = trailer.readUInt32LE(TRAILER_LENGTH + 4 * i);
	return {
		contents: file.subarray(0, size),
		busyMicroseconds: counter(32),
		programs: counter(40),
		bytesProgrammed: counter(48),
		sectorErases: counter(56),
		blockErases: counter(64),
		longestMicroseconds: counter(72),
		wear,
	};
}
