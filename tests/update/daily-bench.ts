// SPDX-License-Identifier: Apache-2.0
//
// For the tests of the time of day: a gateway's clock, which may be set, and its schedule.

import { drawChance } from "../../modules/update/backoff.js";
import { type DailyTime, TimeOfDay } from "../../modules/update/time-of-day.js";
import { FakeClock } from "../fakes/clock.js";
import { Random } from "../harness/random.js";

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;
/** 2026-01-01T00:00:00Z */
export const newYearMs = Date.UTC(2026, 0, 1);
export const three: DailyTime = { minute: 180, windowMs: 300_000, offsetMs: 0 };

/** A gateway's clock and schedule. */
export class Bench {
	readonly clock = new FakeClock();
	/** UTC at tick 0; `undefined` without a clock. */
	epoch: number | undefined;
	/** UTC of each update. */
	readonly fired: number[] = [];
	readonly daily: TimeOfDay;

	constructor(epoch: number | undefined, chance: () => number = () => 0.5) {
		this.epoch = epoch;
		this.daily = new TimeOfDay({
			timer: this.clock.timer,
			now: () => this.utc,
			chance,
			onDue: () => this.fired.push(this.utc ?? Number.NaN),
		});
	}

	get utc(): number | undefined {
		return this.epoch === undefined ? undefined : this.epoch + this.clock.now;
	}

	/** Sets the clock. */
	set(utc: number): void {
		this.epoch = utc - this.clock.now;
	}

	/** Day of the month, hour and minute, second of each update. */
	get times(): string[] {
		return this.fired.map((utc) => new Date(utc).toISOString().slice(5, 19));
	}
}

export function seeded(seed: number): () => number {
	const random = new Random(seed);
	return () => drawChance((bytes) => bytes.set(random.bytes(bytes.length)));
}

/** Advances in pieces: FakeClock bounds the call-backs of one. */
export function pass(bench: Bench, ms: number): void {
	for (let left = ms; left > 0; left -= 100 * dayMs) bench.clock.advance(Math.min(left, 100 * dayMs));
}
