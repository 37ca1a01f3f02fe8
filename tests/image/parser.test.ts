// SPDX-License-Identifier: Apache-2.0
//
// ImageParser on whole images: every chunking, every truncation, every damaged byte, seeded mutations.

import test from "node:test";
import assert from "node:assert/strict";
import { SHA256, sha256 } from "../../modules/bytes/sha256.js";
import { ImageError } from "../../modules/image/error.js";
import { ImageParser, type ImageHash, type ImageSummary } from "../../modules/image/parser.js";
import { Random } from "../harness/random.js";
import { CHIP, DESCRIPTION_OFFSET, MAX_SIZE, MODEL, padded, sampleImage, signedImage } from "./sample.js";

function newParser(): ImageParser {
	return new ImageParser({ chip: CHIP, maxSize: MAX_SIZE, model: MODEL });
}

function parse(...chunks: Uint8Array[]): ImageSummary {
	const parser = newParser();
	for (const chunk of chunks) parser.write(chunk);
	return parser.end();
}

/** @returns the error, or `undefined` for an image that was taken */
function refusal(image: Uint8Array): unknown {
	try {
		parse(image);
		return undefined;
	} catch (error) {
		return error;
	}
}

test("an unsigned image gives its summary", () => {
	const image = sampleImage();
	const summary = parse(image);
	assert.equal(summary.size, image.length);
	assert.equal(summary.length, image.length);
	assert.equal(summary.description.version, "7.00.1");
	assert.equal(summary.header.chip, CHIP);
	assert.deepEqual(summary.segments, [
		{ address: 0x3c000020, length: 256, offset: 32 },
		{ address: 0x42000000, length: 40, offset: 296 },
	]);
	assert.deepEqual([...summary.sha256], [...sha256(image.subarray(0, -32))]);
	assert.deepEqual(summary.signatures, []);
});

test("images of every length modulo 16, and one that ends on 4096, are taken", () => {
	for (let length = 4; length <= 64; length += 4) assert.equal(refusal(sampleImage(new Uint8Array(length))), undefined);
	const image = sampleImage(new Uint8Array(4096 - 296 - 48 + 12));
	assert.equal(image.length, 4096);
	assert.equal(parse(image).signatures.length, 0);
	assert.equal(parse(signedImage(image)).signatures.length, 1);
});

test("signed images give one to three blocks", () => {
	const image = sampleImage();
	for (const kinds of [["ecdsa"], ["rsa"], ["rsa", "ecdsa"], ["ecdsa", "ecdsa", "rsa"]] as ("rsa" | "ecdsa")[][]) {
		const summary = parse(signedImage(image, kinds));
		assert.equal(summary.size, image.length);
		assert.equal(summary.length, 8192);
		assert.deepEqual(
			summary.signatures.map((block) => block.kind),
			kinds.map((kind) => (kind === "rsa" ? "rsa-3072" : "ecdsa-p256")),
		);
	}
});

test("the description comes out before any later byte is looked at, and may refuse", () => {
	const image = sampleImage();
	const seen: number[] = [];
	const onDescription = (): void => void seen.push(parser.offset);
	const parser = new ImageParser({ chip: CHIP, maxSize: MAX_SIZE, onDescription });
	parser.write(image.subarray(0, DESCRIPTION_OFFSET + 255));
	assert.deepEqual(seen, []);
	parser.write(image.subarray(DESCRIPTION_OFFSET + 255));
	assert.deepEqual(seen, [DESCRIPTION_OFFSET + 256]);
	assert.equal(parser.description?.model, MODEL);
	const refuse = new Error("no");
	const picky = new ImageParser({
		chip: CHIP,
		maxSize: MAX_SIZE,
		onDescription: () => {
			throw refuse;
		},
	});
	assert.throws(
		() => picky.write(image),
		(error: unknown) => error === refuse,
	);
	assert.throws(
		() => picky.write(image),
		(error: unknown) => error === refuse,
	);
	assert.throws(
		() => picky.end(),
		(error: unknown) => error === refuse,
	);
});

