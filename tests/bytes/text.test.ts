// SPDX-License-Identifier: Apache-2.0
//
// UTF-8, Latin-1, hexadecimal and Base64. Ill-formed samples: Unicode 15 tables 3-8 to 3-11; RFC 4648 section 10.

import test from "node:test";
import assert from "node:assert/strict";
import {
	base64Length,
	decodeBase64,
	decodeBase64InPlace,
	encodeBase64,
	putBase64,
} from "../../modules/bytes/base64.js";
import { decodeLatin1, decodeUTF8, encodeLatin1, encodeUTF8, fromHex, toHex } from "../../modules/bytes/text.js";
import { Random } from "../harness/random.js";

const SAMPLES: [string, string][] = [
	["", ""],
	["A", "41"],
	["\u0000", "00"],
	["\u007f\u0080", "7fc280"],
	["\u07ff\u0800", "dfbfe0a080"],
	["\ud7ff\ue000\uffff", "ed9fbfee8080efbfbf"],
	["\u{10000}\u{10ffff}", "f0908080f48fbfbf"],
	["gr\u00fc\u00df \u20ac \u{1f600}", "6772c3bcc39f20e282ac20f09f9880"],
	["\ufeffx", "efbbbf78"],
];

test("UTF-8 samples encode and decode", () => {
	for (const [text, hex] of SAMPLES) {
		assert.equal(toHex(encodeUTF8(text)), hex);
		assert.equal(decodeUTF8(fromHex(hex)), text);
		assert.equal(decodeUTF8(fromHex(hex), { fatal: true }), text);
	}
});

test("a lone surrogate is written as U+FFFD", () => {
	assert.equal(toHex(encodeUTF8("a\ud800b")), "61efbfbd62");
	assert.equal(toHex(encodeUTF8("\udc00")), "efbfbd");
});

test("ill-formed UTF-8 gives one U+FFFD for each faulty sequence", () => {
	const cases: [string, string][] = [
		["c0af41", "\ufffd\ufffdA"],
		["e080bf", "\ufffd\ufffd\ufffd"],
		["eda08041", "\ufffd\ufffd\ufffdA"],
		["f4918041", "\ufffd\ufffd\ufffdA"],
		["f5", "\ufffd"],
		["e1a0c281f0918041", "\ufffd\u0081\ufffdA"],
		["41e282", "A\ufffd"],
		["80", "\ufffd"],
	];
	for (const [hex, text] of cases) assert.equal(decodeUTF8(fromHex(hex)), text);
});

test("fatal decoding names the first byte of the faulty sequence", () => {
	const cases: [string, number][] = [
		["41c0af", 1],
		["4142e28241", 2],
		["f0909080f09090", 4],
		["c3bced9fbfeda080", 5],
	];
	for (const [hex, offset] of cases) {
		assert.throws(() => decodeUTF8(fromHex(hex), { fatal: true }), { code: "UTF8_INVALID", offset });
	}
});

test("long texts survive the round trip", () => {
	let text = "";
	for (let i = 0; i < 500; i++) text += String.fromCodePoint((i * 2111) % 0xd800);
	assert.equal(decodeUTF8(encodeUTF8(text), { fatal: true }), text);
});

test("what lenient decoding gives can be encoded and decoded again", () => {
	const seed = 20240611;
	const random = new Random(seed);
	for (let round = 0; round < 300; round++) {
		const bytes = random.bytes(random.below(24));
		for (let i = 0; i < bytes.length; i++) if (random.below(2) === 0) bytes[i] |= 0x80;
		const text = decodeUTF8(bytes);
		assert.equal(decodeUTF8(encodeUTF8(text), { fatal: true }), text, `seed ${seed}, round ${round}`);
	}
});

