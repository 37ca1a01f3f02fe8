// SPDX-License-Identifier: Apache-2.0
//
// How much of the processor's time strangers may have. Measured, not counted in requests, so that it fits every chip: two fifths of
// the time, and 50 ms at once after a rest. Beyond that requests are dropped unread; who sent them over UDP sends them again.

/** Part of the time. */
const share = 0.4;
const depthMs = 50;

export class Duty {
	readonly #ticks: () => number;
	#left = depthMs;
	#seen: number;

	/** @param ticks monotonic milliseconds */
	constructor(ticks: () => number) {
		this.#ticks = ticks;
		this.#seen = ticks();
	}

	/** Whether there is time for a request. */
	get open(): boolean {
		const now = this.#ticks();
		this.#left = Math.min(depthMs, this.#left + (now - this.#seen) * share);
		this.#seen = now;
		return this.#left > 0;
	}

	/** Milliseconds until there is time again. */
	get waitMs(): number {
		return this.open ? 0 : Math.ceil(-this.#left / share) + 1;
	}

	/** Does the work and takes its time off. */
	run<Result>(work: () => Result): Result {
		const start = this.#ticks();
		try {
			return work();
		} finally {
			this.#left -= this.#ticks() - start;
		}
	}
}
