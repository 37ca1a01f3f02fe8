// SPDX-License-Identifier: Apache-2.0
//
// The store's interface on flash that does not fail: values, names, commits, errors, what is written and what is not.

import assert from "node:assert/strict";
import test from "node:test";
import { Store } from "../../modules/store/store.js";
import { FakeFlash } from "../fakes/flash.js";
import { Random } from "../harness/random.js";
import { apply, holds, type Model, open, randomChanges, SMALL, SMALL_VALUE, tryCommit } from "./support.js";

const bytes = (...list: number[]) => Uint8Array.from(list);
const full = () => new FakeFlash({ unitLength: 16 });

test("a new partition is empty, and opening it writes nothing", () => {
	const flash = full();
	const store = open(flash);
	assert.deepEqual(store.names(), []);
	assert.equal(store.get("a"), undefined);
	assert.equal(store.has("a"), false);
	assert.equal(store.delete("a"), false);
	assert.equal(flash.operations, 0);
	assert.equal(store.maxValueBytes, 32768);
});

test("a value is read back at once and after a restart", () => {
	const flash = full();
	const store = open(flash);
	store.set("settings", bytes(1, 2, 3));
	store.set("empty", bytes());
	for (const each of [store, open(flash)]) {
		assert.deepEqual(each.get("settings"), bytes(1, 2, 3));
		assert.deepEqual(each.get("empty"), bytes());
		assert.deepEqual(each.names(), ["empty", "settings"]);
	}
});

test("values of all lengths around page, block and the limit are kept", () => {
	const flash = full();
	const random = new Random(7);
	let model: Model = new Map();
	let store = open(flash);
	for (const length of [1, 15, 16, 17, 239, 240, 256, 3900, 3984, 4096, 8192, 32767, 32768]) {
		const change = { name: `value ${length}`, value: random.bytes(length) };
		store.commit([change]);
		model = apply(model, [change]);
		store = open(flash);
		assert.ok(holds(store, model), `length ${length}`);
	}
	assert.throws(() => store.set("x", new Uint8Array(32769)), { code: "STORE_VALUE" });
	assert.equal(flash.violations, 0);
});

test("a commit replaces, adds and removes together", () => {
	const flash = full();
	const store = open(flash);
	store.commit([
		{ name: "a", value: bytes(1) },
		{ name: "b", value: bytes(2) },
	]);
	store.commit([{ name: "a" }, { name: "b", value: bytes(3) }, { name: "c", value: bytes(4) }, { name: "none" }]);
	for (const each of [store, open(flash)]) {
		assert.deepEqual(each.names(), ["b", "c"]);
		assert.deepEqual(each.get("b"), bytes(3));
		assert.equal(each.status().records, 2);
	}
});

test("names() takes a prefix and gives names in order", () => {
	const store = open(full());
	for (const name of ["url/b", "url/a", "settings", "üñí", "url"]) store.set(name, bytes(0));
	assert.deepEqual(store.names("url/"), ["url/a", "url/b"]);
	assert.deepEqual(store.names("ü"), ["üñí"]);
	assert.equal(store.names().length, 5);
});

test("what is already so is not written again", () => {
	const flash = full();
	const store = open(flash);
	const value = new Random(1).bytes(5000);
	store.set("a", value);
	const before = flash.operations;
	store.set("a", value.slice());
	store.commit([{ name: "a", value }, { name: "gone" }]);
	assert.equal(flash.operations, before);
	const again = open(flash);
	again.set("a", value);
	assert.equal(flash.operations, before);
	value[4999] ^= 1;
	again.set("a", value);
	assert.deepEqual(open(flash).get("a"), value);
});

test("a restart after an orderly stop writes nothing", () => {
	const flash = full();
	open(flash).set("a", bytes(1));
	const before = flash.operations;
	for (let i = 0; i < 5; i++) assert.deepEqual(open(flash).get("a"), bytes(1));
	assert.equal(flash.operations, before);
});

test("names that hash alike are told apart", () => {
	// These pairs have one FNV-1a hash each.
	const flash = full();
	const store = open(flash);
	const pairs = ["costarring", "liquid", "declinate", "macallums", "altarage", "zinke"];
	store.commit(pairs.map((name, i) => ({ name, value: bytes(i) })));
	store.delete("costarring");
	store.set("macallums", bytes(9));
	const again = open(flash);
	assert.equal(again.get("costarring"), undefined);
	assert.deepEqual(again.get("liquid"), bytes(1));
	assert.deepEqual(again.get("declinate"), bytes(2));
	assert.deepEqual(again.get("macallums"), bytes(9));
	again.set("costarring", bytes(8));
	assert.deepEqual(open(flash).get("costarring"), bytes(8));
	assert.deepEqual(open(flash).get("liquid"), bytes(1));
});

