// SPDX-License-Identifier: Apache-2.0
//
// Time limits of a connection: one timer for the wait that is on now, and the least rate of a body.

import type { TimerHandle, TimerService } from "../ecma419/timer.js";

export interface TimeSource {
	timer: TimerService;
	/** Monotonic milliseconds. */
	ticks: () => number;
}

/** Whom a deadline belongs to. */
export interface DeadlineOwner<Name extends string> {
	/** The wait of this name took too long. */
	expired(name: Name): void;
}

/** One deadline at a time. Moving it later, which each piece of a body does, costs no timer operation. */
export class Deadline<Name extends string> {
	readonly #time: TimeSource;
	readonly #owner: DeadlineOwner<Name>;
	#timer: TimerHandle | undefined;
	#timerAt = 0;
	#name: Name | undefined;
	#at = 0;

	constructor(time: TimeSource, owner: DeadlineOwner<Name>) {
		this.#time = time;
		this.#owner = owner;
	}

	/** Starts the wait `name` of at most `ms` milliseconds, in place of the one before. */
	start(name: Name, ms: number): void {
		this.#name = name;
		this.#at = this.#time.ticks() + ms;
		if (this.#timer !== undefined && this.#timerAt <= this.#at) return;
		this.#time.timer.clear(this.#timer);
		this.arm(ms);
	}

	/** Nothing is waited for; the timer may still run out, without effect. */
	stop(): void {
		this.#name = undefined;
	}

	/** Stops and gives the timer back. */
	close(): void {
		this.#name = undefined;
		this.#time.timer.clear(this.#timer);
		this.#timer = undefined;
	}

	private arm(ms: number): void {
		this.#timerAt = this.#time.ticks() + ms;
		this.#timer = this.#time.timer.set(() => this.fire(), ms);
	}

	private fire(): void {
		this.#timer = undefined;
		const name = this.#name;
		if (name === undefined) return;
		const left = this.#at - this.#time.ticks();
		if (left > 0) return this.arm(left);
		this.#name = undefined;
		this.#owner.expired(name);
	}
}

/** Least rate of a body, measured only while this side waits: a slow reader is not the server's fault. */
export class RateGuard {
	readonly #leastBytesPerSecond: number;
	readonly #windowMs: number;
	#since: number | undefined;
	#waitedMs = 0;
	#bytes = 0;

	/** @param leastBytesPerSecond 0 turns the check off */
	constructor(leastBytesPerSecond: number, windowMs: number) {
		this.#leastBytesPerSecond = leastBytesPerSecond;
		this.#windowMs = windowMs;
	}

	/** All that came is read; from now on the server is waited for. */
	wait(now: number): void {
		this.#since ??= now;
	}

	/**
	 * Something came.
	 * @param bytes body bytes read so far
	 * @returns `false` when the window is over and was too slow
	 */
	arrived(now: number, bytes: number): boolean {
		if (this.#since === undefined) return true;
		this.#waitedMs += now - this.#since;
		this.#since = undefined;
		if (this.#waitedMs < this.#windowMs) return true;
		const enough = (bytes - this.#bytes) * 1000 >= this.#leastBytesPerSecond * this.#waitedMs;
		this.#waitedMs = 0;
		this.#bytes = bytes;
		return enough;
	}
}
