// SPDX-License-Identifier: Apache-2.0
//
// ByteReader and ByteWriter: bounds, byte order, and that a failure changes nothing.

import test from "node:test";
import assert from "node:assert/strict";
import { ParseError } from "../../modules/bytes/error.js";
import { ByteReader } from "../../modules/bytes/reader.js";
import { ByteWriter } from "../../modules/bytes/writer.js";

test("ByteReader reads both byte orders", () => {
	const reader = new ByteReader(Uint8Array.of(0xfe, 1, 2, 1, 2, 0x80, 0, 0, 1, 0x80, 0, 0, 1));
	assert.equal(reader.u8(), 0xfe);
	assert.equal(reader.u16le(), 0x0201);
	assert.equal(reader.u16be(), 0x0102);
	assert.equal(reader.u32be(), 0x80000001);
	assert.equal(reader.u32le(), 0x01000080);
	assert.equal(reader.remaining, 0);
	reader.expectEnd();
});

test("ByteReader.bytes gives a view and skip moves on", () => {
	const input = Uint8Array.of(1, 2, 3, 4);
	const reader = new ByteReader(input);
	reader.skip(1);
	const view = reader.bytes(2);
	input[1] = 9;
	assert.deepEqual([...view], [9, 3]);
	assert.equal(reader.offset, 3);
	assert.equal(reader.bytes(0).length, 0);
});

test("a read beyond the end throws BYTES_TRUNCATED and moves nothing", () => {
	const reader = new ByteReader(Uint8Array.of(1, 2, 3), 100);
	reader.u8();
	const reads = [
		() => reader.u32le(),
		() => reader.u32be(),
		() => reader.bytes(3),
		() => reader.skip(3),
		() => reader.bytes(-1),
		() => reader.bytes(0.5),
		() => reader.bytes(NaN),
	];
	for (const read of reads) {
		assert.throws(read, { name: "ParseError", code: "BYTES_TRUNCATED", offset: 101 });
		assert.equal(reader.offset, 101);
	}
	assert.equal(reader.u16be(), 0x0203);
	assert.throws(() => reader.u8(), { code: "BYTES_TRUNCATED", offset: 103 });
	assert.throws(() => reader.u16le(), { code: "BYTES_TRUNCATED", offset: 103 });
});

test("expectEnd names the first byte that is left", () => {
	const reader = new ByteReader(Uint8Array.of(1, 2));
	reader.u8();
	assert.throws(() => reader.expectEnd(), { code: "BYTES_TRAILING", offset: 1 });
});

test("ByteReader respects the byte offset of a view", () => {
	const reader = new ByteReader(Uint8Array.of(9, 9, 1, 2).subarray(2));
	assert.equal(reader.u16be(), 0x0102);
});

test("ByteWriter writes what ByteReader reads", () => {
	const writer = new ByteWriter(20);
	writer.u8(0xab);
	writer.u16le(0xfffe);
	writer.u16be(0xfffe);
	writer.u32le(0x80000001);
	writer.u32be(0xfffffffe);
	writer.bytes(Uint8Array.of(7, 8));
	writer.fill(2, 0xff);
	writer.fill(1);
	assert.equal(writer.offset, 18);
	assert.equal(writer.remaining, 2);
	const reader = new ByteReader(writer.finish());
	assert.equal(reader.u8(), 0xab);
	assert.equal(reader.u16le(), 0xfffe);
	assert.equal(reader.u16be(), 0xfffe);
	assert.equal(reader.u32le(), 0x80000001);
	assert.equal(reader.u32be(), 0xfffffffe);
	assert.deepEqual([...reader.bytes(5)], [7, 8, 0xff, 0xff, 0]);
	reader.expectEnd();
});

test("a write above the capacity throws BYTES_FULL and changes nothing", () => {
	const writer = new ByteWriter(3);
	writer.u16le(1);
	assert.throws(() => writer.u16le(1), { code: "BYTES_FULL", offset: 2 });
	assert.throws(() => writer.bytes(new Uint8Array(2)), { code: "BYTES_FULL", offset: 2 });
	assert.throws(() => writer.fill(2), { code: "BYTES_FULL", offset: 2 });
	assert.deepEqual([...writer.finish()], [1, 0]);
});

test("a number that does not fit throws BYTES_VALUE", () => {
	const writer = new ByteWriter(16);
	const writes = [
		() => writer.u8(256),
		() => writer.u8(-1),
		() => writer.u16le(65536),
		() => writer.u16be(1.5),
		() => writer.u32le(0x100000000),
		() => writer.u32be(NaN),
		() => writer.fill(1, 300),
	];
	for (const write of writes) assert.throws(write, { code: "BYTES_VALUE", offset: 0 });
});

test("ParseError is an Error with code and offset", () => {
	const error = new ParseError("X_Y", 5, "words");
	assert.ok(error instanceof Error);
	assert.deepEqual([error.name, error.code, error.offset, error.message], ["ParseError", "X_Y", 5, "words"]);
});
