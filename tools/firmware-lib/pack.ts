// SPDX-License-Identifier: Apache-2.0
//
// Packs a program into an ESP32 application image: description in segment 0, program in segment 1, checksum, SHA-256,
// and a signature sector when there are keys. Leaves out the memory layout of real chips: ESP-IDF's build packs those.
// Source: ESP-IDF "App image format".

import { createHash, type KeyObject } from "node:crypto";
import { CHIP_LINUX_X64 } from "../../modules/image/chips.js";
import { buildDescription, parseDescription, type Description } from "../../modules/image/description.js";
import {
	CHECKSUM_START,
	REVISION_UNSET,
	buildImageHeader,
	buildSegmentHeader,
	checksumOffset,
} from "../../modules/image/header.js";
import { signImage } from "./sign.js";

/** Load addresses of the two segments, as an ESP32-C3 or S3 image has its read-only data and its code. */
export const DESCRIPTION_ADDRESS = 0x3c000020;
export const PROGRAM_ADDRESS = 0x42000000;

const SPI_MODE_DIO = 2;
const SPI_SPEED_DIV_1 = 15;
const SPI_SIZE_4MB = 2;
const WP_PIN_DISABLED = 0xee;

export type DescriptionFields = Partial<Description> & Pick<Description, "version" | "model">;

export interface PackOptions {
	/** What the loader starts; padded with zeros to a multiple of 4. Not empty. */
	program: Uint8Array;
	/** Fields, or the 256 bytes themselves. */
	description: DescriptionFields | Uint8Array;
	/** Default: our Linux host. */
	chip?: number;
	/** 0 to 3 private keys, ECDSA P-256 or RSA-3072. None: an unsigned image. */
	keys?: readonly KeyObject[];
}

function header(chip: number): Uint8Array {
	return buildImageHeader({
		segmentCount: 2,
		spiMode: SPI_MODE_DIO,
		spiSpeed: SPI_SPEED_DIV_1,
		spiSize: SPI_SIZE_4MB,
		entry: PROGRAM_ADDRESS,
		wpPin: WP_PIN_DISABLED,
		spiPinDrive: [0, 0, 0],
		chip,
		minRevisionOld: 0,
		minRevision: 0,
		maxRevision: REVISION_UNSET,
		hashAppended: 1,
	});
}

function descriptionBytes(description: PackOptions["description"]): Uint8Array {
	if (!(description instanceof Uint8Array)) return buildDescription(description);
	parseDescription(description);
	return description;
}

function checksum(segments: readonly Uint8Array[]): number {
	let sum = CHECKSUM_START;
	for (const segment of segments) for (const byte of segment) sum ^= byte;
	return sum;
}

/**
 * @returns the whole image
 * @throws ImageError IMAGE_DESCRIPTION; FirmwareError for an unusable key, more than three keys, or an empty program
 */
export function packImage(options: PackOptions): Buffer {
	const padding = new Uint8Array(-options.program.length & 3);
	const description = descriptionBytes(options.description);
	const program = Buffer.concat([options.program, padding]);
	const body = Buffer.concat([
		header(options.chip ?? CHIP_LINUX_X64),
		buildSegmentHeader({ address: DESCRIPTION_ADDRESS, length: description.length }),
		description,
		buildSegmentHeader({ address: PROGRAM_ADDRESS, length: program.length }),
		program,
	]);
	const tail = Buffer.alloc(checksumOffset(body.length) + 1 - body.length);
	tail[tail.length - 1] = checksum([description, program]);
	const hash = createHash("sha256").update(body).update(tail).digest();
	const image = Buffer.concat([body, tail, hash]);
	return options.keys === undefined || options.keys.length === 0 ? image : signImage(image, options.keys);
}