test("Latin-1 maps each byte to the character of that number", () => {
	const all = new Uint8Array(256).map((_, index) => index);
	const text = decodeLatin1(all);
	assert.equal(text.length, 256);
	assert.equal(text.charCodeAt(0xe9), 0xe9);
	assert.deepEqual(encodeLatin1(text), all);
	assert.throws(() => encodeLatin1("ab\u0100"), { code: "LATIN1_CHARACTER", offset: 2 });
});

test("hexadecimal", () => {
	assert.equal(toHex(Uint8Array.of(0, 0x9a, 0xff)), "009aff");
	assert.equal(toHex(Uint8Array.of(0, 0x9a, 0xff), true), "009AFF");
	assert.deepEqual([...fromHex("00aAfF")], [0, 0xaa, 0xff]);
	assert.throws(() => fromHex("abc"), { code: "HEX_LENGTH", offset: 3 });
	assert.throws(() => fromHex("00g0"), { code: "HEX_DIGIT", offset: 2 });
	assert.throws(() => fromHex("0x"), { code: "HEX_DIGIT", offset: 1 });
	assert.throws(() => fromHex("\u0130\u0131"), { code: "HEX_DIGIT", offset: 0 });
});

test("Base64 samples of RFC 4648", () => {
	const samples = ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"];
	for (let i = 0; i < samples.length; i++) {
		assert.equal(encodeBase64(encodeLatin1("foobar".slice(0, i))), samples[i]);
		assert.equal(decodeLatin1(decodeBase64(samples[i])), "foobar".slice(0, i));
	}
	const all = new Uint8Array(256).map((_, index) => 255 - index);
	assert.deepEqual(decodeBase64(encodeBase64(all)), all);
	assert.equal(encodeBase64(Uint8Array.of(0xfb, 0xff, 0xfe)), "+//+");
});

test("Base64 takes the canonical form only", () => {
	const cases: [string, string, number][] = [
		["Zg=", "BASE64_LENGTH", 3],
		["Zm9v\n", "BASE64_LENGTH", 5],
		["Zm 9", "BASE64_CHARACTER", 2],
		["Z===", "BASE64_CHARACTER", 1],
		["====", "BASE64_CHARACTER", 0],
		["Zg==Zg==", "BASE64_CHARACTER", 2],
		["Zm-_", "BASE64_CHARACTER", 2],
		["Zh==", "BASE64_PADDING", 1],
		["Zm9=", "BASE64_PADDING", 2],
	];
	for (const [text, code, offset] of cases) assert.throws(() => decodeBase64(text), { code, offset });
});

test("putBase64 and decodeBase64InPlace are the same within a buffer, with white space passed over", () => {
	const random = new Random(7);
	for (let length = 0; length < 100; length++) {
		const input = random.bytes(length);
		const text = encodeBase64(input);
		const output = new Uint8Array(base64Length(length) + 2);
		assert.equal(putBase64(output, 1, input), text.length + 1);
		assert.equal(decodeLatin1(output.subarray(1, -1)), text);
		let spaced = " ";
		for (const character of text) spaced += character + ["", "", "\n", "\r\n", " \t"][random.below(5)];
		const bytes = encodeLatin1(spaced);
		const decoded = decodeBase64InPlace(bytes);
		assert.equal(toHex(decoded), toHex(input));
		assert.equal(decoded.buffer, bytes.buffer);
	}
	for (const [text, code] of [
		["A", "BASE64_LENGTH"],
		["AA", "BASE64_LENGTH"],
		["AAA", "BASE64_LENGTH"],
		["AA=", "BASE64_LENGTH"],
		["=", "BASE64_LENGTH"],
		["A===", "BASE64_CHARACTER"],
		["AA=A", "BASE64_CHARACTER"],
		["AB==", "BASE64_PADDING"],
		["AAB=", "BASE64_PADDING"],
		["AA-A", "BASE64_CHARACTER"],
		["AAAA\xa0", "BASE64_CHARACTER"],
	])
		assert.throws(() => decodeBase64InPlace(encodeLatin1(text)), { code }, text);
});
