// SPDX-License-Identifier: Apache-2.0
//
// Second step of recovery: walks the entries of the log, fills the index and finds the last complete commit.
// Reads headers of entries only, not values. Damage in the middle is counted and stepped over.

import * as format from "./format.js";
import { type Entry } from "./format.js";
import { type Log } from "./log.js";
import { type RecordIndex } from "./record-index.js";

const { PAGE, TYPE, UNIT } = format;

export interface ScanResult {
	/** Position after the last complete commit. */
	tail: number;
	/** Whether the bytes before `tail` are the ends of a commit. */
	sealed: boolean;
	/** Whether something begins at `tail`, or the last end is not certain: the tail must be copied before use. */
	suspect: boolean;
	/** Places where an entry was expected and none was found. */
	damaged: number;
}

/** Reads units through a window of one page, since most entries are small and lie side by side. */
class Window {
	readonly #log: Log;
	readonly #bytes = new Uint8Array(PAGE);
	#start = 0;
	#length = 0;

	constructor(log: Log) {
		this.#log = log;
	}

	/** @returns a view that holds until the next call; `undefined` when the block is lost */
	unit(position: number): Uint8Array | undefined {
		if (position < this.#start || position + UNIT > this.#start + this.#length) {
			const payload = this.#log.payload;
			this.#length = Math.min(PAGE, payload - (position % payload));
			this.#start = position;
			if (!this.#log.read(this.#bytes.subarray(0, this.#length), position)) {
				this.#length = 0;
				return undefined;
			}
		}
		return this.#bytes.subarray(position - this.#start, position - this.#start + UNIT);
	}
}

class Scan {
	readonly #log: Log;
	readonly #index: RecordIndex;
	readonly #window: Window;
	readonly #headStart: number;
	readonly #limit: number;
	#position: number;
	#commitEnd = 0;
	#lastEnd = 0;
	#damaged = 0;
	#suspect = false;

	constructor(log: Log, index: RecordIndex, limit: number) {
		this.#log = log;
		this.#index = index;
		this.#window = new Window(log);
		this.#limit = limit;
		this.#headStart = limit === 0 ? 0 : log.end - log.payload;
		this.#position = log.entryFrom(log.first);
	}

	run(): ScanResult {
		while (this.#position < this.#limit) {
			// Judged when the commit began; after a cut they may read otherwise by now.
			if (this.#position === this.#commitEnd - 2 * UNIT) {
				this.pass(this.#commitEnd);
				continue;
			}
			const bytes = this.#window.unit(this.#position);
			const entry = bytes && format.decodeEntry(bytes, this.#position / UNIT);
			const outside = this.#position >= this.#commitEnd;
			if (entry === undefined || !this.take(entry)) {
				const torn = this.#position >= this.#headStart && outside;
				if (torn) return this.result(this.#position, !(bytes && format.isErased(bytes)));
				this.resume();
			} else if (entry.type === TYPE.begin && !this.complete(entry)) {
				return this.result(this.#position, true);
			} else {
				this.step(entry);
			}
		}
		return this.result(Math.min(this.#position, this.#limit), false);
	}

	/** @returns `false` when no such entry can stand here */
	private take(entry: Entry): boolean {
		if (entry.type === TYPE.record && entry.small > 0) {
			const unit = this.#position / UNIT;
			this.#index.set({ hash: entry.first, unit, nameLength: entry.small, valueLength: entry.half });
			return true;
		}
		if (entry.type === TYPE.removal) this.#index.delete(entry.first);
		if (entry.type === TYPE.removal || entry.type === TYPE.begin || entry.type === TYPE.firstEnd) return true;
		// The second end is stepped over with the first, unless the log now starts between the two.
		return entry.type === TYPE.secondEnd && this.#position % this.#log.payload === 0;
	}

	/**
	 * A commit that ends before the head was complete when the head was opened. In the head its first end tells: it was
	 * begun when all records were there. The second end tells that the first is stable.
	 */
	private complete(begin: Entry): boolean {
		const end = this.#position + UNIT + begin.first;
		this.#commitEnd = end + 2 * UNIT;
		if (this.#commitEnd <= this.#headStart) return true;
		if (this.#commitEnd > this.#limit || !this.isEnd(end, TYPE.firstEnd)) return false;
		if (!this.isEnd(end + UNIT, TYPE.secondEnd)) this.#suspect = true;
		return true;
	}

	private isEnd(position: number, type: number): boolean {
		const bytes = new Uint8Array(UNIT);
		return this.#log.read(bytes, position) && format.isMark(bytes, type, position / UNIT);
	}

	private step(entry: Entry): void {
		if (entry.type === TYPE.record) {
			this.#position += format.footprint(entry.small, entry.half);
		} else if (entry.type === TYPE.firstEnd || entry.type === TYPE.secondEnd) {
			this.pass(this.#position + (entry.type === TYPE.firstEnd ? 2 * UNIT : UNIT));
		} else {
			this.#position += UNIT;
		}
	}

	private pass(commitEnd: number): void {
		this.#position = commitEnd;
		this.#lastEnd = commitEnd;
	}

	/** Goes on behind a damaged entry: at the end of its commit when that is known, else in the next block. */
	private resume(): void {
		this.#damaged++;
		if (this.#position < this.#commitEnd) {
			this.pass(this.#commitEnd);
		} else {
			this.#position = this.#log.entryFrom(Math.floor(this.#position / this.#log.payload) + 1);
		}
	}

	private result(tail: number, torn: boolean): ScanResult {
		const sealed = tail > 0 && tail === this.#lastEnd;
		return { tail, sealed, suspect: torn || this.#suspect, damaged: this.#damaged };
	}
}

/**
 * @param index empty; holds all live records afterwards
 * @param limit position where the log ends at the latest
 * @throws StoreError STORE_FLASH
 */
export function scan(log: Log, index: RecordIndex, limit: number): ScanResult {
	return new Scan(log, index, limit).run();
}
