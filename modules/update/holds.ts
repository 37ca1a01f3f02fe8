// SPDX-License-Identifier: Apache-2.0
//
// Files that a server asked to leave alone for a while (Retry-After), kept over restarts. What lies in the store is how long
// each has still to wait, as it was when that was written: no clock is needed, and one that jumps does no harm. Time since the
// writing that passed before a reset counts again, and time spent switched off does not count: both err towards waiting.

import { encodeUTF8 } from "../bytes/text.js";
import type { RecordChange, RecordStore } from "./interfaces.js";
import { hashURL, readJSON } from "./records.js";

/** Store record: a JSON list of [name, minutes left]. */
export const holdRecord = "upd.holds";

/** More files than a run has. */
const maxHolds = 32;
/** A day, and the quarter more that chance may add. */
const maxMinutes = 1800;
const minuteMs = 60000;

interface Hold {
	/** From the URL's hash. */
	name: string;
	dueTicks: number;
}

function nameOf(url: string): string {
	return hashURL(url).slice(0, 16);
}

function isStored(value: unknown): value is [string, number] {
	if (!Array.isArray(value) || value.length !== 2) return false;
	const [name, minutes] = value as unknown[];
	if (typeof name !== "string" || typeof minutes !== "number") return false;
	return /^[0-9a-f]{16}$/.test(name) && minutes > 0 && minutes <= maxMinutes;
}

export class Holds {
	readonly #store: RecordStore;
	readonly #ticks: () => number;
	#list: Hold[];
	#changed = false;

	/**
	 * Takes up the waits that were stored.
	 * @param ticks monotonic milliseconds
	 */
	constructor(store: RecordStore, ticks: () => number) {
		this.#store = store;
		this.#ticks = ticks;
		const stored = readJSON(store, holdRecord);
		const waits = Array.isArray(stored) ? stored.filter(isStored).slice(0, maxHolds) : [];
		this.#list = waits.map(([name, minutes]) => ({ name, dueTicks: ticks() + minutes * minuteMs }));
	}

	/** Waits have come or gone since `saved`; that they get shorter does not count. */
	get changed(): boolean {
		return this.#changed;
	}

	/** @param ms from now */
	set(url: string, ms: number): void {
		const name = nameOf(url);
		const others = this.#list.filter((hold) => hold.name !== name);
		this.#list = [...others, { name, dueTicks: this.#ticks() + ms }].slice(-maxHolds);
		this.#changed = true;
	}

	/** The file is asked for. */
	clear(url: string): void {
		if (this.#list.length === 0) return;
		const name = nameOf(url);
		this.keep((hold) => hold.name !== name);
	}

	/** Forgets the waits that are over. @returns whether there was one */
	expire(): boolean {
		const before = this.#list.length;
		this.keep((hold) => this.msLeft(hold) > 0);
		return this.#list.length < before;
	}

	/** @returns milliseconds still to wait, 0 for none */
	left(url: string): number {
		if (this.#list.length === 0) return 0;
		const name = nameOf(url);
		const hold = this.#list.find((item) => item.name === name);
		return hold === undefined ? 0 : this.msLeft(hold);
	}

	/** @returns milliseconds until the first wait ends, 0 when it is over; `undefined` when there is none */
	get next(): number | undefined {
		return this.#list.length === 0 ? undefined : Math.min(...this.#list.map((hold) => this.msLeft(hold)));
	}

	/** What to commit, alone or with other records; nothing when there is no wait and none is stored. */
	changes(): RecordChange[] {
		const waits = this.#list
			.map((hold): [string, number] => [hold.name, Math.ceil(this.msLeft(hold) / minuteMs)])
			.filter(([, minutes]) => minutes > 0)
			.map(([name, minutes]) => [name, Math.min(minutes, maxMinutes)]);
		if (waits.length > 0) return [{ name: holdRecord, value: encodeUTF8(JSON.stringify(waits)) }];
		for (const name of this.#store.names()) if (name === holdRecord) return [{ name }];
		return [];
	}

	/** `changes` have been committed. */
	saved(): void {
		this.#changed = false;
	}

	private keep(wanted: (hold: Hold) => boolean): void {
		const kept = this.#list.filter(wanted);
		if (kept.length === this.#list.length) return;
		this.#list = kept;
		this.#changed = true;
	}

	private msLeft({ dueTicks }: Hold): number {
		return Math.max(0, dueTicks - this.#ticks());
	}
}
