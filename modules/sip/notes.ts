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
	readonly #onNote: (note: ThinNote) => void;
	#room = depth;
	#seen: number;
	#left = 0;

	/** @param ticks monotonic milliseconds */
	constructor(ticks: () => number, onNote: (note: ThinNote) => void) {
		this.#ticks = ticks;
		this.#onNote = onNote;
		this.#seen = ticks();
	}

	take(note: Note): void {
		const now = this.#ticks();
		this.#room = Math.min(depth, this.#room + (now - this.#seen) / refillMs);
		this.#seen = now;
		if (this.#room < 1) {
			this.#left++;
			return;
		}
		this.#room--;
		const left = this.#left;
		this.#left = 0;
		this.#onNote(left === 0 ? note : { ...note, left });
	}
}
