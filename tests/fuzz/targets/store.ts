// SPDX-License-Identifier: Apache-2.0
//
// The store over a damaged partition: it opens or refuses with StoreError, reads a bounded amount, and whatever it gives back
// for a name was once written under that name. Then it takes new records and gives them back after another start.
//
// A record may go back to an older value: where the newest one is damaged, an older one is not told from it. `status().damaged`
// counts such places. CRCs of block headers are made right for half of the cases, those of entries are not: that would be forgery.

import assert from "node:assert/strict";
import { crc32 } from "../../../modules/bytes/crc32.js";
import { toHex } from "../../../modules/bytes/hex.js";
import { StoreError } from "../../../modules/store/error.js";
import { type Store } from "../../../modules/store/store.js";
import { FakeFlash } from "../../fakes/flash.js";
import { Random } from "../../harness/random.js";
import { open, randomChanges, SMALL, tryCommit } from "../../store/support.js";
import type { Target } from "../target.js";

/** A partition is read a few times over at each start; an endless loop is not. */
const maxReads = 60_000;
const codes = /^STORE_(CORRUPT|FLASH|FULL|WORN)$/;

class WatchedFlash extends FakeFlash {
	override read(byteLength: number, byteOffset: number): ArrayBuffer;
	override read(buffer: Uint8Array, byteOffset: number): number;
	override read(target: Uint8Array | number, byteOffset: number): ArrayBuffer | number {
		// RangeError: the store takes every other one for a flash that does not answer.
		if (this.reads > maxReads) this.tooMany = true;
		if (this.tooMany) throw new RangeError("endless reading");
		return typeof target === "number" ? super.read(target, byteOffset) : super.read(target, byteOffset);
	}
	tooMany = false;
}

interface History {
	partitions: Uint8Array[];
	/** `name=hex` of all values ever written. */
	written: Set<string>;
}

/** Partitions of different age, made by the same commits. */
function makeHistory(): History {
	const random = new Random(77);
	const history: History = { partitions: [], written: new Set() };
	const flash = new FakeFlash(SMALL);
	let store = open(flash);
	for (let i = 0; i < 240; i++) {
		const changes = randomChanges(random, 8, 700);
		if (tryCommit(store, changes)) {
			for (const { name, value } of changes) if (value !== undefined) history.written.add(`${name}=${toHex(value)}`);
		}
		if (i % 17 === 0) store = open(flash);
		if ([0, 5, 30, 120, 239].includes(i)) history.partitions.push(flash.data.slice());
	}
	return history;
}

let made: History | undefined;
const history = (): History => (made ??= makeHistory());

/** @returns whether `action` ended; otherwise the error was the store's own */
function allowed(action: () => void): boolean {
	try {
		action();
		return true;
	} catch (error) {
		if (!(error instanceof StoreError)) throw error;
		assert.match(error.code, codes);
		return false;
	}
}

function readAll(store: Store, written: ReadonlySet<string>): void {
	for (const name of store.names()) {
		allowed(() => {
			const value = store.get(name);
			if (value !== undefined)
				assert.ok(written.has(`${name}=${toHex(value)}`), `${name} was never ${value.length} bytes`);
		});
	}
}

function writeSome(flash: FakeFlash, store: Store, random: Random, written: ReadonlySet<string>): void {
	const both = new Set(written);
	for (let i = 0; i < 3; i++) {
		const changes = randomChanges(random, 8, 300);
		for (const { name, value } of changes) if (value !== undefined) both.add(`${name}=${toHex(value)}`);
		if (!allowed(() => store.commit(changes))) return;
		for (const { name, value } of changes) {
			if (value !== undefined && changes.filter((change) => change.name === name).length === 1) {
				assert.deepEqual(store.get(name), value);
			}
		}
	}
	flash.reboot();
	readAll(open(flash), both);
}

export const storeTarget: Target = {
	name: "store",
	fixedLength: true,
	corpus: () => history().partitions,
	repair(input) {
		const view = new DataView(input.buffer, input.byteOffset);
		for (let block = 0; block < input.length; block += SMALL.blockLength) {
			view.setUint32(block + 76, crc32(input.subarray(block, block + 76)), true);
		}
	},
	check(input, random) {
		const flash = new WatchedFlash({ blocks: SMALL.blocks, blockLength: SMALL.blockLength });
		flash.data.set(input);
		const { written } = history();
		let taken = false;
		allowed(() => {
			const store = open(flash);
			taken = store.status().damaged === 0;
			readAll(store, written);
			writeSome(flash, store, random, written);
		});
		assert.ok(!flash.tooMany, "endless reading");
		assert.equal(flash.violations, 0);
		return taken;
	},
};
