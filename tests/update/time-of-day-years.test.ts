// SPDX-License-Identifier: Apache-2.0
//
// The update at a time of day over years of virtual time: time zones, a clock that steps all the time, and the spread of ten thousand
// gateways.
// node-only: millions of looks at the clock take minutes on an interpreter

import assert from "node:assert/strict";
import test from "node:test";
import { startDelayMs } from "../../modules/update/start-up.js";
import { Random } from "../harness/random.js";
import { Bench, dayMs, hourMs, minuteMs, newYearMs, pass, seeded, three } from "./daily-bench.js";

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
