// SPDX-License-Identifier: Apache-2.0
//
// Blocks of the idle slot that do not erase or program: the error names the block, the running slot and the boot choice are
// untouched, the next try costs no more than the bad block, and works as soon as the block does.

import assert from "node:assert/strict";
import test from "node:test";
import { FlashError } from "../../modules/flash/error.js";
import { SlotWriter } from "../../modules/flash/writer.js";
import { FakeFlash, type Fault } from "../fakes/flash.js";
import { Random } from "../harness/random.js";
import { Gateway } from "./install.js";
import { sampleImage, signedImage } from "../image/sample.js";

const BLOCK = 4096;
const blocks = 40;
const data = new Random(3).bytes(37 * BLOCK + 100);

function worn(seed = 1): FakeFlash {
	const flash = new FakeFlash({ blocks, seed });
	flash.data.set(new Random(4).bytes(blocks * BLOCK));
	return flash;
}

function write(flash: FakeFlash): SlotWriter {
	const writer = new SlotWriter({ flash, expectedBytes: data.length });
	for (let used = 0; used < data.length;) used += writer.write(data.subarray(used, used + 1460));
	while (!writer.finish());
	return writer;
}

function failure(flash: FakeFlash): FlashError {
	try {
		write(flash);
	} catch (error) {
		assert.ok(error instanceof FlashError);
		return error;
	}
	return assert.fail("written in spite of a bad block");
}

function holds(flash: FakeFlash, length: number): boolean {
	for (let i = 0; i < length; i++) if (flash.data[i] !== data[i]) return false;
	return true;
}

/** A block that keeps its bits is noticed by the driver of these tests, which refuses to raise one; a chip's by reading back. */
const codes: Record<Fault, string> = {
	"erase-error": "FLASH_IO",
	"erase-silent": "FLASH_IO",
	"program-error": "FLASH_IO",
	"program-silent": "FLASH_VERIFY",
};

for (const [fault, code] of Object.entries(codes) as [Fault, string][]) {
	test(`${fault}: ${code} names the block, at every place in and out of groups of 16`, () => {
		for (const bad of [0, 1, 15, 16, 20, 31, 32, 37]) {
			const flash = worn();
			flash.setFault(bad, fault);
			const error = failure(flash);
			assert.equal(error.code, code, `block ${bad}`);
			assert.equal(Math.floor((error.offset ?? 0) / BLOCK), bad, error.message);
			assert.ok(error.message.includes(`0x${(error.offset ?? 0).toString(16)}`), error.message);
			assert.ok(holds(flash, bad * BLOCK), "the blocks before it hold their data");
			assert.ok(flash.wear.subarray(38).every((count) => count === 0));
		}
	});

	test(`${fault}: further tries say the same, wear no other block, and succeed when the block is good again`, () => {
		for (const bad of [0, 5, 16, 37]) {
			const flash = worn();
			flash.setFault(bad, fault);
			const first = failure(flash);
			const group = Math.floor(bad / 16) * 16;
			const before = flash.wear.slice();
			for (let i = 0; i < 20; i++) {
				const again = failure(flash);
				assert.deepEqual([again.code, again.offset], [first.code, first.offset]);
			}
			flash.wear.forEach((count, block) => {
				// The first block of a group stands for it: until it is written, the group is tried as a whole.
				if (block !== bad && bad !== group) assert.equal(count, before[block], `block ${block}, bad ${bad}`);
			});
			flash.setFault(bad, undefined);
			const writer = write(flash);
			assert.ok(holds(flash, data.length));
			assert.equal(writer.stored, data.length);
			assert.ok(writer.skipped >= bad, `${writer.skipped} kept`);
		}
	});
}

test("a block that dies under a driver that programs the AND of old and new, as a chip does, is FLASH_VERIFY", () => {
	const flash = worn();
	flash.setFault(7, "erase-silent");
	flash.write = (bytes, offset) => {
		for (let i = 0; i < bytes.length; i++) flash.data[offset + i] &= bytes[i]!;
	};
	assert.deepEqual([failure(flash).code, Math.floor((failure(flash).offset ?? 0) / BLOCK)], ["FLASH_VERIFY", 7]);
});

test("an update into a slot with a bad block leaves what runs and what starts; after repair it is installed", () => {
	const file = signedImage(sampleImage(new Uint8Array(6000)));
	for (const fault of Object.keys(codes) as Fault[]) {
		const gateway = new Gateway();
		const [choice, running] = [gateway.otadata.data.slice(), gateway.running.data.slice()];
		gateway.idle.setFault(1, fault);
		for (let i = 0; i < 3; i++) assert.throws(() => gateway.install(file), { code: codes[fault] });
		assert.deepEqual(gateway.otadata.data, choice);
		assert.deepEqual(gateway.running.data, running);
		assert.equal(gateway.selector.current()?.slot, 0);
		gateway.idle.setFault(1, undefined);
		gateway.install(file);
		assert.equal(gateway.selector.current()?.slot, 1);
	}
});

test("a bad sector of the boot choice: the slot that worked stays chosen, and the error says so", () => {
	for (const fault of Object.keys(codes) as Fault[]) {
		const gateway = new Gateway();
		const keep = gateway.selector.current()!;
		gateway.otadata.setFault(keep.sector === 0 ? 1 : 0, fault);
		for (let i = 0; i < 3; i++) assert.throws(() => gateway.selector.activate(1), { code: codes[fault] });
		assert.deepEqual(gateway.selector.current(), keep);
	}
});
