// SPDX-License-Identifier: Apache-2.0
//
// The update at a time of day, over years of virtual time: time zones, clocks that come late, that step and that jump, and the
// spread of ten thousand gateways.

import assert from "node:assert/strict";
import test from "node:test";
import { drawChance } from "../../modules/update/backoff.js";
import { startDelayMs } from "../../modules/update/start-up.js";
import { type DailyTime, TimeOfDay } from "../../modules/update/time-of-day.js";
import { FakeClock } from "../fakes/clock.js";
import { Random } from "../harness/random.js";

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** 2026-01-01T00:00:00Z */
const newYearMs = Date.UTC(2026, 0, 1);
const three: DailyTime = { minute: 180, windowMs: 300_000, offsetMs: 0 };

/** A gateway's clock and schedule. */
class Bench {
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

function seeded(seed: number): () => number {
	const random = new Random(seed);
	return () => drawChance((bytes) => bytes.set(random.bytes(bytes.length)));
}

/** Advances in pieces: FakeClock bounds the call-backs of one. */
function pass(bench: Bench, ms: number): void {
	for (let left = ms; left > 0; left -= 100 * dayMs) bench.clock.advance(Math.min(left, 100 * dayMs));
}

test("spec section 2, time of day: 03:00 and 300 s, once a day for a year, always within the window", () => {
	const bench = new Bench(newYearMs, seeded(1));
	bench.daily.set(three);
	pass(bench, 365 * dayMs);
	assert.equal(bench.fired.length, 365);
	const delays = bench.fired.map((utc, day) => utc - (newYearMs + day * dayMs + 3 * hourMs));
	assert.ok(delays.every((ms) => ms >= 0 && ms < 300_000));
	assert.ok(new Set(delays).size > 300, "each day another moment");
});

test("spec section 2, time of day: in every time zone of NTPServerUTCOffset, a month each", () => {
	for (let offset = -43_200; offset <= 43_200; offset += 1800) {
		const bench = new Bench(newYearMs + 17 * minuteMs, seeded(offset));
		bench.daily.set({ ...three, offsetMs: offset * 1000 });
		pass(bench, 31 * dayMs);
		assert.equal(bench.fired.length, 31, `${offset} s`);
		for (const utc of bench.fired) {
			const local = (utc + offset * 1000) % dayMs;
			assert.ok(local >= 3 * hourMs && local < 3 * hourMs + 300_000, `${offset} s`);
		}
	}
});

test("every minute of the day has its update, without a window to the millisecond", () => {
	for (let minute = 0; minute < 1440; minute += 7) {
		const bench = new Bench(newYearMs + 17 * minuteMs + 23);
		bench.daily.set({ minute, windowMs: 0, offsetMs: 0 });
		bench.clock.advance(2 * dayMs);
		assert.deepEqual(
			bench.fired.map((utc) => utc % dayMs),
			[minute * minuteMs, minute * minuteMs],
		);
	}
});

test("a window of a day reaches into the next day, and there is still one update for each", () => {
	const bench = new Bench(newYearMs, seeded(3));
	bench.daily.set({ minute: 1439, windowMs: dayMs, offsetMs: 0 });
	pass(bench, 100 * dayMs);
	assert.ok(bench.fired.length >= 97 && bench.fired.length <= 100, String(bench.fired.length));
});

test("without a clock nothing comes; a clock that comes arms it", () => {
	const bench = new Bench(undefined);
	bench.daily.set(three);
	bench.clock.advance(30 * dayMs);
	assert.deepEqual([bench.fired.length, bench.daily.leftMs], [0, undefined]);
	bench.set(newYearMs + 2 * hourMs);
	bench.clock.advance(dayMs);
	assert.deepEqual(bench.times, ["01-01T03:02:30"]);
});

test("set forward over the moment by an hour: the update follows within a window of its own", () => {
	const bench = new Bench(newYearMs, seeded(7));
	bench.daily.set(three);
	bench.clock.advance(2 * hourMs + 50 * minuteMs);
	bench.set(newYearMs + 4 * hourMs);
	bench.clock.advance(7 * minuteMs);
	assert.equal(bench.fired.length, 1);
	bench.clock.advance(20 * hourMs - 7 * minuteMs);
	assert.equal(bench.fired.length, 1);
	bench.clock.advance(4 * hourMs);
	assert.equal(bench.fired.length, 2);
	assert.match(bench.times[1], /^01-02T03:0[0-4]/);
});

test("set forward by months, as when the first clock was wrong: the next day's update comes, none at once", () => {
	const bench = new Bench(newYearMs);
	bench.daily.set(three);
	bench.clock.advance(hourMs);
	bench.set(Date.UTC(2026, 5, 1, 12));
	bench.clock.advance(14 * hourMs);
	assert.deepEqual(bench.times, []);
	bench.clock.advance(2 * hourMs);
	assert.deepEqual(bench.times, ["06-02T03:02:30"]);
});

test("set back after the update: not twice on one day", () => {
	const bench = new Bench(newYearMs);
	bench.daily.set(three);
	bench.clock.advance(3 * hourMs + 10 * minuteMs);
	bench.set(newYearMs + 2 * hourMs);
	bench.clock.advance(20 * hourMs);
	assert.deepEqual(bench.times, ["01-01T03:02:30"]);
	bench.clock.advance(10 * hourMs);
	assert.deepEqual(bench.times, ["01-01T03:02:30", "01-02T03:02:30"]);
});

test("set back within the window: once, at the moment that was drawn", () => {
	const bench = new Bench(newYearMs);
	bench.daily.set(three);
	bench.clock.advance(3 * hourMs + minuteMs);
	bench.set(newYearMs + 2 * hourMs + 59 * minuteMs);
	bench.clock.advance(2 * hourMs);
	assert.deepEqual(bench.times, ["01-01T03:02:30"]);
});

test("set back by years, as when a time server was wrong: days count anew", () => {
	const bench = new Bench(Date.UTC(2031, 0, 1));
	bench.daily.set(three);
	bench.clock.advance(4 * hourMs);
	bench.set(newYearMs);
	bench.clock.advance(2 * dayMs);
	assert.deepEqual(bench.times, ["01-01T03:02:30", "01-01T03:02:30", "01-02T03:02:30"]);
});

test("a clock that is stepped every hour for a year: never twice on a day, never out of the window by more than it", () => {
	const seed = 5;
	const random = new Random(seed);
	const bench = new Bench(newYearMs, seeded(seed));
	bench.daily.set(three);
	let drift = 0;
	for (let hour = 0; hour < 365 * 24; hour++) {
		bench.clock.advance(hourMs);
		const step = random.below(40) * minuteMs - 20 * minuteMs;
		if (Math.abs(drift + step) > 12 * hourMs) continue;
		drift += step;
		bench.set((bench.utc ?? 0) + step);
	}
	const days = bench.fired.map((utc) => Math.floor((utc - 3 * hourMs) / dayMs));
	assert.equal(new Set(days).size, days.length, `seed ${seed}: twice on a day`);
	assert.ok(bench.fired.length >= 363, `seed ${seed}: ${bench.fired.length} updates`);
	const late = bench.fired.map((utc) => (utc - 3 * hourMs) % dayMs);
	assert.ok(
		late.every((ms) => ms < 300_000 + 20 * minuteMs + 300_000 + 3 * minuteMs),
		`seed ${seed}`,
	);
});

test("another time, window or zone plans anew; the same goes on", () => {
	const bench = new Bench(newYearMs);
	bench.daily.set(three);
	const before = bench.daily.leftMs;
	bench.daily.set({ ...three });
	assert.equal(bench.daily.leftMs, before);
	bench.daily.set({ ...three, minute: 240 });
	assert.equal(bench.daily.leftMs, 4 * hourMs + 150_000);
	bench.daily.set({ ...three, offsetMs: 2 * hourMs });
	assert.equal(bench.daily.leftMs, hourMs + 150_000);
	bench.daily.set(undefined);
	bench.clock.advance(2 * dayMs);
	assert.deepEqual([bench.fired.length, bench.clock.pending], [0, 0]);
});

/** Counts of ten thousand moments in equal parts of a window, and how far they are from even (chi-square, 29 degrees of freedom). */
function spread(moments: number[], windowMs: number): { chiSquare: number; mean: number; busiest: number } {
	const parts = new Array<number>(30).fill(0);
	const seconds = new Map<number, number>();
	for (const ms of moments) {
		parts[Math.floor((ms / windowMs) * parts.length)]++;
		const second = Math.floor(ms / 1000);
		seconds.set(second, (seconds.get(second) ?? 0) + 1);
	}
	const even = moments.length / parts.length;
	const chiSquare = parts.reduce((sum, count) => sum + (count - even) ** 2 / even, 0);
	const mean = moments.reduce((sum, ms) => sum + ms, 0) / moments.length / windowMs;
	return { chiSquare, mean, busiest: Math.max(...seconds.values()) };
}

/** 99.9 % of even spreads are below this (chi-square distribution, 29 degrees of freedom). */
const highestChiSquare = 58.3;

test("ten thousand gateways at 18:00 with 300 s are spread evenly: seed 2026", () => {
	const chance = seeded(2026);
	const moments: number[] = [];
	for (let gateway = 0; gateway < 10_000; gateway++) {
		const bench = new Bench(newYearMs + 17.9 * hourMs, chance);
		bench.daily.set({ minute: 18 * 60, windowMs: 300_000, offsetMs: 0 });
		bench.clock.advance(hourMs);
		assert.equal(bench.fired.length, 1);
		moments.push(bench.fired[0] - (newYearMs + 18 * hourMs));
	}
	const { chiSquare, mean, busiest } = spread(moments, 300_000);
	assert.ok(chiSquare < highestChiSquare, `chi-square ${chiSquare}`);
	assert.ok(Math.abs(mean - 0.5) < 0.01, `mean ${mean}`);
	assert.ok(busiest <= 65, `${busiest} in one second, 33 on the average`);
});

test("ten thousand gateways after a power cut are spread evenly over AutoUpdateStartupRandomTime: seed 2027", () => {
	const chance = seeded(2027);
	const moments = Array.from({ length: 10_000 }, () => startDelayMs(30_000, chance()));
	const { chiSquare, mean, busiest } = spread(moments, 30_000);
	assert.ok(chiSquare < highestChiSquare, `chi-square ${chiSquare}`);
	assert.ok(Math.abs(mean - 0.5) < 0.01, `mean ${mean}`);
	assert.ok(busiest <= 420, `${busiest} in one second, 333 on the average`);
	assert.ok(moments.every((ms) => ms >= 0 && ms < 30_000));
});
