// SPDX-License-Identifier: Apache-2.0
//
// A few rounds of a real gateway against a real nginx: loader, flash file, restarts, a killed server, cut connections, power cuts, crashes.
// The long one: `npm run bench -- soak --real`.
// node-only: builds and runs programs

import assert from "node:assert/strict";
import test from "node:test";
import { realProblems } from "./real/judge.js";
import type { RealRound } from "./real/round.js";
import { runReal } from "./real/rounds.js";

/** By which each kind of mishap comes within the first four rounds. */
const seed = 5063;
const count = 8;
let soaked: Promise<RealRound[]> | undefined;

function soak(): Promise<RealRound[]> {
	return (soaked ??= runReal({ rounds: count, seed, stretch: 5 }));
}

test("a real gateway comes right after each round, holds what it held before, and wears its flash as predicted", async (t) => {
	const rounds = await soak();
	for (const { round, offer, mishap, trigger, verdicts, ms } of rounds)
		t.diagnostic(
			`${round}: ${offer}, ${mishap ?? "no mishap"}, ${trigger}: ${verdicts.join(", ")}, ${ms.toFixed(0)} ms`,
		);
	assert.equal(rounds.length, count);
	assert.deepEqual(realProblems(rounds), []);
});

test("the rounds were what they should be: updates, refusals, mishaps", async () => {
	const rounds = await soak();
	assert.ok(
		rounds.some(({ imageErases }) => imageErases >= 0),
		"new firmware",
	);
	const happened = rounds.filter((round) => round.happened).map(({ mishap }) => mishap);
	assert.deepEqual([...new Set(happened)].sort(), ["connection cut", "crash", "power cut", "server killed"]);
	assert.ok(
		rounds.some(({ verdicts }) => verdicts.includes("failed")),
		"a refusal",
	);
	assert.notEqual(rounds[count - 1].hostName, "gw-000000");
});

test("the judge sees descriptors that are left, memory that grows, a start too many, and wear that was not predicted", async () => {
	const rounds = await soak();
	const problems = (all: RealRound[], change: (round: RealRound, index: number) => Partial<RealRound>): string =>
		realProblems(all.map((round, index) => ({ ...round, ...change(round, index) }))).join("; ");
	const spoiled = problems.bind(undefined, rounds);
	// As if the same had happened again and again.
	const many = Array.from({ length: 10 }, () => rounds).flat();
	const growing = (bytes: number): string =>
		problems(many, ({ heap }, index) => ({ heap: { ...heap, slots: heap.slots + bytes * index } }));
	assert.doesNotMatch(growing(0), /slots/);
	assert.match(growing(512), /slots: at least/);
	assert.match(
		spoiled(({ chip }, index) => ({ chip: { ...chip, descriptors: chip.descriptors + (index === 7 ? 1 : 0) } })),
		/round 7: .* descriptors/,
	);
	assert.match(
		spoiled(({ life, calm }, index) => ({ life: calm ? life + index : life })),
		/has started again/,
	);
	assert.match(
		spoiled(({ erases }, index) => ({ erases: { ...erases, slots: erases.slots + index } })),
		/wear, image/,
	);
	assert.match(
		spoiled(() => ({ problem: "name x" })),
		/round 0: name x/,
	);
});
