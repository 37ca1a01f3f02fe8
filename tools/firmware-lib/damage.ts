// SPDX-License-Identifier: Apache-2.0
//
// Damages a sound image in one place, so that a test or a person can see it refused. What checks the damaged part otherwise is
// repaired where the fault would be found by something else first: the CRC of a signature block.

import { crc32 } from "../../modules/bytes/crc32.js";
import { IMAGE_HEADER_LENGTH } from "../../modules/image/header.js";
import type { ImageSummary } from "../../modules/image/parser.js";
import {
	SIGNATURE_BLOCK_LENGTH,
	SIGNATURE_CRC_OFFSET,
	SIGNATURE_SECTOR_LENGTH,
} from "../../modules/image/signature.js";
import { FirmwareError } from "./error.js";
import { parseImage } from "./info.js";

/** What `--what` may say, for the usage text. */
export const DAMAGES = `header:N     byte N of the header, 0 to 23
  byte:N       byte N of the file
  program      a byte in the middle of the last segment
  checksum     the checksum byte
  hash         the appended SHA-256
  signature:I  the signature of block I (default 0), its CRC right
  key:I        the public key of block I, its CRC right
  crc:I        the CRC of block I
  truncate:N   the file ends after N bytes
  unsigned     the signature sector is gone`;

type Change = (image: Buffer, summary: ImageSummary, number: number) => Buffer;

function usage(message: string): never {
	throw new FirmwareError("FIRMWARE_USAGE", message);
}

function flip(image: Buffer, at: number): Buffer {
	if (at >= image.length) usage(`the file has ${image.length} bytes, no byte ${at}`);
	image[at] ^= 1;
	return image;
}

/** Byte `at` of block `index`; the CRC follows unless it is the CRC that changes. */
function flipBlock(image: Buffer, { signatures }: ImageSummary, index: number, at: number): Buffer {
	if (index >= signatures.length) usage(`the image has ${signatures.length} signatures, no number ${index}`);
	const start = image.length - SIGNATURE_SECTOR_LENGTH + index * SIGNATURE_BLOCK_LENGTH;
	flip(image, start + at);
	if (at === SIGNATURE_CRC_OFFSET) return image;
	image.writeUInt32LE(crc32(image.subarray(start, start + SIGNATURE_CRC_OFFSET)), start + SIGNATURE_CRC_OFFSET);
	return image;
}

function signatureOffset({ signatures }: ImageSummary, index: number): number {
	return signatures[index]?.kind === "rsa-3072" ? 812 : 101;
}

const changes: Readonly<Record<string, Change>> = {
	header: (image, _, at) => (at < IMAGE_HEADER_LENGTH ? flip(image, at) : usage("the header has bytes 0 to 23")),
	byte: (image, _, at) => flip(image, at),
	program(image, { segments }) {
		const { offset, length } = segments[segments.length - 1];
		return flip(image, offset + (length >> 1));
	},
	checksum: (image, { size }) => flip(image, size - 33),
	hash: (image, { size }) => flip(image, size - 32),
	signature: (image, summary, index) => flipBlock(image, summary, index, signatureOffset(summary, index)),
	key: (image, summary, index) => flipBlock(image, summary, index, 40),
	crc: (image, summary, index) => flipBlock(image, summary, index, SIGNATURE_CRC_OFFSET),
	truncate: (image, _, length) =>
		length < image.length ? image.subarray(0, length) : usage(`the file has ${image.length} bytes only`),
	unsigned: (image, { size }) => image.subarray(0, size),
};

/** Kinds that a number has to follow. */
const numbered = ["header", "byte", "truncate"];

/**
 * @param image a sound image; stays as it is
 * @param what see `DAMAGES`
 * @returns the damaged copy
 * @throws FirmwareError FIRMWARE_USAGE for another `what`; ImageError when the image is not sound
 */
export function damageImage(image: Uint8Array, what: string): Buffer {
	const match = /^([a-z]+)(?::([0-9]{1,8}))?$/.exec(what);
	const change = match === null ? undefined : changes[match[1]];
	if (match === null || change === undefined) return usage(`no damage "${what}"`);
	if (match[2] === undefined && numbered.includes(match[1])) usage(`${match[1]} wants a number: ${match[1]}:N`);
	return change(Buffer.from(image), parseImage(image), Number(match[2] ?? 0));
}
