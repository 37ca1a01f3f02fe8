// SPDX-License-Identifier: Apache-2.0
//
// Timer service on a clock that only the test moves: modules/ecma419/timer.ts with virtual milliseconds.
// Call-backs run from `advance`, in order of their time, then of their making; never from inside `set`.

import type { TimerHandle, TimerService } from "../../modules/ecma419/timer.js";

interface Entry {
	callback: (timer: TimerHandle) => void;
	at: number;
	order: number;
	repeat: number | undefined;
	alive: boolean;
}

export class FakeClock {
	/** Milliseconds since the clock was made. */
	now = 0;
	readonly timer: TimerService;
	#entries: Entry[] = [];
	#order = 0;

	constructor() {
		this.timer = {
			set: (callback, interval, repeat) => this.#add(callback, interval ?? 0, repeat),
			repeat: (callback, interval) => this.#add(callback, interval, interval),
			schedule: (handle, interval, repeat) => this.#schedule(handle, interval, repeat),
			clear: (handle) => this.#clear(handle),
		};
	}

	/** For options that want a function. */
	readonly ticks = (): number => this.now;

	/** Timers that have not run out. */
	get pending(): number {
		return this.#entries.length;
	}

	/** Moves the clock and runs what falls due, also what that sets. Fails after a million call-backs: a busy loop. */
	advance(ms: number): void {
		const end = this.now + ms;
		for (let count = 0; this.#runNext(end); count++) if (count > 1e6) throw new Error("timers never rest");
		this.now = end;
	}

	/** As `advance`, and lets promise jobs run after each call-back. */
	async advanceAsync(ms: number): Promise<void> {
		const end = this.now + ms;
		await settle();
		for (let count = 0; this.#runNext(end); count++) {
			if (count > 1e6) throw new Error("timers never rest");
			await settle();
		}
		this.now = end;
	}

	#runNext(end: number): boolean {
		let next: Entry | undefined;
		for (const entry of this.#entries)
			if (!next || entry.at < next.at || (entry.at === next.at && entry.order < next.order)) next = entry;
		if (!next || next.at > end) return false;
		this.now = Math.max(this.now, next.at);
		if (next.repeat === undefined) this.#remove(next);
		else this.#move(next, next.repeat);
		next.callback(next);
		return true;
	}

	#add(callback: (timer: TimerHandle) => void, interval: number, repeat: number | undefined): Entry {
		const entry = { callback, at: this.now + Math.max(0, interval), order: this.#order++, repeat, alive: true };
		this.#entries.push(entry);
		return entry;
	}

	#schedule(handle: TimerHandle, interval = 0, repeat?: number): void {
		const entry = this.#entries.find((item) => item === handle);
		if (!entry) throw new Error("invalid timer");
		entry.repeat = repeat;
		this.#move(entry, interval);
	}

	#move(entry: Entry, interval: number): void {
		entry.at = this.now + Math.max(0, interval);
		entry.order = this.#order++;
	}

	#clear(handle: TimerHandle | undefined | null): void {
		if (handle === undefined || handle === null) return;
		const entry = this.#entries.find((item) => item === handle);
		if (!entry) throw new Error("invalid timer");
		this.#remove(entry);
	}

	#remove(entry: Entry): void {
		entry.alive = false;
		this.#entries = this.#entries.filter((item) => item !== entry);
	}
}

/** Lets the promise jobs that are queued now, and those they queue, run. */
async function settle(): Promise<void> {
	for (let i = 0; i < 20; i++) await Promise.resolve();
}
