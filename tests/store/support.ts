// SPDX-License-Identifier: Apache-2.0
//
// What the tests of the store share: a model in memory to compare with, random commits, and runs that end in a power cut.

import assert from "node:assert/strict";
import { StoreError } from "../../modules/store/error.js";
import { type Change, Store, type StoreOptions } from "../../modules/store/store.js";
import { CUT_MODES, type CutMode, FakeFlash, type Fault, type FlashSnapshot } from "../fakes/flash.js";
import { type Random } from "../harness/random.js";

const FAULTS: readonly Fault[] = ["erase-error", "erase-silent", "program-error", "program-silent"];

/** Name to value. */
export type Model = Map<string, Uint8Array>;

/** Small partition that collects often: 16 blocks of 1 KB, values over more than one block. */
export const SMALL = Object.freeze({ blocks: 16, blockLength: 1024, unitLength: 16 });
/** Not Node: the tests run on XS, with fewer repetitions. */
export const SLOW_ENGINE = !("process" in globalThis);
export const SMALL_VALUE = 1500;

export function open(flash: FakeFlash, options: Partial<StoreOptions> = {}): Store {
	const maxValueBytes = flash.blockLength === 1024 ? SMALL_VALUE : flash.blockLength === 512 ? 200 : undefined;
	return new Store({ flash, maxValueBytes, ...options });
}

export function apply(model: Model, changes: readonly Change[]): Model {
	const next = new Map(model);
	for (const { name, value } of changes) {
		if (value === undefined) next.delete(name);
		else next.set(name, value);
	}
	return next;
}

export function same(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
	if (a === undefined || b === undefined) return a === b;
	if (a.length !== b.length) return false;
	for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
	return true;
}

export function holds(store: Store, model: Model): boolean {
	const names = store.names();
	if (names.length !== model.size) return false;
	for (const name of names) if (!model.has(name) || !same(store.get(name), model.get(name))) return false;
	return true;
}

/** Values of all sizes, names from a small set so that records are replaced and removed often. */
export function randomChanges(random: Random, names: number, longest: number): Change[] {
	const changes: Change[] = [];
	const count = 1 + random.below(3);
	const first = random.below(names);
	for (let i = 0; i < count; i++) {
		const name = `name.${(first + i) % names}`;
		const size = random.below(4) === 0 ? random.below(longest + 1) : random.below(60);
		changes.push(random.below(5) === 0 ? { name } : { name, value: random.bytes(size) });
	}
	return changes;
}

/** Commits, and does not mind a full store. @returns whether it was taken */
export function tryCommit(store: Store, changes: readonly Change[]): boolean {
	try {
		store.commit(changes);
		return true;
	} catch (error) {
		if (error instanceof StoreError && error.code === "STORE_FULL") return false;
		throw error;
	}
}

/** Runs `action` until it ends or the power goes. @returns whether it ended */
export function survives(flash: FakeFlash, action: () => void): boolean {
	try {
		action();
	} catch (error) {
		// A cut reaches the caller as the store's own error; anything else is a fault.
		if (!flash.isCut || !(error instanceof StoreError)) throw error;
	}
	return !flash.isCut;
}

/** A partition with history: many commits, so that collecting is due. */
export function worn(random: Random, commits: number): { snapshot: FlashSnapshot; model: Model } {
	const flash = new FakeFlash({ ...SMALL, seed: random.next() });
	const store = open(flash);
	let model: Model = new Map();
	for (let i = 0; i < commits; i++) {
		const changes = randomChanges(random, 8, 700);
		if (tryCommit(store, changes)) model = apply(model, changes);
	}
	assert.ok(holds(store, model));
	return { snapshot: flash.snapshot(), model };
}

export interface WalkResult {
	cuts: number;
	cutsInRecovery: number;
	commits: number;
}

/**
 * One partition that lives through many power cuts, in commits and in recoveries, one after the other.
 * After each: the old or the new state, the same one at every later start, and the next commits work.
 * @param bad blocks that fail from the start
 */
