// SPDX-License-Identifier: Apache-2.0
//
// SlotWriter on a NOR fake: what is erased and when, what is left alone, failures, and a rerun after a cut anywhere.

import test from "node:test";
import assert from "node:assert/strict";
import { SlotWriter } from "../../modules/flash/writer.js";
import { Random } from "../harness/random.js";
import { BLOCK, NORFake, PowerCut } from "./nor-fake.js";

const SIZE = 48 * BLOCK;

/** Writes all of `data` in chunks of `step` bytes and checks that no call does more than one job. */
function store(flash: NORFake, data: Uint8Array, step = 1460, expectedBytes?: number): SlotWriter {
	const writer = new SlotWriter({ flash, expectedBytes });
	const job = (action: () => void): void => {
		const before = flash.log.length;
		action();
		assert.ok(flash.log.length - before <= 1, "one job a call");
	};
	for (let at = 0; at < data.length; at += step) {
		const chunk = data.subarray(at, at + step);
		let used = 0;
		while (used < chunk.length) job(() => (used += writer.write(chunk.subarray(used))));
	}
	let done = false;
	while (!done) job(() => (done = writer.finish()));
	return writer;
}

function holds(flash: NORFake, data: Uint8Array): boolean {
	for (let i = 0; i < data.length; i++) if (flash.bytes[i] !== data[i]) return false;
	return true;
}

test("a file lands in the slot at every chunk size, in 64 KB and 4 KB erases just ahead of the data", () => {
	const data = new Random(1).bytes(20 * BLOCK + 100);
	for (const step of [1, 7, 1460, 4096, 5000, data.length]) {
		const flash = new NORFake(SIZE, new Random(2).bytes(SIZE));
		const writer = store(flash, step === 1 ? data.subarray(0, 5000) : data, step, step === 1 ? 5000 : data.length);
		assert.ok(holds(flash, step === 1 ? data.subarray(0, 5000) : data), `chunks of ${step}`);
		if (step === 1) continue;
		assert.equal(writer.bytes, data.length);
		assert.equal(writer.stored, data.length);
		assert.equal(writer.erases, 21);
		assert.equal(writer.eraseCalls, 6);
		assert.equal(writer.programmed, 21);
		assert.deepEqual(flash.log.slice(0, 2), ["erase 0-16", "write 0+4096"]);
		assert.deepEqual(flash.log.slice(17, 19), ["erase 16-17", "write 65536+4096"]);
		assert.equal(flash.bytes[20 * BLOCK + 100], 0xff);
		assert.equal(flash.wear[21], 0);
	}
});

test("with a buffer of some blocks the same jobs are done in the same order, however the bytes come", () => {
	const data = new Random(1).bytes(20 * BLOCK + 100);
	const usual = new NORFake(SIZE, new Random(2).bytes(SIZE));
	store(usual, data, 1460, data.length);
	for (const bufferBytes of [2 * BLOCK, 4 * BLOCK]) {
		for (const step of [2051, 4096, 5000, 16384, data.length]) {
			const flash = new NORFake(SIZE, new Random(2).bytes(SIZE));
			const writer = new SlotWriter({ flash, expectedBytes: data.length, bufferBytes });
			for (let at = 0; at < data.length;) {
				const before = flash.log.length;
				if (writer.step()) {
					const { room } = writer;
					const piece = data.subarray(at, at + Math.min(step, room.length));
					room.set(piece);
					at += piece.length;
					assert.equal(writer.filled(piece.length), writer.pending !== "none");
				}
				assert.ok(flash.log.length - before <= 1, "one job a call");
			}
			while (!writer.finish());
			assert.deepEqual(flash.log, usual.log, `${bufferBytes} and ${step}`);
			assert.ok(holds(flash, data));
			assert.equal(writer.stored, data.length);
		}
	}
});

test("without an expected length whole groups are erased, and never the slot's rest", () => {
	const flash = new NORFake(SIZE, new Random(2).bytes(SIZE));
	const writer = store(flash, new Random(1).bytes(17 * BLOCK));
	assert.equal(writer.erases, 32);
	assert.equal(writer.eraseCalls, 2);
	assert.equal(flash.wear[32], 0);
	const odd = new NORFake(20 * BLOCK, new Random(2).bytes(20 * BLOCK));
	assert.equal(store(odd, new Random(1).bytes(18 * BLOCK)).erases, 18);
});

