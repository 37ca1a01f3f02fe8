// SPDX-License-Identifier: Apache-2.0
//
// The attempts of the update as rows of a table, out of a ring of records (module `trace`). Only their numbers are kept, for a moment: a
// manager walks column by column, and each cell reads its record again.

import type { Attempt, AttemptsPort } from "./context.js";

/** As far as the table shows it. */
export interface RingEntry {
	number: number;
	count: number;
	time: string | null;
	causes: readonly string[];
	phases: readonly { phase: string; ms: number }[];
	verdict: string;
	version: string;
	reason: string;
}

export interface RingPort {
	/** Oldest first. */
	entries(): Iterable<RingEntry>;
	find(number: number): RingEntry | undefined;
}

const freshMs = 2000;
const maxRows = 64;

const none: readonly number[] = Object.freeze([]);

export class AttemptTable implements AttemptsPort {
	readonly #ring: RingPort;
	readonly #ticks: () => number;
	#numbers: readonly number[] = none;
	#looked: number | undefined;

	constructor(ring: RingPort, ticks: () => number) {
		this.#ring = ring;
		this.#ticks = ticks;
	}

	get length(): number {
		const now = this.#ticks();
		if (this.#looked === undefined || now - this.#looked > freshMs) {
			this.#numbers = Array.from(this.#ring.entries(), ({ number }) => number).slice(-maxRows);
			this.#looked = now;
		}
		return this.#numbers.length;
	}

	at(index: number): Attempt | undefined {
		const number = this.#numbers[index] as number | undefined;
		const entry = number === undefined ? undefined : this.#ring.find(number);
		if (entry === undefined) return undefined;
		const { time, causes, count, phases, verdict, version, reason } = entry;
		const durationMs = phases.length === 0 ? 0 : phases[phases.length - 1].ms;
		return {
			time: time ?? "",
			cause: causes.join(" "),
			verdict,
			version,
			reason,
			durationMs,
			count,
			number: entry.number,
		};
	}
}
