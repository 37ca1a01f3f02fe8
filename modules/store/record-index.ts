// SPDX-License-Identifier: Apache-2.0
//
// Where the newest version of each record lies: an open-addressed table over one typed array, 12 bytes a place.
// Names and values stay on flash; a record is known by the hash of its name, which the writer keeps unique.

import { footprint } from "./format.js";

/** One live record. */
export interface Place {
	hash: number;
	/** Position of the record's entry in the log, in units; never 0, where the first commit begins. */
	unit: number;
	nameLength: number;
	valueLength: number;
}

/** Numbers of a slot: hash, unit, sizes. Three arrays of them would take 300 bytes more. */
const UNIT_AT = 1;
const SIZES_AT = 2;
const WIDTH = 3;

/** Slots at first; always a power of two. */
const FIRST_SLOTS = 32;

export class RecordIndex {
	#table = new Uint32Array(FIRST_SLOTS * WIDTH);
	#count = 0;
	#liveBytes = 0;

	get count(): number {
		return this.#count;
	}

	/** Bytes of the log that live records take. */
	get liveBytes(): number {
		return this.#liveBytes;
	}

	get(hash: number): Place | undefined {
		const slot = this.slot(hash);
		return this.unit(slot) === 0 ? undefined : this.place(slot);
	}

	set(place: Place): void {
		this.delete(place.hash);
		if ((this.#count + 1) * 4 > this.slots * 3) this.grow();
		const at = this.slot(place.hash) * WIDTH;
		this.#table[at] = place.hash;
		this.#table[at + UNIT_AT] = place.unit;
		this.#table[at + SIZES_AT] = place.nameLength * 0x10000 + place.valueLength;
		this.#count++;
		this.#liveBytes += footprint(place.nameLength, place.valueLength);
	}

	delete(hash: number): void {
		let hole = this.slot(hash);
		if (this.unit(hole) === 0) return;
		const place = this.place(hole);
		this.#count--;
		this.#liveBytes -= footprint(place.nameLength, place.valueLength);
		this.#table[hole * WIDTH + UNIT_AT] = 0;
		// Records behind the hole that were pushed past it move back, or they could not be found any more.
		const mask = this.slots - 1;
		for (let slot = (hole + 1) & mask; this.unit(slot) !== 0; slot = (slot + 1) & mask) {
			const home = this.#table[slot * WIDTH] & mask;
			if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
			this.#table.copyWithin(hole * WIDTH, slot * WIDTH, (slot + 1) * WIDTH);
			this.#table[slot * WIDTH + UNIT_AT] = 0;
			hole = slot;
		}
	}

	/** @returns the live records whose entries lie in `from` <= unit < `to`, in the order of the log */
	between(from: number, to: number): Place[] {
		const places: Place[] = [];
		for (let slot = 0; slot < this.slots; slot++) {
			const unit = this.unit(slot);
			if (unit !== 0 && unit >= from && unit < to) places.push(this.place(slot));
		}
		return places.sort((a, b) => a.unit - b.unit);
	}

	clear(): void {
		this.#table.fill(0);
		this.#count = 0;
		this.#liveBytes = 0;
	}

	private get slots(): number {
		return this.#table.length / WIDTH;
	}

	/** 0: the slot is free. */
	private unit(slot: number): number {
		return this.#table[slot * WIDTH + UNIT_AT];
	}

	private slot(hash: number): number {
		const mask = this.slots - 1;
		let slot = hash & mask;
		while (this.unit(slot) !== 0 && this.#table[slot * WIDTH] !== hash) slot = (slot + 1) & mask;
		return slot;
	}

	private place(slot: number): Place {
		const at = slot * WIDTH;
		const sizes = this.#table[at + SIZES_AT];
		return {
			hash: this.#table[at],
			unit: this.#table[at + UNIT_AT],
			nameLength: sizes >>> 16,
			valueLength: sizes & 0xffff,
		};
	}

	private grow(): void {
		const old = this.#table;
		this.#table = new Uint32Array(old.length * 2);
		for (let from = 0; from < old.length; from += WIDTH)
			if (old[from + UNIT_AT] !== 0) this.#table.set(old.subarray(from, from + WIDTH), this.slot(old[from]) * WIDTH);
	}
}