test("names are checked", () => {
	const store = open(full());
	for (const name of ["", "x".repeat(65), "ü".repeat(33), "\ud800"]) {
		assert.throws(() => store.set(name, bytes(1)), { code: "STORE_NAME" });
		assert.throws(() => store.get(name), { code: "STORE_NAME" });
	}
	store.set("ü".repeat(32), bytes(1));
	const twice = [
		{ name: "a", value: bytes(1) },
		{ name: "a", value: bytes(2) },
	];
	assert.throws(() => store.commit(twice), { code: "STORE_NAME" });
	assert.equal(store.has("a"), false);
});

test("the number of records is limited, and the limit does not stop replacing", () => {
	const store = open(full(), { maxRecords: 3 });
	for (const name of ["a", "b", "c"]) store.set(name, bytes(1));
	assert.throws(() => store.set("d", bytes(1)), { code: "STORE_FULL" });
	store.set("a", bytes(2));
	store.commit([{ name: "a" }, { name: "d", value: bytes(1) }]);
	assert.deepEqual(store.names(), ["b", "c", "d"]);
});

test("256 records live through restarts and collecting", () => {
	const flash = full();
	let store = open(flash);
	for (let round = 0; round < 6; round++) {
		for (let first = 0; first < 256; first += 32) {
			const changes = [];
			for (let i = first; i < first + 32; i++) changes.push({ name: `record ${i}`, value: bytes(round, i & 255) });
			store.commit(changes);
		}
		store = open(flash);
	}
	assert.equal(store.names().length, 256);
	for (let i = 0; i < 256; i++) assert.deepEqual(store.get(`record ${i}`), bytes(5, i & 255));
});

test("after close everything but close throws STORE_CLOSED", () => {
	const store = open(full());
	store.close();
	store.close();
	assert.throws(() => store.get("a"), { code: "STORE_CLOSED" });
	assert.throws(() => store.set("a", bytes(1)), { code: "STORE_CLOSED" });
	assert.throws(() => store.names(), { code: "STORE_CLOSED" });
	assert.throws(() => store.status(), { code: "STORE_CLOSED" });
});

test("a partition that is too small, or blocks that are, are refused", () => {
	assert.throws(() => open(new FakeFlash({ blocks: 6 })), { code: "STORE_GEOMETRY" });
	assert.throws(() => open(new FakeFlash({ blocks: 64, blockLength: 256 })), { code: "STORE_GEOMETRY" });
	assert.throws(() => open(full(), { maxValueBytes: 70000 }), { code: "STORE_GEOMETRY" });
	assert.ok(new Store({ flash: new FakeFlash({ blocks: 16 }) }).maxValueBytes >= 4096);
});

test("a flash that does not answer is STORE_FLASH", () => {
	const flash = full();
	const store = open(flash);
	store.set("a", bytes(1));
	flash.cutAfter(0, "before");
	assert.throws(() => store.set("a", bytes(2)), { code: "STORE_FLASH" });
	assert.throws(() => store.get("a"), { code: "STORE_FLASH" });
	assert.throws(() => open(flash), { code: "STORE_FLASH" });
});

test("status() counts blocks, bytes, erases and the sequence over restarts", () => {
	const flash = full();
	const store = open(flash);
	assert.equal(store.status().sequence, 0);
	const free = store.status().freeBytes;
	store.set("abc", new Uint8Array(100));
	const status = open(flash).status();
	assert.equal(status.blocks, 96);
	assert.equal(status.badBlocks, 0);
	assert.equal(status.logBlocks, 1);
	assert.equal(status.records, 1);
	assert.equal(status.liveBytes, 128);
	assert.ok(status.freeBytes < free && status.freeBytes > 250000);
	assert.equal(status.erases, 1);
	assert.equal(status.sequence, 1);
	assert.equal(status.damaged, 0);
});

test("random commits and restarts agree with a model", () => {
	for (let seed = 1; seed <= 4; seed++) {
		const random = new Random(seed);
		const flash = new FakeFlash(SMALL);
		let store = open(flash);
		let model: Model = new Map();
		for (let i = 0; i < 150; i++) {
			const changes = randomChanges(random, 10, SMALL_VALUE);
			if (tryCommit(store, changes)) model = apply(model, changes);
			if (random.below(10) > 0) continue;
			if (random.below(2) === 0) store = open(flash);
			assert.ok(holds(store, model), `seed ${seed} commit ${i}`);
			assert.equal(flash.violations + store.status().badBlocks + store.status().damaged, 0, `seed ${seed}`);
		}
	}
});
