// SPDX-License-Identifier: Apache-2.0
//
// The image parser: only ImageError comes out, splits change nothing, and what is taken is in every byte what it says.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { crc32 } from "../../../modules/bytes/crc32.js";
import { buildDescription, parseDescription } from "../../../modules/image/description.js";
import { ImageError } from "../../../modules/image/error.js";
import {
	buildImageHeader,
	buildSegmentHeader,
	checksumOffset,
	type SegmentHeader,
} from "../../../modules/image/header.js";
import { ImageParser, type ImageSummary } from "../../../modules/image/parser.js";
import type { Random } from "../../harness/random.js";
import { CHIP, MAX_SIZE, MODEL, sampleImage, signedImage } from "../../image/sample.js";
import type { Target } from "../target.js";

const limits = { chip: CHIP, maxSize: MAX_SIZE, model: MODEL, revision: 100, minSecureVersion: 1 };
const sha256 = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();
const equal = (a: Uint8Array, b: Uint8Array, what: string): void => assert.ok(Buffer.from(a).equals(b), what);

type Outcome = { summary: ImageSummary } | { code: string; offset: number };

function parse(chunks: readonly Uint8Array[]): Outcome {
	const parser = new ImageParser(limits);
	try {
		for (const chunk of chunks) parser.write(chunk);
		return { summary: parser.end() };
	} catch (error) {
		if (!(error instanceof ImageError)) throw error;
		assert.ok(/^IMAGE_[A-Z_]+$/.test(error.code) && error.offset >= 0, `${error.code} at ${error.offset}`);
		return { code: error.code, offset: error.offset };
	}
}

function pieces(input: Uint8Array, random: Random): Uint8Array[] {
	const chunks: Uint8Array[] = [];
	for (let at = 0; at < input.length;) {
		const length = random.pick([1, 7, 24, 256, 1460, 4096]);
		chunks.push(input.subarray(at, at + length));
		at += length;
	}
	return chunks;
}

/** Walks the segments of bytes that may be damaged. @returns where they end, and the checksum of their data */
function segmentsOf(input: Uint8Array): { end: number; checksum: number } | undefined {
	const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
	let end = 24;
	let checksum = 0xef;
	for (let i = 0; i < Math.min(16, input[1] ?? 0); i++) {
		if (end + 8 > input.length) return undefined;
		const length = view.getUint32(end + 4, true);
		if (end + 8 + length > input.length) return undefined;
		for (let at = end + 8; at < end + 8 + length; at++) checksum ^= input[at];
		end += 8 + length;
	}
	return { end, checksum };
}

/** Of the two sums over an image, one may stay wrong. */
function repair(input: Uint8Array, random: Random): void {
	const found = segmentsOf(input);
	if (found === undefined) return;
	const at = checksumOffset(found.end);
	const size = at + 1 + 32;
	if (size > input.length) return;
	if (random.below(4) > 0) input[at] = found.checksum;
	input.set(sha256(input.subarray(0, at + 1)), at + 1);
	const start = Math.ceil(size / 4096) * 4096;
	for (let block = start; block + 1216 <= input.length && block < start + 3 * 1216; block += 1216) {
		if (input[block] !== 0xe7) break;
		input.set(sha256(input.subarray(0, start)), block + 4);
		new DataView(input.buffer).setUint32(block + 1196, crc32(input.subarray(block, block + 1196)), true);
	}
}

function checkHead(input: Uint8Array, { header, description }: ImageSummary): void {
	const built = buildImageHeader(header);
	built.set(input.subarray(19, 23), 19); // reserved
	equal(built, input.subarray(0, 24), "header");
	assert.equal(header.chip, CHIP);
	assert.equal(description.model, MODEL);
	assert.ok(description.secureVersion >= 1);
	assert.deepEqual(parseDescription(buildDescription(description)), description);
	assert.deepEqual(parseDescription(input.subarray(32)), description);
}

function checkBody(input: Uint8Array, summary: ImageSummary): void {
	const walked = segmentsOf(input);
	let end = 24;
	for (const segment of summary.segments) {
		assert.equal(segment.offset, end + 8);
		equal(buildSegmentHeader(segment satisfies SegmentHeader), input.subarray(end, end + 8), "segment header");
		end = segment.offset + segment.length;
	}
	assert.equal(end, walked?.end);
	assert.equal(summary.segments.length, input[1]);
	const { entry } = summary.header;
	assert.ok(
		summary.segments.some(({ address, length }) => entry >= address && entry < address + length),
		"entry",
	);
	assert.equal(input[checksumOffset(end)], walked?.checksum);
	assert.equal(summary.size, checksumOffset(end) + 33);
	equal(sha256(input.subarray(0, summary.size - 32)), summary.sha256, "appended hash");
	equal(input.subarray(summary.size - 32, summary.size), summary.sha256, "hash as it lies there");
}

function checkSector(input: Uint8Array, { size, length, signatures }: ImageSummary): void {
	if (length === size) return assert.equal(signatures.length, 0);
	const start = Math.ceil(size / 4096) * 4096;
	assert.equal(length, start + 4096);
	assert.ok(
		input.subarray(size, start).every((byte) => byte === 0xff),
		"padding",
	);
	assert.ok(
		input.subarray(start + signatures.length * 1216).every((byte) => byte === 0xff),
		"rest of the sector",
	);
	assert.ok(signatures.length >= 1 && signatures.length <= 3);
	const digest = sha256(input.subarray(0, start));
	for (const block of signatures) equal(block.digest, digest, "digest in the block");
}

export const imageTarget: Target = {
	name: "image",
	corpus: () => {
		const image = sampleImage();
		const long = sampleImage(new Uint8Array(4096).map((_, i) => i * 7));
		return [
			image,
			long,
			signedImage(image),
			signedImage(long, ["rsa", "ecdsa"]),
			signedImage(image, ["ecdsa", "rsa", "rsa"]),
		];
	},
	repair,
	check(input, random) {
		const outcome = parse([input]);
		assert.deepEqual(parse(pieces(input, random)), outcome, "the same in pieces");
		if (!("summary" in outcome)) return false;
		const { summary } = outcome;
		assert.equal(summary.length, input.length);
		assert.ok(input.length <= MAX_SIZE);
		checkHead(input, summary);
		checkBody(input, summary);
		checkSector(input, summary);
		return true;
	},
};
