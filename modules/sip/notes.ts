// SPDX-License-Identifier: Apache-2.0
//
// Thins out notes for a log that strangers must not be able to fill: ten at once, then one in ten seconds; those between are counted.

import type { Note } from "./agent.js";

/** A note that is worth a line, with the number of those that were left out before it. */
export type ThinNote = Note & { left?: number };

const depth = 10;
const refillMs = 10000;

export class NoteFilter {
	readonly #ticks: () => number;
	#room = depth;
	#seen: number;
	#left = 0;

	/** @param ticks monotonic milliseconds */
	constructor(ticks: () => number) {
		this.#ticks = ticks;
		this.#seen = ticks();
	}

	/** @returns what is to be told; `undefined` for a note that is only counted */
	take(note: Note): ThinNote | undefined {
		const now = this.#ticks();
		this.#room = Math.min(depth, this.#room + (now - this.#seen) / refillMs);
		this.#seen = now;
		if (this.#room < 1) {
			this.#left++;
			return undefined;
		}
		this.#room--;
		const left = this.#left;
		this.#left = 0;
		return left === 0 ? note : { ...note, left };
	}
}
