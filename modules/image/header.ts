// SPDX-License-Identifier: Apache-2.0
//
// Image header (24 bytes) and segment headers (8 bytes) of an ESP32 application image, both ways, field by field.
// Leaves out judging the values: parser.ts does. Source: ESP-IDF, esp_app_format.h and "App image format".
//
//  0 magic 0xE9   1 segments   2 SPI mode   3 SPI speed (low 4 bits), flash size (high 4 bits)   4 entry address
//  8 WP pin   9 SPI pin drive (3)   12 chip id (2)   14 minimal revision, old form   15 minimal revision (2)
// 17 maximal revision (2)   19 reserved (4)   23 hash appended

import { ByteReader } from "../bytes/reader.js";
import { ByteWriter } from "../bytes/writer.js";
import { ImageError } from "./error.js";

export const IMAGE_MAGIC = 0xe9;
export const IMAGE_HEADER_LENGTH = 24;
export const SEGMENT_HEADER_LENGTH = 8;
export const MAX_SEGMENTS = 16;
/** First value of the checksum: all segment bytes are XORed onto it. */
export const CHECKSUM_START = 0xef;
/** The checksum is the last byte of a block of this size. */
export const CHECKSUM_ALIGNMENT = 16;
export const HASH_LENGTH = 32;
/** Revision limit that limits nothing (so does 0). */
export const REVISION_UNSET = 0xffff;

/** Byte positions that errors name. */
export const HEADER_OFFSET = Object.freeze({
	segmentCount: 1,
	entry: 4,
	chip: 12,
	minRevision: 15,
	maxRevision: 17,
	hashAppended: 23,
} as const);

export interface ImageHeader {
	segmentCount: number;
	/** 0 QIO, 1 QOUT, 2 DIO, 3 DOUT, 4 fast read, 5 slow read. */
	spiMode: number;
	/** Divider of the flash clock: 0 for 2, 1 for 3, 2 for 4, 15 for 1. */
	spiSpeed: number;
	/** Flash size: 1 MB shifted left by this number. */
	spiSize: number;
	entry: number;
	wpPin: number;
	spiPinDrive: [number, number, number];
	chip: number;
	/** Old form of `minRevision`; loaders no longer read it. */
	minRevisionOld: number;
	/** Major * 100 + minor. */
	minRevision: number;
	/** Major * 100 + minor; 0 and 65535 set no limit. */
	maxRevision: number;
	/** 1 when a SHA-256 follows the checksum. */
	hashAppended: number;
}

export interface SegmentHeader {
	/** Where the loader puts or maps the data. */
	address: number;
	/** Bytes of data. */
	length: number;
}

/**
 * @param input at least 24 bytes
 * @throws ImageError IMAGE_MAGIC; ParseError BYTES_TRUNCATED
 */
export function parseImageHeader(input: Uint8Array): ImageHeader {
	const reader = new ByteReader(input);
	const magic = reader.u8();
	if (magic !== IMAGE_MAGIC) {
		throw new ImageError("IMAGE_MAGIC", 0, `first byte 0x${magic.toString(16)}, 0xe9 wanted`);
	}
	const segmentCount = reader.u8();
	const spiMode = reader.u8();
	const speedAndSize = reader.u8();
	const entry = reader.u32le();
	const wpPin = reader.u8();
	const spiPinDrive: [number, number, number] = [reader.u8(), reader.u8(), reader.u8()];
	const chip = reader.u16le();
	const minRevisionOld = reader.u8();
	const minRevision = reader.u16le();
	const maxRevision = reader.u16le();
	reader.skip(4);
	return {
		segmentCount,
		spiMode,
		spiSpeed: speedAndSize & 15,
		spiSize: speedAndSize >> 4,
		entry,
		wpPin,
		spiPinDrive,
		chip,
		minRevisionOld,
		minRevision,
		maxRevision,
		hashAppended: reader.u8(),
	};
}

/**
 * @returns 24 bytes, reserved ones 0
 * @throws ParseError BYTES_VALUE for a number that does not fit its field
 */
export function buildImageHeader(header: ImageHeader): Uint8Array {
	const writer = new ByteWriter(IMAGE_HEADER_LENGTH);
	writer.u8(IMAGE_MAGIC);
	writer.u8(header.segmentCount);
	writer.u8(header.spiMode);
	writer.u8(header.spiSpeed | (header.spiSize << 4));
	writer.u32le(header.entry);
	writer.u8(header.wpPin);
	for (const drive of header.spiPinDrive) writer.u8(drive);
	writer.u16le(header.chip);
	writer.u8(header.minRevisionOld);
	writer.u16le(header.minRevision);
	writer.u16le(header.maxRevision);
	writer.fill(4);
	writer.u8(header.hashAppended);
	return writer.finish();
}

/** @throws ParseError BYTES_TRUNCATED */
export function parseSegmentHeader(input: Uint8Array): SegmentHeader {
	const reader = new ByteReader(input);
	return { address: reader.u32le(), length: reader.u32le() };
}

/** @returns 8 bytes @throws ParseError BYTES_VALUE */
export function buildSegmentHeader(segment: SegmentHeader): Uint8Array {
	const writer = new ByteWriter(SEGMENT_HEADER_LENGTH);
	writer.u32le(segment.address);
	writer.u32le(segment.length);
	return writer.finish();
}

/** @returns where the checksum byte lies in an image whose segments end at `end` */
export function checksumOffset(end: number): number {
	return end + (CHECKSUM_ALIGNMENT - 1 - (end % CHECKSUM_ALIGNMENT));
}
