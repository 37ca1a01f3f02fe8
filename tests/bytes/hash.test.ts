// SPDX-License-Identifier: Apache-2.0
//
// CRC-32 and SHA-256 against published values (FIPS 180-4 samples of NIST CSRC; the CRC catalogue's check value).

import test from "node:test";
import assert from "node:assert/strict";
import { crc32 } from "../../modules/bytes/crc32.js";
import { SHA256, sha256 } from "../../modules/bytes/sha256.js";
import { encodeUTF8, toHex } from "../../modules/bytes/text.js";

test("crc32() gives the check value and chains", () => {
	const digits = encodeUTF8("123456789");
	assert.equal(crc32(digits), 0xcbf43926);
	assert.equal(crc32(new Uint8Array(0)), 0);
	assert.equal(crc32(Uint8Array.of(0, 0, 0, 0)), 0x2144df1c);
	for (let cut = 0; cut <= digits.length; cut++) {
		assert.equal(crc32(digits.subarray(cut), crc32(digits.subarray(0, cut))), 0xcbf43926);
	}
});

test("crc32() with ESP-IDF's start value matches an otadata entry", () => {
	// ota_seq 1, as ESP-IDF writes it: CRC 0x4743989A.
	assert.equal(crc32(Uint8Array.of(1, 0, 0, 0), 0xffffffff), 0x4743989a);
});

const HASHES: [string, string][] = [
	["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
	["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
	[
		"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
	],
	[
		"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
		"cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1",
	],
];

test("sha256() gives the published hashes", () => {
	for (const [text, hash] of HASHES) assert.equal(toHex(sha256(encodeUTF8(text))), hash);
});

test("SHA256 gives the same hash for every split of the input", () => {
	const bytes = encodeUTF8(HASHES[3][0]);
	for (let cut = 0; cut <= bytes.length; cut++) {
		const hash = new SHA256();
		hash.update(bytes.subarray(0, cut));
		hash.update(bytes.subarray(cut));
		assert.equal(toHex(hash.digest()), HASHES[3][1]);
	}
	const slow = new SHA256();
	for (let i = 0; i < bytes.length; i++) slow.update(bytes.subarray(i, i + 1));
	assert.equal(toHex(slow.digest()), HASHES[3][1]);
});

test("SHA256 hashes a hundred thousand letters", () => {
	const hash = new SHA256();
	const thousand = new Uint8Array(1000).fill(0x61);
	for (let i = 0; i < 100; i++) hash.update(thousand);
	assert.equal(toHex(hash.digest()), "6d1cf22d7cc09b085dfc25ee1a1f3ae0265804c607bc2074ad253bcc82fd81ee");
});

test("SHA256 pads every length up to two blocks", () => {
	// Hash of the hashes of 0, 1, ... 129 zero bytes.
	const all = new SHA256();
	for (let length = 0; length < 130; length++) all.update(sha256(new Uint8Array(length)));
	assert.equal(toHex(all.digest()), "d26cf8eafa144521d64bdc66b8314175fd9e78310979a068c8b8b2ea18636450");
});

test("SHA256 refuses use after digest", () => {
	const hash = new SHA256();
	hash.digest();
	assert.throws(() => hash.update(new Uint8Array(1)), /after digest/);
	assert.throws(() => hash.digest(), /after digest/);
});