export function walk(random: Random, rounds: number, names: number, longest: number, bad = 0): WalkResult {
	const flash = new FakeFlash({ ...SMALL, blocks: SMALL.blocks + bad, seed: random.next() });
	for (let i = 0; i < bad; i++) flash.setFault(random.below(flash.blocks), random.pick(FAULTS));
	const result: WalkResult = { cuts: 0, cutsInRecovery: 0, commits: 0 };
	let states: Model[] = [new Map()];
	for (let round = 0; round < rounds; round++) {
		const at = `seed ${random.seed} round ${round}`;
		let store: Store | undefined;
		while (store === undefined) {
			flash.reboot();
			if (random.below(3) === 0) flash.cutAfter(random.below(12), random.pick(CUT_MODES));
			if (survives(flash, () => (store = open(flash)))) break;
			store = undefined;
			result.cutsInRecovery++;
		}
		flash.cutAfter(random.below(60), random.pick(CUT_MODES));
		const opened = store as Store;
		const found = states.filter((state) => holds(opened, state));
		assert.ok(found.length > 0, `${at}: neither old nor new`);
		states = [found[0]];
		// A start after which nothing is written shows that what was told once stays so.
		const idle = random.below(3) === 0;
		while (!idle && !flash.isCut && random.below(12) > 0) {
			const changes = randomChanges(random, names, longest);
			const next = apply(states[0], changes);
			let taken = false;
			const done = survives(flash, () => (taken = tryCommit(opened, changes)));
			if (!done) states = [states[0], next];
			else if (taken) states = [next];
			if (done && taken) result.commits++;
		}
		assert.ok(flash.isCut || opened.status().damaged === 0, `${at}: damage was seen`);
		assert.equal(flash.violations, 0, `${at}: a torn unit was used again`);
		if (flash.isCut) result.cuts++;
		else assert.ok(holds(opened, states[0]) && opened.status().badBlocks <= bad, `${at}: not what was written`);
	}
	return result;
}

/** Mostly the hardest mode. */
function hardMode(random: Random): CutMode {
	return random.below(5) > 0 ? "unstable-read" : random.pick(CUT_MODES);
}

/**
 * A commit is cut in one of its last operations, and then most recoveries are cut too. As soon as one recovery ends and
 * the state was told, every later one must find that state.
 * @param start a small partition with records, and what is in it
 * @returns recoveries that were cut
 */
export function doubt(random: Random, start: { snapshot: FlashSnapshot; model: Model }, flash: FakeFlash): number {
	flash.restore(start.snapshot, random.next());
	let states = [start.model];
	let cuts = 0;
	let commits = random.below(3);
	for (let round = 0; round < 10; round++) {
		let store: Store | undefined;
		flash.reboot();
		if (random.below(10) < 7) flash.cutAfter(random.below(9), hardMode(random));
		if (!survives(flash, () => (store = open(flash)))) {
			cuts++;
			continue;
		}
		const opened = store as Store;
		states = states.filter((state) => holds(opened, state)).slice(0, 1);
		assert.ok(states.length > 0, `seed ${random.seed} round ${round}: not the state that it was`);
		if (round > 0 && random.below(3) > 0) continue;
		for (commits += 1; commits > 0; commits--) {
			const changes = [{ name: `d.${random.below(3)}`, value: random.bytes(random.below(120)) }];
			const next = apply(states[0], changes);
			if (commits === 1) flash.cutAfter(random.below(14), hardMode(random));
			states = survives(flash, () => opened.commit(changes)) ? [next] : [...states, next];
			if (flash.isCut) break;
		}
		commits = 0;
	}
	assert.equal(flash.violations, 0, `seed ${random.seed}`);
	return cuts;
}

/** The smallest partition there is, with a few records. */
export function tiny(): { flash: FakeFlash; start: { snapshot: FlashSnapshot; model: Model } } {
	const flash = new FakeFlash({ blocks: 13, blockLength: 512, unitLength: 16 });
	const store = open(flash, { maxValueBytes: 200 });
	let model: Model = new Map();
	for (let i = 0; i < 12; i++) {
		const changes = [{ name: `d.${i % 4}`, value: new Uint8Array(20 + i).fill(i) }];
		store.commit(changes);
		model = apply(model, changes);
	}
	return { flash, start: { snapshot: flash.snapshot(), model } };
}
