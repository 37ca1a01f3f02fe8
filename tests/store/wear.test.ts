// SPDX-License-Identifier: Apache-2.0
//
// The store on flash that is full, old, failing or damaged.

import assert from "node:assert/strict";
import test from "node:test";
import { StoreError } from "../../modules/store/error.js";
import { FakeFlash, type Fault } from "../fakes/flash.js";
import { Random } from "../harness/random.js";
import { apply, holds, type Model, open, randomChanges, SLOW_ENGINE, SMALL, tryCommit, walk } from "./support.js";

/** Adds records until the store is full. */
function fill(flash: FakeFlash, size: number, random: Random): Model {
	const store = open(flash);
	let model: Model = new Map();
	for (let i = 0; ; i++) {
		const change = { name: `fill.${i}`, value: random.bytes(size) };
		if (!tryCommit(store, [change])) return model;
		model = apply(model, [change]);
	}
}

test("a full store refuses, loses nothing, and takes small changes and removals still", () => {
	for (const size of SLOW_ENGINE ? [100, 1500] : [10, 100, 500, 1500]) {
		const random = new Random(size);
		const flash = new FakeFlash(SMALL);
		let model = fill(flash, size, random);
		const at = `values of ${size}`;
		assert.ok(model.size > 1, at);
		let store = open(flash);
		assert.ok(holds(store, model), at);
		assert.throws(() => store.set("more", new Uint8Array(1500)), { code: "STORE_FULL" });
		for (let i = 0; i < 120; i++) {
			// Values of one length replaced in a full store: the same place in the log, over and over.
			const name = `fill.${random.below(model.size)}`;
			const change = { name, value: random.bytes(Math.min(size, 500)) };
			store.commit([change]);
			model = apply(model, [change]);
			if (i % 10 === 0) store = open(flash);
		}
		assert.ok(holds(store, model), at);
		for (const name of [...model.keys()]) assert.equal(store.delete(name), true, at);
		assert.deepEqual(open(flash).names(), [], at);
		assert.ok(fill(flash, size, random).size > 1, at);
	}
});

test("a store of 96 blocks takes nine records of 32 KB, and replaces the last again and again", () => {
	const random = new Random(3);
	const flash = new FakeFlash({ unitLength: 16 });
	let store = open(flash);
	let model: Model = new Map();
	for (let i = 0; i < (SLOW_ENGINE ? 10 : 40); i++) {
		const change = { name: `big.${Math.min(i, 7)}`, value: random.bytes(32768) };
		store.commit([change]);
		model = apply(model, [change]);
		if (i % 8 === 0) store = open(flash);
	}
	assert.ok(holds(store, model));
	store.set("big.8", random.bytes(32768 - 16));
	assert.throws(() => store.set("big.9", random.bytes(32768)), { code: "STORE_FULL" });
	assert.equal(flash.violations + store.status().badBlocks + store.status().damaged, 0);
});

test("no block wears much more than the mean, whatever the restarts", () => {
	for (const every of SLOW_ENGINE ? [1000, 5] : [1000, 20, 5, 1]) {
		const flash = new FakeFlash({ ...SMALL, blocks: 24 });
		let store = open(flash);
		store.set("static", new Uint8Array(1500).fill(1));
		for (let i = 0; i < (SLOW_ENGINE ? 300 : 900); i++) {
			store.set(`counter.${i % 3}`, Uint8Array.from([i & 255, i >> 8]));
			if (i % every === every - 1) store = open(flash);
		}
		const most = Math.max(...flash.wear);
		const mean = flash.erases / flash.blocks;
		assert.ok(most <= 1.3 * mean + 3, `restart every ${every}: ${most} erases, mean ${mean}`);
		if (every === 1000) assert.ok(most - Math.min(...flash.wear) <= 1, "without restarts they are equal");
		assert.equal(store.status().erases, flash.erases);
	}
});

test("the log stays short while little is stored, so that recovery is quick", () => {
	const flash = new FakeFlash({ unitLength: 16 });
	const store = open(flash);
	const random = new Random(5);
	for (let i = 0; i < 300; i++) store.set(`r.${i % 10}`, random.bytes(400));
	assert.ok(store.status().logBlocks <= 14, `${store.status().logBlocks} blocks`);
	flash.reads = 0;
	flash.bytesRead = 0;
	open(flash);
	assert.ok(flash.bytesRead < 96 * 112 + 14 * 4096 * 1.5, `${flash.bytesRead} bytes`);
});

test("blocks that fail are left out, also after a restart", () => {
	const faults: Fault[] = ["erase-error", "erase-silent", "program-error", "program-silent"];
	for (const fault of faults) {
		const random = new Random(11);
		const flash = new FakeFlash({ ...SMALL, blocks: 24 });
		let store = open(flash);
		let model: Model = new Map();
		const bad = new Set<number>();
		for (let i = 0; i < 200; i++) {
			if (i % 40 === 10) {
				const block = random.below(24);
				bad.add(block);
				flash.setFault(block, fault);
			}
			const changes = randomChanges(random, 8, 900);
			if (tryCommit(store, changes)) model = apply(model, changes);
			if (i % 20 === 0) store = open(flash);
			assert.ok(holds(store, model), `${fault}, commit ${i}`);
		}
		const found = store.status().badBlocks;
		// A block whose erase does nothing without a word shows only when there was something to erase.
		assert.ok(found > 0 && found <= bad.size, `${fault}: ${found} of ${bad.size} found`);
		assert.equal(open(flash).status().badBlocks, found);
	}
});

