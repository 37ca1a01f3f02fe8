// SPDX-License-Identifier: Apache-2.0
//
// One image for each reason to refuse, with code and offset; hashes and checksums are right where they are not the fault.

import test from "node:test";
import assert from "node:assert/strict";
import { sha256 } from "../../modules/bytes/sha256.js";
import { ImageParser, type ImageParserOptions } from "../../modules/image/parser.js";
import {
	CHIP,
	MAX_SIZE,
	MODEL,
	finished,
	joined,
	padded,
	sampleBlock,
	sampleDescription,
	sampleHeader,
	sampleImage,
	sector,
	signedImage,
} from "./sample.js";

function refused(image: Uint8Array, code: string, offset: number, options: Partial<ImageParserOptions> = {}): void {
	const parser = new ImageParser({ chip: CHIP, maxSize: MAX_SIZE, ...options });
	const act = (): void => {
		parser.write(image);
		parser.end();
	};
	assert.throws(act, { name: "ImageError", code, offset }, `${code} at ${offset}`);
	assert.throws(() => parser.write(new Uint8Array(0)), { code, offset });
}

function withHeader(change: (header: Uint8Array) => void, program = new Uint8Array(16)): Uint8Array {
	const header = sampleHeader(2);
	change(header);
	const segments = [
		{ address: 0x3c000020, data: sampleDescription() },
		{ address: 0x42000000, data: program },
	];
	return finished(header, segments);
}

test("magic, chip, segment count, hash flag", () => {
	refused(
		withHeader((header) => header.set([0x7f], 0)),
		"IMAGE_MAGIC",
		0,
	);
	refused(
		withHeader((header) => header.set([5, 0], 12)),
		"IMAGE_CHIP",
		12,
	);
	refused(
		withHeader((header) => header.set([0], 1)),
		"IMAGE_SEGMENTS",
		1,
	);
	refused(
		withHeader((header) => header.set([17], 1)),
		"IMAGE_SEGMENTS",
		1,
	);
	refused(
		withHeader((header) => header.set([0], 23)),
		"IMAGE_HASH",
		23,
	);
	refused(
		withHeader((header) => header.set([2], 23)),
		"IMAGE_HASH",
		23,
	);
	refused(
		withHeader((header) => header.set([0], 7)),
		"IMAGE_ENTRY",
		4,
	);
});

test("chip `any` takes every chip", () => {
	const parser = new ImageParser({ chip: "any", maxSize: MAX_SIZE });
	parser.write(withHeader((header) => header.set([5, 0], 12)));
	assert.equal(parser.end().header.chip, 5);
});

test("chip revisions", () => {
	const limits = withHeader((header) => header.set([100, 0, 199, 0], 15));
	refused(limits, "IMAGE_REVISION", 15, { revision: 99 });
	refused(limits, "IMAGE_REVISION", 17, { revision: 200 });
	for (const revision of [undefined, 100, 199]) {
		const parser = new ImageParser({ chip: CHIP, maxSize: MAX_SIZE, revision });
		parser.write(limits);
		parser.end();
	}
	refused(
		withHeader((header) => header.set([200, 0, 199, 0], 15)),
		"IMAGE_REVISION",
		15,
	);
	for (const unset of [0, 0xff]) {
		const parser = new ImageParser({ chip: CHIP, maxSize: MAX_SIZE, revision: 900 });
		parser.write(withHeader((header) => header.set([100, 0, unset, unset], 15)));
		parser.end();
	}
});

test("segment lengths and addresses", () => {
	const description = { address: 0x3c000020, data: sampleDescription() };
	const header = sampleHeader(2);
	const odd = finished(header, [description, { address: 0x42000000, data: new Uint8Array(6) }]);
	refused(odd, "IMAGE_SEGMENTS", 292);
	const short = finished(header, [{ address: 0x42000000, data: new Uint8Array(252) }, description]);
	refused(short, "IMAGE_SEGMENTS", 28);
	const wraps = finished(header, [description, { address: 0xfffffff8, data: new Uint8Array(12) }]);
	refused(wraps, "IMAGE_SEGMENTS", 288);
	const longer = { address: 0x42000000, data: joined(sampleDescription(), new Uint8Array(8)) };
	const parser = new ImageParser({ chip: CHIP, maxSize: MAX_SIZE });
	parser.write(finished(header, [longer, { address: 0, data: new Uint8Array(0) }]));
	assert.equal(parser.end().segments.length, 2);
});

test("size: the image, and the image with its signature sector", () => {
	const image = sampleImage();
	refused(image, "IMAGE_SIZE", 292, { maxSize: image.length - 1 });
	refused(signedImage(image), "IMAGE_SIZE", image.length, { maxSize: 8191 });
	for (const [bytes, maxSize] of [
		[image, image.length],
		[signedImage(image), 8192],
	] as [Uint8Array, number][]) {
		const parser = new ImageParser({ chip: CHIP, maxSize });
		parser.write(bytes);
		parser.end();
	}
	const huge = sampleImage();
	huge.set([0xfc, 0xff, 0xff, 0xff], 292);
	refused(huge, "IMAGE_SIZE", 292);
});

