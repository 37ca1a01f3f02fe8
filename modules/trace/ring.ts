// SPDX-License-Identifier: Apache-2.0
//
// The last attempts, one store record each: `trace.0`, `trace.1`... in turn. An attempt that repeats the one before is only counted, in
// memory; one that found nothing new is not even written at first. Both reach the flash with the next attempt that is of another
// kind, or before a restart: so a gateway with nothing to do writes nothing. What falling power loses is such a count.
// Nothing is read before it is asked for, and no more than three attempts are kept in memory.

import { type AttemptRecord, isRepeat, mergeRepeat, type TrialEnd } from "./attempt.js";
import { decodeAttempt, encodeAttempt } from "./attempt-format.js";

/** Named records that survive a power cut (module `store`). */
export interface TraceStore {
	get(name: string): Uint8Array | undefined;
	/** Takes all changes or none. */
	commit(changes: { name: string; value?: Uint8Array }[]): void;
}

export interface TraceRingOptions {
	store: TraceStore;
	/** Attempts remembered; default 16. */
	capacity?: number;
}

const prefix = "trace.";
/** Verdicts of attempts that may be on trial afterwards. */
const changes: readonly string[] = Object.freeze(["updated", "updated-in-part", "switch", "rollback"]);
/** Attempts that wait to be written; with a store that fails, and with that many kinds of nothing new, the oldest are lost. */
const maxWaiting = 3;

export class TraceRing {
	readonly #store: TraceStore;
	readonly #capacity: number;
	/** Number that the next attempt gets; `undefined` until the store was looked at. */
	#next: number | undefined;
	/** The newest attempt as far as it is known here; its repeats are counted in it. */
	#newest: AttemptRecord | undefined;
	/** Attempts that the flash does not hold as they are, oldest first; the newest may be among them. */
	#waiting: AttemptRecord[] = [];

	constructor({ store, capacity = 16 }: TraceRingOptions) {
		this.#store = store;
		this.#capacity = capacity;
	}

	/** Oldest first; those that cannot be read are passed over. Nothing is held between two of them. */
	*entries(): Iterable<AttemptRecord> {
		const end = this.end();
		for (let number = Math.max(1, end - this.#capacity); number < end; number++) {
			const entry = this.find(number);
			if (entry !== undefined) yield entry;
		}
	}

	/** @returns `undefined` for a number that has left the ring, or never was one: repeats have none of their own */
	find(number: number): AttemptRecord | undefined {
		return this.#waiting.find((entry) => entry.number === number) ?? this.read(number);
	}

	/** @returns the last attempt, of one of these verdicts where some are given */
	last(verdicts?: readonly string[]): AttemptRecord | undefined {
		const end = this.end();
		for (let number = end - 1; number >= Math.max(1, end - this.#capacity); number--) {
			const entry = this.find(number);
			if (entry !== undefined && (verdicts?.includes(entry.verdict) ?? true)) return entry;
		}
		return undefined;
	}

	/** Takes an attempt that is over; `number`, `count` and `since` are given here. Never throws. */
	add(attempt: Omit<AttemptRecord, "number" | "count" | "since">): void {
		const end = this.end();
		const entry: AttemptRecord = { ...attempt, number: end, count: 1, since: attempt.time };
		const before = this.#newest;
		if (before !== undefined && isRepeat(before, entry)) return this.wait(mergeRepeat(before, entry));
		this.#next = end + 1;
		this.wait(entry);
		if (entry.verdict !== "nothing-new") this.flush();
	}

	/** The trial of what the last successful attempt brought is over. @returns false when that attempt is no longer known */
	endTrial(end: TrialEnd): boolean {
		const entry = this.last(changes);
		if (entry === undefined || entry.trial !== undefined) return false;
		const ended = { ...entry, trial: end };
		this.#waiting = [...this.#waiting.filter(({ number }) => number !== ended.number), ended];
		if (this.#newest?.number === ended.number) this.#newest = ended;
		this.flush();
		return true;
	}

	/** Writes what only memory holds, in one commit. A store that fails gets it with the next attempt. Never throws. */
	flush(): void {
		if (this.#waiting.length === 0) return;
		try {
			this.#store.commit(
				this.#waiting.map((entry) => ({ name: this.name(entry.number), value: encodeAttempt(entry) })),
			);
			this.#waiting = [];
		} catch {
			this.#waiting = this.#waiting.slice(-maxWaiting); // the update has told already that its store fails
		}
	}

	private wait(entry: AttemptRecord): void {
		this.#newest = entry;
		this.#waiting = [...this.#waiting.filter(({ number }) => number !== entry.number), entry].slice(-maxWaiting);
	}

	/** Number after the newest attempt. */
	private end(): number {
		if (this.#next !== undefined) return this.#next;
		let highest = 0;
		for (let place = 0; place < this.#capacity; place++) {
			const number = this.load(`${prefix}${place}`)?.number ?? 0;
			/* A record at another's place is of a ring of another length. */
			if (number % this.#capacity === place) highest = Math.max(highest, number);
		}
		this.#next = highest + 1;
		return this.#next;
	}

	private name(number: number): string {
		return `${prefix}${number % this.#capacity}`;
	}

	private read(number: number): AttemptRecord | undefined {
		const entry = this.load(this.name(number));
		return entry?.number === number ? entry : undefined;
	}

	private load(name: string): AttemptRecord | undefined {
		try {
			const bytes = this.#store.get(name);
			return bytes === undefined ? undefined : decodeAttempt(bytes);
		} catch {
			return undefined; // damaged: the others can be read
		}
	}
}
