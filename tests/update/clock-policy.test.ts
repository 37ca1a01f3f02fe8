// SPDX-License-Identifier: Apache-2.0
//
// What sets the clock and its floor, and how far a server's date is believed.

import assert from "node:assert/strict";
import test from "node:test";
import type { Clock, ClockSource } from "../../modules/ecma419/board.js";
import { ClockPolicy } from "../../modules/update/clock-policy.js";
import { TestStore } from "./partitions.js";

function makeClock(source: ClockSource, ms: number): Clock & { source: ClockSource } {
	const clock = {
		source,
		now: () => (clock.source === "none" ? undefined : ms),
		set: (to: number, from: ClockSource) => {
			ms = to;
			clock.source = from;
		},
		ticks: () => 0,
	};
	return clock;
}

test("ClockPolicy starts at the later of build time and stored time", () => {
	const store = new TestStore();
	const first = makeClock("none", 0);
	const policy = new ClockPolicy({ clock: first, store, builtMs: 1000000 });
	policy.start();
	assert.deepEqual([first.now(), first.source], [1000000, "floor"]);
	first.set(2000000, "sntp");
	store.commit(policy.floorChange());
	assert.deepEqual(policy.floorChange(), []);
	const second = makeClock("none", 0);
	new ClockPolicy({ clock: second, store, builtMs: 1000000 }).start();
	assert.equal(second.now(), 2000000);
});

test("ClockPolicy leaves a clock that the host has set", () => {
	const clock = makeClock("host", 500);
	const policy = new ClockPolicy({ clock, store: new TestStore(), builtMs: 1000000 });
	policy.start();
	policy.observe(3000000);
	assert.deepEqual([clock.now(), clock.source], [500, "host"]);
});

test("ClockPolicy takes no date before the floor or after 2099, and the first good one only", () => {
	const clock = makeClock("none", 0);
	const policy = new ClockPolicy({ clock, store: new TestStore(), builtMs: 1000000 });
	policy.start();
	policy.observe(999999);
	policy.observe(4102444800001);
	policy.observe(undefined);
	assert.equal(clock.source, "floor");
	policy.observe(3000000);
	policy.observe(4000000);
	assert.deepEqual([clock.now(), clock.source], [3000000, "http"]);
});

test("ClockPolicy believes a date as far as the server's certificates go, without them 400 days from the floor on", () => {
	const day = 86_400_000;
	for (const [ahead, until, source] of [
		[100, 100, "http"],
		[101, 100, "floor"],
		[3000, 3650, "http"],
		[3651, 3650, "floor"],
		[400, undefined, "http"],
		[401, undefined, "floor"],
	] as const) {
		const clock = makeClock("none", 0);
		const store = new TestStore();
		const policy = new ClockPolicy({ clock, store, builtMs: day });
		policy.start();
		policy.observe(day + ahead * day, until === undefined ? undefined : day + until * day);
		assert.equal(clock.source, source, `${ahead} of ${until}`);
		store.commit(policy.floorChange());
		const next = makeClock("none", 0);
		new ClockPolicy({ clock: next, store, builtMs: day }).start();
		assert.equal(next.now(), source === "http" ? day + ahead * day : day);
	}
});
