// SPDX-License-Identifier: Apache-2.0
//
// Makes small application images for these tests: two segments, checksum, appended SHA-256.

import { SHA256 } from "../../modules/bytes/sha256.js";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { buildDescription } from "../../modules/image/description.js";
import { buildImageHeader, buildSegmentHeader, checksumOffset } from "../../modules/image/header.js";
import { Random } from "../harness/random.js";

export const testChip = 0x8664;
export const testModel = "gw-test";

export interface ImageFields {
	version: string;
	model?: string;
	chip?: number;
	secureVersion?: number;
	/** Bytes of the program segment, a multiple of 4. */
	length?: number;
	/** Another seed: another program. */
	seed?: number;
	/** The description carries no hash of the program. */
	anonymous?: boolean;
}

function sha256(...parts: Uint8Array[]): Uint8Array {
	const hash = new SHA256();
	for (const part of parts) hash.update(part);
	return hash.digest();
}

function join(parts: Uint8Array[]): Uint8Array {
	const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		result.set(part, at);
		at += part.length;
	}
	return result;
}

export function buildImage(fields: ImageFields): Uint8Array {
	const program = new Random(fields.seed ?? 1).bytes(fields.length ?? 8000);
	const description = buildDescription({
		version: fields.version,
		model: fields.model ?? testModel,
		secureVersion: fields.secureVersion ?? 0,
		elfSHA256: fields.anonymous === true ? new Uint8Array(32) : sha256(program, encodeUTF8(fields.version)),
	});
	const header = buildImageHeader({
		segmentCount: 2,
		spiMode: 2,
		spiSpeed: 0,
		spiSize: 2,
		entry: 0x42000000,
		wpPin: 0xee,
		spiPinDrive: [0, 0, 0],
		chip: fields.chip ?? testChip,
		minRevisionOld: 0,
		minRevision: 0,
		maxRevision: 0xffff,
		hashAppended: 1,
	});
	const body = join([
		header,
		buildSegmentHeader({ address: 0x3c000020, length: description.length }),
		description,
		buildSegmentHeader({ address: 0x42000000, length: program.length }),
		program,
	]);
	const image = new Uint8Array(checksumOffset(body.length) + 1);
	image.set(body);
	let checksum = 0xef;
	for (const byte of description) checksum ^= byte;
	for (const byte of program) checksum ^= byte;
	image[image.length - 1] = checksum;
	return join([image, sha256(image)]);
}
