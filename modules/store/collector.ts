// SPDX-License-Identifier: Apache-2.0
//
// Makes room in the log: copies what is live of the oldest block to the front, as one commit, and releases the block.
// Keeps back the blocks that this needs, so that it can always go on.

import { StoreError } from "./error.js";
import { footprint, UNIT } from "./format.js";
import { type Log } from "./log.js";
import { type RecordIndex } from "./record-index.js";
import { COMMIT_OVERHEAD, type CommitWriter, type Item } from "./writer.js";

/** The log may be this many times as long as what is live in it, and some blocks more: it bounds the time of recovery. */
const LENGTH_FACTOR = 3;
const LENGTH_EXTRA = 8;
/** Old blocks that one commit may clear for that reason alone, beside as many as it writes. */
const STEPS = 2;
/**
 * Blocks kept back beside those of the largest step: one that is being opened, one released but still named by the
 * head, one for what a step moves before its blocks are free, one for a small commit in a full store.
 */
const SPARE_BLOCKS = 4;

export class Collector {
	readonly #log: Log;
	readonly #index: RecordIndex;
	readonly #writer: CommitWriter;
	readonly #reserve: number;

	/** @param maxRecord bytes of the longest name and value together */
	constructor(log: Log, index: RecordIndex, writer: CommitWriter, maxRecord: number) {
		this.#log = log;
		this.#index = index;
		this.#writer = writer;
		this.#reserve = Collector.reserve(log.payload, maxRecord);
	}

	/** @returns blocks kept back */
	static reserve(payload: number, maxRecord: number): number {
		return Math.ceil((payload + footprint(0, maxRecord) + COMMIT_OVERHEAD) / payload) + 1 + SPARE_BLOCKS;
	}

	/**
	 * Bytes of live records, with those of a commit that is to be written, that always fit. Copying adds the frame of a
	 * commit for each block that holds something.
	 */
	get capacity(): number {
		const medium = this.#log.medium;
		const blocks = medium.blocks - medium.badBlocks - this.#reserve - 2;
		const frames = Math.min(medium.blocks, this.#index.count + 1) * COMMIT_OVERHEAD;
		return Math.max(0, blocks * this.#log.payload - frames);
	}

	/**
	 * @param length bytes that are to be written
	 * @param shrinks whether there is no more live data afterwards: a small commit of that kind is taken by a full store
	 * @throws StoreError STORE_FULL with nothing lost, STORE_WORN, STORE_FLASH
	 */
	makeRoom(length: number, shrinks: boolean): void {
		const log = this.#log;
		const fits = this.#index.liveBytes + length <= this.capacity;
		if (!fits && !(shrinks && length <= log.payload)) {
			const free = Math.max(0, this.capacity - this.#index.liveBytes);
			throw new StoreError("STORE_FULL", `${length} bytes wanted, ${free} free`);
		}
		this.free(this.#reserve + Math.ceil(length / log.payload), shrinks);
		const live = Math.ceil(this.#index.liveBytes / log.payload);
		const steps = STEPS + Math.ceil(length / log.payload);
		for (let i = 0; i < steps && log.length > LENGTH_FACTOR * live + LENGTH_EXTRA; i++) this.step();
	}

	/**
	 * Goes once through the log at most: what is still missing then is missing because blocks have failed, and a
	 * commit that shrinks the store may use what is kept back.
	 */
	private free(wanted: number, shrinks: boolean): void {
		const log = this.#log;
		for (let steps = log.length; log.freeBlocks < wanted; steps--) {
			if (steps > 0 && this.step()) continue;
			if (shrinks && log.freeBlocks > SPARE_BLOCKS) return;
			throw new StoreError("STORE_FULL", "no block can be released");
		}
	}

	/** Clears the oldest block. @returns `false` when there is none but the head */
	private step(): boolean {
		const log = this.#log;
		if (log.head === undefined || log.first >= log.head) return false;
		const units = log.payload / UNIT;
		const places = this.#index.between(log.first * units, (log.first + 1) * units);
		if (places.length > 0) this.#writer.write(places.map((place): Item => ({ kind: "copy", place })));
		log.first++;
		return true;
	}
}
