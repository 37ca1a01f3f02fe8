// SPDX-License-Identifier: Apache-2.0
//
// Where the newest version of each record lies: an open-addressed table over typed arrays, 12 bytes a place.
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

export class RecordIndex {
	#hashes: Uint32Array;
	#units: Uint32Array;
	#sizes: Uint32Array;
	#count = 0;
	#liveBytes = 0;

	constructor() {
		this.#hashes = new Uint32Array(32);
		this.#units = new Uint32Array(32);
		this.#sizes = new Uint32Array(32);
	}

	get count(): number {
		return this.#count;
	}

	/** Bytes of the log that live records take. */
	get liveBytes(): number {
		return this.#liveBytes;
	}

	get(hash: number): Place | undefined {
		const slot = this.slot(hash);
		return this.#units[slot] === 0 ? undefined : this.place(slot);
	}

	set(place: Place): void {
		this.delete(place.hash);
		if ((this.#count + 1) * 4 > this.#hashes.length * 3) this.grow();
		const slot = this.slot(place.hash);
		this.#hashes[slot] = place.hash;
		this.#units[slot] = place.unit;
		this.#sizes[slot] = place.nameLength * 0x10000 + place.valueLength;
		this.#count++;
		this.#liveBytes += footprint(place.nameLength, place.valueLength);
	}

	delete(hash: number): void {
		let hole = this.slot(hash);
		if (this.#units[hole] === 0) return;
		const place = this.place(hole);
		this.#count--;
		this.#liveBytes -= footprint(place.nameLength, place.valueLength);
		this.#units[hole] = 0;
		// Records behind the hole that were pushed past it move back, or they could not be found any more.
		const mask = this.#hashes.length - 1;
		for (let slot = (hole + 1) & mask; this.#units[slot] !== 0; slot = (slot + 1) & mask) {
			const home = this.#hashes[slot] & mask;
			if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
			this.move(slot, hole);
			hole = slot;
		}
	}

	/** @returns the live records whose entries lie in `from` <= unit < `to`, in the order of the log */
	between(from: number, to: number): Place[] {
		const places: Place[] = [];
		for (let slot = 0; slot < this.#hashes.length; slot++) {
			const unit = this.#units[slot];
			if (unit !== 0 && unit >= from && unit < to) places.push(this.place(slot));
		}
		return places.sort((a, b) => a.unit - b.unit);
	}

	clear(): void {
		this.#units.fill(0);
		this.#count = 0;
		this.#liveBytes = 0;
	}

	private slot(hash: number): number {
		const mask = this.#hashes.length - 1;
		let slot = hash & mask;
		while (this.#units[slot] !== 0 && this.#hashes[slot] !== hash) slot = (slot + 1) & mask;
		return slot;
	}

	private place(slot: number): Place {
		const size = this.#sizes[slot];
		return {
			hash: this.#hashes[slot],
			unit: this.#units[slot],
			nameLength: size >>> 16,
			valueLength: size & 0xffff,
		};
	}

	private move(from: number, to: number): void {
		this.#hashes[to] = this.#hashes[from];
		this.#units[to] = this.#units[from];
		this.#sizes[to] = this.#sizes[from];
		this.#units[from] = 0;
	}

	private grow(): void {
		const hashes = this.#hashes;
		const units = this.#units;
		const sizes = this.#sizes;
		this.#hashes = new Uint32Array(hashes.length * 2);
		this.#units = new Uint32Array(hashes.length * 2);
		this.#sizes = new Uint32Array(hashes.length * 2);
		for (let i = 0; i < hashes.length; i++) {
			if (units[i] === 0) continue;
			const slot = this.slot(hashes[i]);
			this.#hashes[slot] = hashes[i];
			this.#units[slot] = units[i];
			this.#sizes[slot] = sizes[i];
		}
	}
}
