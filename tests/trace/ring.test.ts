// SPDX-License-Identifier: Apache-2.0
//
// The ring of attempts in the store: what is written when, over restarts, power cuts and stores that fail.

import assert from "node:assert/strict";
import test from "node:test";
import { StoreError } from "../../modules/store/error.js";
import { TraceRing } from "../../modules/trace/ring.js";
import { CUT_MODES, FakeFlash } from "../fakes/flash.js";
import { open, SLOW_ENGINE, SMALL, survives } from "../store/support.js";
import { MemoryFlash, TestStore } from "../update/partitions.js";
import { at, failed, nothingNew, updated } from "./support.js";

const numbers = (ring: TraceRing): number[] => [...ring.entries()].map(({ number }) => number);
const verdicts = (ring: TraceRing): string[] => [...ring.entries()].map(({ verdict, count }) => `${verdict} ${count}`);

test("a new ring is empty", () => {
	const ring = new TraceRing({ store: new TestStore() });
	assert.deepEqual(numbers(ring), []);
	assert.equal(ring.last(), undefined);
	assert.equal(ring.find(1), undefined);
});

test("attempts that find nothing new write nothing", () => {
	const store = new TestStore();
	const ring = new TraceRing({ store });
	for (let minute = 0; minute < 1000; minute++) ring.add(nothingNew(minute));
	assert.equal(store.memory.writes, 0);
	const [entry] = ring.entries();
	assert.deepEqual([entry.number, entry.count, entry.since, entry.time], [1, 1000, at(0), at(999)]);
});

test("they are written with the next change, and before a restart", () => {
	const store = new TestStore();
	const ring = new TraceRing({ store });
	ring.add(nothingNew(0));
	ring.add(nothingNew(1));
	ring.add(updated(2));
	assert.equal(store.commits, 1);
	ring.add(nothingNew(3));
	ring.flush();
	ring.flush();
	assert.equal(store.commits, 2);
	const again = new TraceRing({ store: new TestStore(store.memory) });
	assert.deepEqual(verdicts(again), ["nothing-new 2", "updated 1", "nothing-new 1"]);
	assert.deepEqual(numbers(again), [1, 2, 3]);
});

test("a failure is written at once, its repeats are counted", () => {
	const store = new TestStore();
	const ring = new TraceRing({ store });
	for (let minute = 0; minute < 50; minute++) ring.add(failed(minute));
	assert.equal(store.commits, 1);
	ring.add(failed(50, "TLS_EXPIRED"));
	assert.equal(store.commits, 2);
	assert.deepEqual(verdicts(new TraceRing({ store })), ["failed 50", "failed 1"]);
});

test("the first attempt after a start is no repeat of one before it", () => {
	const ring = new TraceRing({ store: new TestStore() });
	ring.add(failed(0));
	ring.add({ ...failed(1), after: "power-on" });
	assert.deepEqual(verdicts(ring), ["failed 1", "failed 1"]);
});

test("changes are never taken together", () => {
	const ring = new TraceRing({ store: new TestStore() });
	ring.add(updated(0));
	ring.add(updated(1));
	assert.deepEqual(numbers(ring), [1, 2]);
});

test("the ring keeps the last 16, and counts on after a restart", () => {
	const store = new TestStore();
	for (let i = 0; i < 40; i++) new TraceRing({ store }).add(updated(i));
	const ring = new TraceRing({ store });
	assert.deepEqual(
		numbers(ring),
		Array.from({ length: 16 }, (_, i) => 25 + i),
	);
	assert.equal(ring.find(24), undefined);
	assert.equal(ring.find(25)?.time, at(24));
	assert.equal(store.names("trace.").length, 16);
});

test("the end of a trial belongs to the attempt that has brought what was on trial", () => {
	const store = new TestStore();
	new TraceRing({ store }).add(updated(0));
	const ring = new TraceRing({ store });
	ring.add(failed(1));
	const end = { result: "confirmed" as const, reason: "the server was reached", time: at(2) };
	assert.equal(ring.endTrial(end), true);
	assert.deepEqual(new TraceRing({ store }).find(1)?.trial, end);
	assert.equal(ring.endTrial(end), false, "only once");
	assert.equal(new TraceRing({ store: new TestStore() }).endTrial(end), false, "nothing was on trial");
});

test("a record that cannot be read, or is none, hides no other", () => {
	const store = new TestStore();
	for (let i = 0; i < 3; i++) new TraceRing({ store }).add(updated(i));
	store.commit([{ name: "trace.2", value: new Uint8Array([1, 2, 3]) }]);
	const broken = {
		get: (name: string) => {
			if (name === "trace.1") throw new StoreError("STORE_CORRUPT", "record trace.1 cannot be read");
			return store.get(name);
		},
		commit: (changes: { name: string; value?: Uint8Array }[]) => store.commit(changes),
	};
	const ring = new TraceRing({ store: broken });
	assert.deepEqual(numbers(ring), [3]);
	ring.add(updated(3));
	assert.deepEqual(numbers(ring), [3, 4]);
});

test("a store that fails loses nothing as long as there is room, and nobody hears of it here", () => {
	const store = new TestStore();
	const ring = new TraceRing({ store });
	store.failNext = true;
	ring.add(updated(0));
	assert.equal(store.commits, 0);
	assert.deepEqual(numbers(ring), [1]);
	ring.add(updated(1));
	assert.deepEqual(numbers(new TraceRing({ store })), [1, 2]);
	const dead = {
		get: () => undefined,
		commit: () => {
			throw new StoreError("STORE_WORN", "no block is left");
		},
	};
	const deaf = new TraceRing({ store: dead });
	for (let i = 0; i < 100; i++) deaf.add(updated(i));
	assert.deepEqual(numbers(deaf), [98, 99, 100]);
});

test("power cut at each flash operation: the attempts before are there, and it goes on", () => {
	const flash = new FakeFlash({ ...SMALL, blocks: 24, seed: 5 });
	const store = open(flash);
	for (let i = 0; i < 20; i++) new TraceRing({ store }).add(updated(i));
	const start = flash.snapshot();
	let cuts = 0;
	for (const mode of CUT_MODES) {
		for (let operation = 0; ; operation += SLOW_ENGINE ? 7 : 1) {
			flash.restore(start, operation);
			const ring = new TraceRing({ store: open(flash) });
			ring.add(nothingNew(20));
			flash.cutAfter(operation, mode);
			survives(flash, () => ring.add(updated(21)));
			if (!flash.isCut) break;
			cuts++;
			flash.reboot();
			const after = new TraceRing({ store: open(flash) });
			const at = `${mode} ${operation}`;
			const found = numbers(after);
			// The new ones take the places of the oldest in the same commit: both or none.
			assert.ok(found.at(-1) === 20 || found.at(-1) === 22, at);
			assert.equal(found.length, 16, at);
			after.add(updated(22));
			assert.equal(new TraceRing({ store: open(flash) }).last()?.time, updated(22).time, at);
		}
	}
	assert.ok(cuts > 10, `${cuts} cuts`);
});

test("an update costs less than half an erase of the store for its trace", () => {
	const memory = new MemoryFlash(256 * 1024);
	const store = new TestStore(memory);
	const ring = new TraceRing({ store });
	for (let i = 0; i < 100; i++) {
		ring.add(updated(i));
		ring.endTrial({ result: "confirmed", reason: "the provisioning server was reached", time: at(i) });
	}
	assert.ok(memory.erases < 50, `${memory.erases} erases for 100 updates`);
});
