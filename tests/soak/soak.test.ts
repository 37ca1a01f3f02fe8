// SPDX-License-Identifier: Apache-2.0
//
// A short soak: rounds of updates with a fault in most, one gateway after the other in one machine, in virtual time. The long one:
// `npm run bench -- soak`.
// node-only: builds and runs a program

import assert from "node:assert/strict";
import test from "node:test";
import { memoryOf, problemsOf, trendOf, wearOf } from "./judge.js";
import { type Round, runSoak } from "./soak.js";

const rounds = 160;
const seed = 20261124;
let soaked: Promise<Round[]> | undefined;

function soak(): Promise<Round[]> {
	return (soaked ??= runSoak({ rounds, seed, stretch: 6, quietMs: 0 }));
}

test("rounds of updates with faults leave neither memory nor handles, and the flash wears as predicted", async (t) => {
	const all = await soak();
	assert.equal(all.length, rounds);
	assert.deepEqual(problemsOf(all), []);
	const { days, boots, cuts } = all[rounds - 1];
	t.diagnostic(`seed ${seed}: ${days.toFixed(1)} days, ${boots} starts, ${cuts} power cuts`);
});

test("the rounds were what they should be: updates, refusals, ways back, listeners that answer", async () => {
	const all = await soak();
	const verdicts = new Set(all.flatMap((round) => round.verdicts));
	for (const verdict of ["nothing-new", "updated", "updated-in-part", "failed", "confirmed", "rolled-back"])
		assert.ok(verdicts.has(verdict), verdict);
	const last = all[rounds - 1];
	assert.ok(new Set(all.map(({ fault }) => fault)).size > 20, "faults");
	assert.ok(new Set(all.flatMap(({ codes }) => codes)).size > 20, "codes");
	assert.ok(last.boots > rounds / 10 && last.cuts > 0);
	assert.ok(
		last.visits.sip > 0 && last.visits.snmp >= rounds && last.visits.web >= rounds,
		JSON.stringify(last.visits),
	);
	assert.notEqual(last.version, all[0].version);
	assert.notEqual(last.hostName, all[0].hostName);
});

test("the judge sees what grows, what is left open, and wear that was not predicted", async () => {
	const all = await soak();
	const spoiled = (change: (round: Round, index: number) => Partial<Round>): string =>
		problemsOf(all.map((round, index) => ({ ...round, ...change(round, index) }))).join("; ");
	const more = (bytes: number) =>
		spoiled(({ memory }, index) => ({ memory: { ...memory, heap: memory.heap + bytes * index } }));
	assert.equal(more(0), "");
	assert.match(more(16), /heap: at least/);
	assert.match(
		spoiled(({ held }, index) => ({ held: { ...held, timer: held.timer + (index === 99 ? 3 : 0) } })),
		/round 99: holds/,
	);
	assert.match(
		spoiled(({ descriptors }, index) => ({ descriptors: descriptors + (index > 100 ? 1 : 0) })),
		/descriptors/,
	);
	assert.match(
		spoiled(({ wear }, index) => ({ wear: { ...wear, otadata: wear.otadata + index } })),
		/wear, boot choice/,
	);
	assert.equal(wearOf(all).length, 5);
	assert.ok(memoryOf(all, "slots").least > 0);
});

test("a trend is the line of least squares", () => {
	const { slope, error, leastFirst, leastLast } = trendOf(Array.from({ length: 50 }, (_, i) => 7 + 3 * i));
	assert.ok(Math.abs(slope - 3) < 1e-9 && error < 1e-9);
	assert.equal(leastFirst, 7);
	assert.equal(leastLast, 7 + 3 * 40);
});
