// SPDX-License-Identifier: Apache-2.0
//
// Which tables and names a file holds, without holding their names: a hash of 53 bits for each, and where it begins.

import { crc32 } from "../bytes/crc32.js";
import { encodeUTF8 } from "../bytes/text.js";
import { maxKeptGroups } from "./kept.js";
import type { Place } from "./kept-reader.js";

const firstRoom = 16;
/** Places as one number. */
const placeUnit = 4096;
/** What is to go. */
const nowhere = -1;

export function sameName(a: string, b: string): boolean {
	return a.toLowerCase() === b.toLowerCase();
}

/** Two hashes that have nothing to do with each other: 32 and 21 bits. */
function keyOf(kind: "table" | "name", name: string): number {
	const bytes = encodeUTF8(`${kind} ${name.toLowerCase()}`);
	let fnv = 0x811c9dc5;
	for (const byte of bytes) fnv = Math.imul(fnv ^ byte, 0x01000193);
	return crc32(bytes) * 0x200000 + ((fnv >>> 7) & 0x1fffff);
}

export class NameKeys {
	#keys = new Float64Array(0);
	#places = new Float64Array(0);
	#count = 0;

	get full(): boolean {
		return this.#count === maxKeptGroups;
	}

	get count(): number {
		return this.#count;
	}

	/**
	 * Not to be called when `full`.
	 * @param place where it begins, the last one counts; `undefined` for what is to go
	 * @returns false when it was there before
	 */
	add(kind: "table" | "name", name: string, place: Place | undefined): boolean {
		const key = keyOf(kind, name);
		const found = this.find(key);
		const at = place === undefined ? nowhere : place.piece * placeUnit + place.at;
		if (found >= 0) {
			this.#places[found] = at;
			return false;
		}
		if (this.#count === this.#keys.length) this.grow();
		this.#keys[this.#count] = key;
		this.#places[this.#count++] = at;
		return true;
	}

	has(kind: "table" | "name", name: string): boolean {
		return this.find(keyOf(kind, name)) >= 0;
	}

	/** @returns where it begins, once; afterwards, or when it is to go, or not there, `undefined` */
	take(kind: "table" | "name", name: string): Place | undefined {
		const found = this.find(keyOf(kind, name));
		const place = found < 0 ? nowhere : this.#places[found];
		if (place === nowhere) return undefined;
		this.#places[found] = nowhere;
		return { piece: Math.floor(place / placeUnit), at: place % placeUnit };
	}

	private find(key: number): number {
		return this.#keys.subarray(0, this.#count).indexOf(key);
	}

	private grow(): void {
		const room = Math.min(maxKeptGroups, Math.max(firstRoom, 2 * this.#count));
		const keys = new Float64Array(room);
		const places = new Float64Array(room);
		keys.set(this.#keys);
		places.set(this.#places);
		this.#keys = keys;
		this.#places = places;
	}
}
