// SPDX-License-Identifier: Apache-2.0
//
// Checksum and comparison of buffers: script in Node, C under XS.

import test from "node:test";
import assert from "node:assert/strict";
import { asciiBytes, asciiText, isFilled, isPart, xorBytes } from "../../modules/bytes/bulk.js";

const bytes = Uint8Array.from({ length: 200 }, (_, i) => (i * 73) & 0xff);

test("xorBytes() gives the same at every length and alignment", () => {
	for (let start = 0; start < 5; start++) {
		for (const end of [start, start + 1, 63, 64, 65, 130, 131, 132, 133, 200]) {
			const part = bytes.subarray(start, end);
			const expected = part.reduce((sum, byte) => sum ^ byte, 0xef);
			assert.equal(xorBytes(part, 0xef), expected, `${start} to ${end}`);
		}
	}
});

test("isPart() finds every byte that differs", () => {
	for (const at of [0, 1, 7, 100]) {
		const piece = bytes.slice(at, at + 64);
		assert.equal(isPart(piece, bytes, at), true);
		for (let i = 0; i < piece.length; i++) {
			piece[i] ^= 1 << (i & 7);
			assert.equal(isPart(piece, bytes, at), false, `byte ${i} at ${at}`);
			piece[i] ^= 1 << (i & 7);
		}
	}
});

test("isPart() keeps to views and ends", () => {
	const view = bytes.subarray(50, 100);
	assert.equal(isPart(bytes.subarray(60, 70), view, 10), true);
	assert.equal(isPart(new Uint8Array(0), view, 50), true);
	assert.equal(isPart(bytes.subarray(90, 100), view, 40), true);
	assert.equal(isPart(bytes.subarray(90, 101), view, 40), false);
	assert.equal(isPart(new Uint8Array(0), view, 51), false);
	assert.equal(isPart(bytes.subarray(40, 50), view, -10), false);
});

test("isFilled() finds every byte that differs", () => {
	const full = new Uint8Array(33).fill(0xff);
	assert.equal(isFilled(full, 0xff), true);
	assert.equal(isFilled(full.subarray(3, 3), 0), true);
	for (let i = 0; i < full.length; i++) {
		full[i] = 0x7f;
		assert.equal(isFilled(full, 0xff), false, `byte ${i}`);
		full[i] = 0xff;
	}
});

test("asciiText() and asciiBytes() take ASCII and nothing else", () => {
	const ascii = Uint8Array.from({ length: 127 }, (_, i) => i + 1);
	const text = asciiText(ascii) ?? "";
	assert.equal(text.length, 127);
	for (let i = 0; i < 127; i++) assert.equal(text.charCodeAt(i), i + 1);
	assert.deepEqual([...new Uint8Array(asciiBytes(text) ?? new ArrayBuffer(0))], [...ascii]);
	assert.equal(asciiText(new Uint8Array(0)), "");
	assert.equal(asciiBytes("")?.byteLength, 0);
	for (const other of [0, 0x80, 0xff]) assert.equal(asciiText(Uint8Array.of(0x41, other, 0x42)), undefined);
	for (const other of ["a\0b", "\0", "\x80", "A\u00e9", "\u20ac", "\u{1f600}"])
		assert.equal(asciiBytes(other), undefined);
});