test("nothing is erased before a full block is there, and no call erases and programs", () => {
	const flash = new NORFake(SIZE, new Random(2).bytes(SIZE));
	const writer = new SlotWriter({ flash });
	const data = new Random(1).bytes(2 * BLOCK);
	assert.equal(writer.write(data.subarray(0, 4095)), 4095);
	assert.equal(writer.pending, "none");
	assert.equal(writer.write(data.subarray(4095, 4200)), 1);
	assert.deepEqual(flash.log, []);
	assert.equal(writer.pending, "erase");
	assert.equal(writer.write(data.subarray(4096)), 0);
	assert.deepEqual(flash.log, ["erase 0-16"]);
	assert.equal(writer.pending, "program");
	assert.equal(writer.stored, 0);
	assert.equal(writer.write(data.subarray(4096)), 4096);
	assert.deepEqual(flash.log, ["erase 0-16", "write 0+4096"]);
	assert.equal(writer.stored, 4096);
	assert.equal(writer.step(), true);
	assert.equal(writer.pending, "none");
});

test("the same file again costs no erase, and makes firm what a cut may have left half done", () => {
	const data = new Random(1).bytes(20 * BLOCK + 100);
	const flash = new NORFake(SIZE);
	store(flash, data);
	const operations = flash.log.length;
	const again = store(flash, data);
	const renewed = flash.log.slice(operations);
	assert.deepEqual(
		renewed,
		Array.from({ length: 21 }, (_, block) => `write ${block * BLOCK}+${BLOCK}`),
	);
	assert.equal(again.skipped, 21);
	assert.equal(again.programmed, 0);
	assert.equal(again.erases, 0);
});

test("after an equal start only differing blocks are erased up to the next group", () => {
	const data = new Random(1).bytes(40 * BLOCK);
	const flash = new NORFake(SIZE, data);
	const changed = new Uint8Array(data);
	for (const block of [3, 5, 33]) changed[block * BLOCK + 4000] = changed[block * BLOCK + 4000]! ^ 1;
	const writer = store(flash, changed);
	assert.ok(holds(flash, changed));
	assert.equal(writer.erases, 3);
	assert.equal(writer.skipped, 37);
});

test("a writer that goes on from startBytes leaves what lies below, and counts it", () => {
	const flash = new NORFake(SIZE, new Random(2).bytes(SIZE));
	const data = new Random(1).bytes(20 * BLOCK);
	const first = store(flash, data.subarray(0, 5 * BLOCK), 1460, data.length);
	assert.equal(first.erases, 16);
	flash.log.length = 0;
	const writer = new SlotWriter({ flash, expectedBytes: data.length, startBytes: 3 * BLOCK });
	assert.deepEqual([writer.bytes, writer.stored], [3 * BLOCK, 3 * BLOCK]);
	for (let at = 3 * BLOCK; at < data.length;) at += writer.write(data.subarray(at));
	while (!writer.finish());
	assert.ok(holds(flash, data));
	assert.equal(writer.stored, data.length);
	assert.equal(writer.skipped, 2);
	assert.equal(writer.erases, 15);
	assert.ok(
		flash.log.every((line) => !line.startsWith("write 8192+")),
		"below the start nothing is touched",
	);
	for (const startBytes of [1, -BLOCK, SIZE + BLOCK, NaN]) {
		assert.throws(() => new SlotWriter({ flash, startBytes }), { code: "FLASH_GEOMETRY" });
	}
	const refused = new SlotWriter({ flash, startBytes: BLOCK });
	refused.discard();
	assert.equal(flash.bytes[0], 0);
});

test("a block that only reads as erased is erased", () => {
	const flash = new NORFake(SIZE);
	assert.equal(store(flash, new Random(1).bytes(BLOCK), 1460, BLOCK).erases, 1);
});

test("data above the slot is FLASH_FULL, and nothing of it is taken", () => {
	const flash = new NORFake(2 * BLOCK);
	const writer = new SlotWriter({ flash });
	const data = new Random(1).bytes(2 * BLOCK + 1);
	assert.throws(() => writer.write(data), { name: "FlashError", code: "FLASH_FULL", offset: 2 * BLOCK });
	assert.equal(writer.bytes, 0);
	store(new NORFake(2 * BLOCK), data.subarray(0, 2 * BLOCK));
	assert.throws(() => new SlotWriter({ flash, expectedBytes: 2 * BLOCK + 1 }), { code: "FLASH_FULL" });
	assert.deepEqual(flash.log, []);
});

