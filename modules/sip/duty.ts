// SPDX-License-Identifier: Apache-2.0
//
// How much of the processor's time requests may have. Measured, not counted in requests, so that it fits every chip: two fifths of
// the time, and 50 ms at once after a rest. Beyond that requests are dropped unread; who sent them over UDP sends them again.
// The lower half of the 50 ms is for listed sources: strangers that use all they can get do not shut the PBX out.

/** Part of the time. */
const share = 0.4;
const depthMs = 50;
/** What strangers must leave. */
const reserveMs = 25;

export class Duty {
	readonly #ticks: () => number;
	#left = depthMs;
	#seen: number;

	/** @param ticks monotonic milliseconds */
	constructor(ticks: () => number) {
		this.#ticks = ticks;
		this.#seen = ticks();
	}

	/** @param listed whether the request's source is listed. @returns whether there is time for it */
	allows(listed: boolean): boolean {
		return this.over(listed) > 0;
	}

	/** @param listed as above. @returns milliseconds until there is time again */
	waitMs(listed: boolean): number {
		const over = this.over(listed);
		return over > 0 ? 0 : Math.ceil(-over / share) + 1;
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

	/** Milliseconds that are left for them. */
	private over(listed: boolean): number {
		const now = this.#ticks();
		this.#left = Math.min(depthMs, this.#left + (now - this.#seen) * share);
		this.#seen = now;
		return listed ? this.#left : this.#left - reserveMs;
	}
}