test("description, model, secure version", () => {
	const bad = sampleDescription();
	bad[0] = 0;
	refused(finished(sampleHeader(1), [{ address: 0x42000000, data: bad }]), "IMAGE_DESCRIPTION", 32);
	refused(sampleImage(), "IMAGE_MODEL", 80, { model: "other" });
	refused(sampleImage(), "IMAGE_SECURE_VERSION", 36, { minSecureVersion: 4, model: MODEL });
	const parser = new ImageParser({ chip: CHIP, maxSize: MAX_SIZE, minSecureVersion: 3, model: MODEL });
	parser.write(sampleImage());
	parser.end();
});

test("checksum and hash", () => {
	const image = sampleImage();
	const checksumAt = image.length - 33;
	const wrongSum = new Uint8Array(image);
	wrongSum[checksumAt] = wrongSum[checksumAt]! ^ 1;
	wrongSum.set(sha256(wrongSum.subarray(0, -32)), checksumAt + 1);
	refused(wrongSum, "IMAGE_CHECKSUM", checksumAt);
	const wrongHash = new Uint8Array(image);
	wrongHash[image.length - 1] = wrongHash[image.length - 1]! ^ 1;
	refused(wrongHash, "IMAGE_HASH", image.length - 32);
});

test("padding and signature sector", () => {
	const image = sampleImage();
	const covered = padded(image);
	const digest = sha256(covered);
	const good = sampleBlock("ecdsa", digest);
	const holed = new Uint8Array(covered);
	holed[1000] = 0;
	refused(joined(holed, sector(good)), "IMAGE_TRAILER", 1000);
	const blockCases: [Uint8Array, string, number][] = [
		[sampleBlock("ecdsa", digest, (block) => block.set([0xe9], 0)), "IMAGE_SIGNATURE_FORMAT", 0],
		[sampleBlock("ecdsa", digest, (block) => block.set([1], 1)), "IMAGE_SIGNATURE_FORMAT", 1],
		[sampleBlock("rsa", digest, (block) => block.set([1], 2)), "IMAGE_SIGNATURE_FORMAT", 2],
		[sampleBlock("ecdsa", digest, (block) => block.set([3], 36)), "IMAGE_SIGNATURE_FORMAT", 36],
		[sampleBlock("ecdsa", digest, (block) => block.set([1], 165)), "IMAGE_SIGNATURE_FORMAT", 165],
		[sampleBlock("ecdsa", digest, (block) => block.set([1], 1215)), "IMAGE_SIGNATURE_FORMAT", 1215],
		[joined(good.subarray(0, 1196), new Uint8Array(20)), "IMAGE_SIGNATURE_CRC", 1196],
		[sampleBlock("ecdsa", sha256(image)), "IMAGE_SIGNATURE_DIGEST", 4],
		[new Uint8Array(1216).fill(0xff), "IMAGE_SIGNATURE_FORMAT", 0],
	];
	for (const [block, code, offset] of blockCases) {
		refused(joined(covered, sector(block)), code, 4096 + offset);
		if (block[0] !== 0xff) refused(joined(covered, sector(good, block)), code, 4096 + 1216 + offset);
	}
	const afterBlank = sector(good, new Uint8Array(1216).fill(0xff), good);
	refused(joined(covered, afterBlank), "IMAGE_TRAILER", 4096 + 2 * 1216);
	const tail = sector(good, good, good);
	tail[4095] = 0;
	refused(joined(covered, tail), "IMAGE_TRAILER", 8191);
});

test("numbers of signature blocks come out big endian", () => {
	const image = sampleImage();
	const parser = new ImageParser({ chip: CHIP, maxSize: MAX_SIZE });
	parser.write(signedImage(image, ["ecdsa", "rsa"]));
	const [ecdsa, rsa] = parser.end().signatures;
	assert.ok(ecdsa?.kind === "ecdsa-p256" && rsa?.kind === "rsa-3072");
	if (ecdsa?.kind !== "ecdsa-p256" || rsa?.kind !== "rsa-3072") return;
	assert.deepEqual([ecdsa.point[0], ecdsa.point[31], ecdsa.point[32], ecdsa.point[63]], [68, 37, 100, 69]);
	assert.deepEqual([ecdsa.signature[0], ecdsa.signature[63]], [132, 133]);
	assert.deepEqual([ecdsa.keyRecord.length, rsa.keyRecord.length], [65, 776]);
	assert.deepEqual([rsa.modulus.length, rsa.modulus[383], rsa.signature.length], [384, 36, 384]);
	assert.equal(rsa.exponent, 0xa7a6a5a4);
});