test("a file longer than expected is still written", () => {
	const flash = new NORFake(SIZE, new Random(2).bytes(SIZE));
	const data = new Random(1).bytes(20 * BLOCK);
	store(flash, data, 1460, BLOCK);
	assert.ok(holds(flash, data));
});

test("a bit that does not hold is FLASH_VERIFY and ends the writer", () => {
	const flash = new NORFake(SIZE, new Random(2).bytes(SIZE));
	flash.stuck.add(5 * BLOCK + 700);
	const data = new Random(1).bytes(8 * BLOCK).map((byte) => byte | 1);
	assert.throws(() => store(flash, data), { code: "FLASH_VERIFY", offset: 5 * BLOCK });
});

test("errors of the driver come as FLASH_IO with their cause, and end the writer", () => {
	const flash = new NORFake(SIZE, new Random(2).bytes(SIZE));
	flash.cut = { operations: 0, part: 0 };
	const writer = new SlotWriter({ flash });
	writer.write(new Random(1).bytes(BLOCK));
	const check = (error: unknown): boolean => error instanceof Error && error.cause instanceof PowerCut;
	assert.equal(writer.step(), false); // a whole group: next is its first block alone
	assert.throws(() => writer.step(), check);
	for (const action of [() => writer.write(new Uint8Array(1)), () => writer.step(), () => writer.finish()]) {
		assert.throws(action, { code: "FLASH_STATE" });
	}
});

test("finish() may be repeated, write() after it may not", () => {
	const flash = new NORFake(SIZE);
	const writer = store(flash, new Random(1).bytes(100));
	assert.equal(writer.finish(), true);
	assert.throws(() => writer.write(new Uint8Array(1)), { code: "FLASH_STATE" });
	assert.equal(new SlotWriter({ flash }).finish(), true);
});

test("abort() leaves the slot, discard() spoils its first bytes once a block was changed", () => {
	const data = new Random(1).bytes(3 * BLOCK);
	const flash = new NORFake(SIZE, new Random(2).bytes(SIZE));
	const writer = store(flash, data);
	const operations = flash.log.length;
	writer.abort();
	assert.equal(flash.log.length, operations);
	writer.discard();
	assert.deepEqual([...flash.bytes.subarray(0, 16)], Array(16).fill(0));
	assert.equal(flash.bytes[16], data[16]);
	const same = new NORFake(SIZE, data);
	store(same, data).discard();
	assert.deepEqual(same.bytes.subarray(0, 16), data.subarray(0, 16));
});

test("cut before or within any operation, a second run completes the slot", () => {
	const data = new Random(1).bytes(17 * BLOCK + 5);
	const old = new Random(2).bytes(SIZE);
	const clean = new NORFake(SIZE, old);
	store(clean, data, 4096, data.length);
	for (let operations = 0; operations < clean.log.length; operations++) {
		for (const part of [0, 0.4]) {
			const flash = new NORFake(SIZE, old);
			flash.cut = { operations, part };
			assert.throws(() => store(flash, data, 4096, data.length), { code: "FLASH_IO" });
			flash.cut = undefined;
			const done = Math.max(0, operations - 4);
			const writer = store(flash, data, 4096, data.length);
			assert.ok(holds(flash, data), `cut ${operations} ${part}`);
			assert.ok(writer.skipped >= Math.min(done, 16), `cut ${operations}: ${writer.skipped} blocks kept`);
		}
	}
});

test("flash with an odd block length is FLASH_GEOMETRY", () => {
	const flash = new NORFake(SIZE);
	flash.status = () => ({ size: SIZE, blockLength: 1000, blocks: 1 });
	assert.throws(() => new SlotWriter({ flash }), { code: "FLASH_GEOMETRY" });
	for (const bufferBytes of [6000, 3 * BLOCK, 8 * BLOCK]) {
		const good = new NORFake(SIZE);
		assert.throws(() => new SlotWriter({ flash: good, bufferBytes }), { code: "FLASH_GEOMETRY" });
	}
});
