// SPDX-License-Identifier: Apache-2.0
//
// The update at a time of day: clocks that come late, that step and that jump. Years of it: time-of-day-years.test.ts.

import assert from "node:assert/strict";
import test from "node:test";
import { Bench, dayMs, hourMs, minuteMs, newYearMs, pass, seeded, three } from "./daily-bench.js";

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