test("a full store that loses blocks can still be emptied", () => {
	const flash = new FakeFlash(SMALL);
	const model = fill(flash, 400, new Random(21));
	const store = open(flash);
	for (const block of [3, 8, 12]) flash.setFault(block, "program-error");
	for (const name of [...model.keys()]) {
		assert.ok(holds(store, model), name);
		assert.equal(store.delete(name), true);
		model.delete(name);
	}
	assert.ok(fill(flash, 400, new Random(22)).size > 1);
});

test("a store with bad blocks lives through power cuts", () => {
	for (let seed = 1; seed <= (SLOW_ENGINE ? 1 : 4); seed++) walk(new Random(seed), 60, 8, 700, 3);
});

test("when all blocks fail the old values can be read, and a healed flash is used again", () => {
	const flash = new FakeFlash(SMALL);
	const store = open(flash);
	store.set("a", Uint8Array.from([1]));
	for (let block = 0; block < 16; block++) flash.setFault(block, "program-error");
	assert.throws(() => store.set("a", Uint8Array.from([2])), { code: "STORE_WORN" });
	assert.deepEqual(store.get("a"), Uint8Array.from([1]));
	const again = open(flash);
	assert.deepEqual(again.get("a"), Uint8Array.from([1]));
	for (let block = 0; block < 16; block++) flash.setFault(block, undefined);
	again.set("a", Uint8Array.from([3]));
	assert.deepEqual(open(flash).get("a"), Uint8Array.from([3]));
});

test("a damaged value is STORE_CORRUPT, also after it was moved, until it is replaced", () => {
	const flash = new FakeFlash(SMALL);
	let store = open(flash);
	const value = new Random(9).bytes(200);
	store.set("a", value);
	const at = flash.data.findIndex((_, i) => value.every((byte, j) => flash.data[i + j] === byte));
	assert.ok(at > 0);
	flash.data[at + 100] ^= 4;
	for (let i = 0; i < 200; i++) {
		assert.throws(() => store.get("a"), { code: "STORE_CORRUPT" });
		store.set("b", new Uint8Array(60).fill(i));
		if (i % 20 === 0) store = open(flash);
	}
	assert.deepEqual(store.names(), ["a", "b"]);
	store.set("a", value);
	assert.deepEqual(open(flash).get("a"), value);
});

test("a record with a damaged name is still found by the right name, and is repaired by writing it", () => {
	const flash = new FakeFlash(SMALL);
	const value = Uint8Array.from([1]);
	open(flash).set("name of it", value);
	const at = flash.data.findIndex((byte, i) => byte === 0x6e && flash.data[i + 1] === 0x61);
	flash.data[at] ^= 1;
	const store = open(flash);
	assert.deepEqual(store.names(), []);
	assert.deepEqual(store.get("name of it"), value);
	store.set("name of it", value);
	assert.deepEqual(open(flash).names(), ["name of it"]);
	assert.equal(open(flash).status().records, 1);
});

test("damaged bytes anywhere give values, nothing or our own errors", () => {
	const random = new Random(13);
	const flash = new FakeFlash(SMALL);
	const store = open(flash);
	for (let i = 0; i < 60; i++) tryCommit(store, randomChanges(random, 8, 700));
	const snapshot = flash.snapshot();
	for (let round = 0; round < (SLOW_ENGINE ? 30 : 500); round++) {
		flash.restore({ ...snapshot, used: new Uint8Array(snapshot.used.length) }, round);
		const hits = 1 + random.below(20);
		for (let i = 0; i < hits; i++) flash.data[random.below(flash.data.length)] = random.below(256);
		if (round % 3 === 0) {
			const start = random.below(flash.data.length - 2000);
			flash.data.fill(round % 2 === 0 ? 0xff : random.below(256), start, start + random.below(2000));
		}
		try {
			use(flash, random);
		} catch (error) {
			assert.ok(error instanceof StoreError, `seed 13 round ${round}: ${String(error)}`);
		}
	}
});

function use(flash: FakeFlash, random: Random): void {
	const store = open(flash);
	for (const name of store.names()) {
		try {
			store.get(name);
		} catch (error) {
			assert.equal((error as StoreError).code, "STORE_CORRUPT");
		}
	}
	for (let i = 0; i < 5; i++) tryCommit(store, randomChanges(random, 8, 700));
	store.set("new", Uint8Array.from([1]));
	assert.deepEqual(open(flash).get("new"), Uint8Array.from([1]));
}

test("a partition of random bytes is an empty store", () => {
	const random = new Random(17);
	const flash = new FakeFlash(SMALL);
	flash.data.set(random.bytes(flash.data.length));
	const store = open(flash);
	assert.deepEqual(store.names(), []);
	store.set("a", Uint8Array.from([1]));
	assert.deepEqual(open(flash).names(), ["a"]);
});
