// SPDX-License-Identifier: Apache-2.0
//
// The update at a time of day: once a day, at a random moment of the window that begins at HH:MM local time. Looks at the clock once
// a minute, as anything may set it at any time; without a clock it waits for one.
// Source: AudioCodes Automatic Update, "Triggers" (AutoUpdatePredefinedTime, AutoUpdatePredefinedRandomTime, NTPServerUTCOffset).
// The original is silent about clocks that jump. Here: set forward over the moment, the update follows within a window of its own;
// by more than a day, the next day's comes. Set back, there is no second update on the same day; by more than a day, days count anew.
//
// All times but `now` are milliseconds of local time since 1970: UTC plus the offset.

import type { TimerHandle, TimerService } from "../ecma419/timer.js";

const dayMs = 86_400_000;
const minuteMs = 60_000;
/** Between looks at the clock. */
const lookMs = minuteMs;

export interface DailyTime {
	/** Of the day, 0 to 1439. */
	minute: number;
	/** Length of the random window, 0 to a day. */
	windowMs: number;
	/** Local time minus UTC. */
	offsetMs: number;
}

export interface TimeOfDayOptions {
	readonly timer: TimerService;
	/** Milliseconds since 1970, `undefined` while the time is not known. */
	now(): number | undefined;
	/** Draws 0 <= n < 1. */
	chance(): number;
	onDue(): void;
}

interface Plan {
	/** HH:MM of its day. */
	base: number;
	due: number;
}

function isSame(one: DailyTime | undefined, other: DailyTime | undefined): boolean {
	return one?.minute === other?.minute && one?.windowMs === other?.windowMs && one?.offsetMs === other?.offsetMs;
}

export class TimeOfDay {
	readonly #options: TimeOfDayOptions;
	#time: DailyTime | undefined;
	#plan: Plan | undefined;
	/** HH:MM of the day of the last update. */
	#last: number | undefined;
	#handle: TimerHandle | undefined;

	constructor(options: TimeOfDayOptions) {
		this.#options = options;
	}

	/** Milliseconds until the update, as the clock stands; `undefined` when none is planned. */
	get leftMs(): number | undefined {
		const now = this.localNow();
		return now === undefined || this.#plan === undefined ? undefined : Math.max(0, this.#plan.due - now);
	}

	/** Plans updates at this time, none for `undefined`; what is planned stays when the time is the same. */
	set(time: DailyTime | undefined): void {
		if (isSame(time, this.#time)) return;
		this.clear();
		this.#time = time;
		if (time !== undefined) this.look();
	}

	clear(): void {
		this.#options.timer.clear(this.#handle);
		this.#handle = undefined;
		this.#plan = undefined;
		this.#time = undefined;
	}

	private localNow(): number | undefined {
		const now = this.#options.now();
		return now === undefined || this.#time === undefined ? undefined : now + this.#time.offsetMs;
	}

	private look(): void {
		const now = this.localNow();
		if (now === undefined || this.#time === undefined) {
			this.#plan = undefined;
			return this.wait(lookMs);
		}
		const plan = this.planFor(now, this.#time);
		const isDue = now >= plan.due;
		if (isDue) this.#last = plan.base;
		this.#plan = isDue ? this.fresh(now, this.#time) : plan;
		this.wait(Math.min(lookMs, this.#plan.due - now));
		if (isDue) this.#options.onDue();
	}

	/** What is planned, as far as the clock that stands now leaves it. */
	private planFor(now: number, time: DailyTime): Plan {
		if (this.#last !== undefined && now < this.#last - dayMs) this.#last = undefined;
		const plan = this.#plan;
		if (plan === undefined) return this.fresh(now, time);
		if (now < plan.base) {
			const asPlanned = plan.base === this.next(now, time) && plan.due <= plan.base + time.windowMs;
			return asPlanned ? plan : this.fresh(now, time);
		}
		const over = now - plan.due;
		if (over > dayMs) return this.fresh(now, time);
		/* A fleet whose time server steps must not come at once. */
		return over > 2 * lookMs ? { base: plan.base, due: now + this.draw(time) } : plan;
	}

	private fresh(now: number, time: DailyTime): Plan {
		const base = this.next(now, time);
		return { base, due: base + this.draw(time) };
	}

	/** @returns the first HH:MM after `now` whose day has had no update */
	private next(now: number, { minute }: DailyTime): number {
		const since = minute * minuteMs;
		const next = (Math.floor((now - since) / dayMs) + 1) * dayMs + since;
		if (this.#last === undefined || next > this.#last) return next;
		return next + (Math.floor((this.#last - next) / dayMs) + 1) * dayMs;
	}

	private draw({ windowMs }: DailyTime): number {
		return Math.floor(this.#options.chance() * windowMs);
	}

	private wait(ms: number): void {
		this.#handle = this.#options.timer.set(() => {
			this.#handle = undefined;
			this.look();
		}, ms);
	}
}
