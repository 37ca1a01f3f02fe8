// SPDX-License-Identifier: Apache-2.0
//
// SlotWriter with a buffer of a part of a block: the same erases, whatever lies in the slot, and a rerun after a cut anywhere.

import test from "node:test";
import assert from "node:assert/strict";
import { SlotWriter } from "../../modules/flash/writer.js";
import { Random } from "../harness/random.js";
import { BLOCK, NORFake } from "./nor-fake.js";

const SIZE = 48 * BLOCK;
const PIECE = BLOCK / 4;

function store(flash: NORFake, data: Uint8Array, bufferBytes = PIECE, step = 1460): SlotWriter {
	const writer = new SlotWriter({ flash, expectedBytes: data.length, bufferBytes });
	const job = (action: () => void): void => {
		const before = flash.log.length;
		action();
		assert.ok(flash.log.length - before <= 1, "one job a call");
	};
	for (let used = 0; used < data.length;) job(() => (used += writer.write(data.subarray(used, used + step))));
	for (let done = false; !done;) job(() => (done = writer.finish()));
	return writer;
}

function holds(flash: NORFake, data: Uint8Array): boolean {
	return data.every((byte, i) => flash.bytes[i] === byte);
}

function erases(flash: NORFake): string[] {
	return flash.log.filter((line) => line.startsWith("erase"));
}

test("a file lands in the slot by the same erases as with a block's buffer, the last block filled up", () => {
	const data = new Random(1).bytes(20 * BLOCK + 100);
	const old = new Random(2).bytes(SIZE);
	const usual = new NORFake(SIZE, old);
	store(usual, data, BLOCK);
	for (const bufferBytes of [PIECE, BLOCK / 2]) {
		for (const step of [7, 1460, 5000]) {
			const flash = new NORFake(SIZE, old);
			const writer = store(flash, data, bufferBytes, step);
			assert.deepEqual(flash.bytes, usual.bytes, `${bufferBytes} and ${step}`);
			assert.deepEqual(erases(flash), erases(usual));
			assert.equal(writer.stored, data.length);
			assert.equal(writer.programmed, 21);
		}
	}
});

test("the same file again costs no erase, but where something else lies behind it in its last block", () => {
	const data = new Random(1).bytes(20 * BLOCK + 100);
	const flash = new NORFake(SIZE);
	store(flash, data);
	const writer = store(flash, data);
	assert.equal(writer.erases, 0);
	assert.equal(writer.skipped, 21);
	flash.bytes[21 * BLOCK - 1] = 7;
	assert.equal(store(flash, data).erases, 1);
	assert.ok(holds(flash, data));
	assert.equal(flash.bytes[21 * BLOCK - 1], 0xff);
});

test("a block that differs in a later piece alone is erased, and gets its first pieces back", () => {
	const data = new Random(1).bytes(40 * BLOCK);
	for (const at of [0, 1023, 1024, 3000, 4095]) {
		const flash = new NORFake(SIZE, data);
		const changed = new Uint8Array(data);
		for (const block of [3, 5, 33]) changed[block * BLOCK + at] = changed[block * BLOCK + at]! ^ 1;
		const writer = store(flash, changed);
		assert.ok(holds(flash, changed), `at ${at}`);
		assert.equal(writer.erases, 3);
		assert.equal(writer.skipped, 37);
		assert.equal(writer.programmed, 3);
	}
});

test("what is stored does not count what an erase takes with it", () => {
	const data = new Random(1).bytes(2 * BLOCK);
	const flash = new NORFake(SIZE, data);
	const changed = new Uint8Array(data);
	changed[BLOCK + 3000] = changed[BLOCK + 3000]! ^ 1;
	const writer = new SlotWriter({ flash, expectedBytes: data.length, bufferBytes: PIECE });
	for (let used = 0; writer.erases === 0;) used += writer.write(changed.subarray(used));
	assert.equal(writer.stored, BLOCK);
});

test("cut before or within any operation, a second run completes the slot", () => {
	const data = new Random(1).bytes(17 * BLOCK + 5);
	const old = new Random(2).bytes(SIZE);
	old.set(data.subarray(0, 9 * BLOCK + 2500)); // a part that is there already, up to the middle of a block
	const clean = new NORFake(SIZE, old);
	store(clean, data);
	for (let operations = 0; operations < clean.log.length; operations++) {
		for (const part of [0, 0.4]) {
			const flash = new NORFake(SIZE, old);
			flash.cut = { operations, part };
			assert.throws(() => store(flash, data), { code: "FLASH_IO" });
			flash.cut = undefined;
			const writer = store(flash, data);
			assert.ok(holds(flash, data), `cut ${operations} ${part}`);
			assert.ok(writer.erases <= 18);
		}
	}
});

test("a buffer that no block is a multiple of is FLASH_GEOMETRY", () => {
	for (const bufferBytes of [0, 1000, 3000])
		assert.throws(() => new SlotWriter({ flash: new NORFake(SIZE), bufferBytes }), { code: "FLASH_GEOMETRY" });
});