test("split at every byte, and byte by byte, the result is the same", () => {
	for (const image of [sampleImage(), signedImage(sampleImage())]) {
		const expected = JSON.stringify(parse(image));
		const edges = image.length > 4096 ? [4095, 4096, 4097, 5311, 5312, 5313, 8191] : [];
		const cuts = image.length > 4096 ? edges : Array.from(image.keys());
		for (const at of cuts) assert.equal(JSON.stringify(parse(image.subarray(0, at), image.subarray(at))), expected);
		const parser = newParser();
		for (let at = 0; at < image.length; at++) parser.write(image.subarray(at, at + 1));
		assert.equal(JSON.stringify(parser.end()), expected);
	}
});

test("truncated at every byte an image is IMAGE_TRUNCATED there", () => {
	const image = sampleImage();
	for (let length = 0; length < image.length; length++) {
		const expected = { code: "IMAGE_TRUNCATED", offset: length };
		assert.throws(() => parse(image.subarray(0, length)), expected, `at ${length}`);
	}
	const signed = signedImage(image, ["rsa", "ecdsa"]);
	for (const length of [401, 4095, 4096, 4097, 5311, 5312, 6527, 6528, 6529, 8191]) {
		const expected = { code: "IMAGE_TRUNCATED", offset: length };
		assert.throws(() => parse(signed.subarray(0, length)), expected, `at ${length}`);
	}
});

test("every flipped bit of the headers, and a bit of every other byte, is found", () => {
	const image = sampleImage(new Uint8Array(8));
	for (let at = 0; at < image.length; at++) {
		const header = at < DESCRIPTION_OFFSET + 8 || (at >= 288 && at < 296);
		for (let bit = header ? 0 : 7; bit < 8; bit++) {
			const damaged = new Uint8Array(image);
			damaged[at] = damaged[at]! ^ (1 << bit);
			assert.ok(refusal(damaged) instanceof ImageError, `byte ${at} bit ${bit}`);
		}
	}
});

test("every damaged byte of a signed image is found", () => {
	const image = signedImage(sampleImage(), ["ecdsa", "rsa"]);
	for (let at = 0; at < image.length; at += at < 512 || at > 8090 ? 13 : 311) {
		const damaged = new Uint8Array(image);
		damaged[at] = damaged[at]! ^ 0x10;
		assert.ok(refusal(damaged) instanceof ImageError, `byte ${at}`);
	}
});

test("bytes after the image are IMAGE_TRAILER", () => {
	const image = sampleImage();
	const extra = Uint8Array.of(0);
	assert.throws(() => parse(image, extra), { code: "IMAGE_TRAILER", offset: image.length });
	const signed = signedImage(image);
	assert.throws(() => parse(signed, extra), { code: "IMAGE_TRAILER", offset: signed.length });
	assert.throws(() => parse(padded(image)), { code: "IMAGE_TRUNCATED", offset: 4096 });
});

test("mutated images give ImageError or a summary, nothing else (seeded)", () => {
	for (let seed = 1; seed <= 150; seed++) {
		const random = new Random(seed);
		const image = seed % 3 === 0 ? signedImage(sampleImage(), ["rsa", "ecdsa"]) : sampleImage();
		const count = 1 + random.below(4);
		for (let i = 0; i < count; i++) image[random.below(image.length)] = random.below(256);
		const cut = random.below(4) === 0 ? random.below(image.length) : image.length;
		const error = refusal(image.subarray(0, cut));
		assert.ok(error === undefined || error instanceof ImageError, `seed ${seed}: ${String(error)}`);
	}
});

test("a hash with clone() gives the same as two hashes", () => {
	/** Keeps its input, so that it can be cloned. */
	class CloneableHash implements ImageHash {
		readonly parts: Uint8Array[];
		constructor(parts: Uint8Array[]) {
			this.parts = parts;
		}
		update(bytes: Uint8Array): void {
			this.parts.push(new Uint8Array(bytes));
		}
		digest(): Uint8Array {
			const hash = new SHA256();
			for (const part of this.parts) hash.update(part);
			return hash.digest();
		}
		clone(): ImageHash {
			return new CloneableHash([...this.parts]);
		}
	}
	const image = signedImage(sampleImage());
	const parser = new ImageParser({ chip: CHIP, maxSize: MAX_SIZE, hash: () => new CloneableHash([]) });
	parser.write(image);
	assert.equal(JSON.stringify(parser.end()), JSON.stringify(parse(image)));
});
