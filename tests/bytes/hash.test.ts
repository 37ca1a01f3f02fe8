// SPDX-License-Identifier: Apache-2.0
//
// CRC-32, SHA-256 and MD5 against published values (FIPS 180-4 samples of NIST CSRC; the CRC catalogue's check value; RFC 1321
// section A.5).

import test from "node:test";
import assert from "node:assert/strict";
import { crc32 } from "../../modules/bytes/crc32.js";
import { MD5, md5 } from "../../modules/bytes/md5.js";
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

const MD5_SUITE: [string, string][] = [
	["", "d41d8cd98f00b204e9800998ecf8427e"],
	["a", "0cc175b9c0f1b6a831c399e269772661"],
	["abc", "900150983cd24fb0d6963f7d28e17f72"],
	["message digest", "f96b697d7cb7938d525a2f31aaf161d0"],
	["abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"],
	["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"],
	[
		"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
		"57edf4a22be3c955ac49da2e2107b67a",
	],
];

test("md5() gives the hashes of the RFC, for every split of the input", () => {
	for (const [text, hash] of MD5_SUITE) {
		const bytes = encodeUTF8(text);
		assert.equal(toHex(md5(bytes)), hash);
		for (let cut = 0; cut <= bytes.length; cut++) {
			const split = new MD5();
			split.update(bytes.subarray(0, cut));
			split.update(bytes.subarray(cut));
			assert.equal(toHex(split.digest()), hash);
		}
	}
});

test("MD5 pads every length up to two blocks, and refuses use after digest", () => {
	// Hash of the hashes of 0, 1, ... 129 zero bytes.
	const all = new MD5();
	for (let length = 0; length < 130; length++) all.update(md5(new Uint8Array(length)));
	assert.equal(toHex(all.digest()), "944f3eb07656dde360b256df26174834");
	assert.throws(() => all.update(new Uint8Array(1)), /after digest/);
	assert.throws(() => all.digest(), /after digest/);
});
