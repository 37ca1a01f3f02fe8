// SPDX-License-Identifier: Apache-2.0
// node-only: the scenario runs thousands of gateways; its modules' own tests run under XS
//
// A fixed sample of the power cuts of powercut.ts, and what must be true of the scenario for them to prove anything.

import assert from "node:assert/strict";
import test from "node:test";
import { CUT_MODES } from "../fakes/flash.js";
import { type Beginning, type Case, nameCase, parseCase, rehearse, runCase } from "./cases.js";
import { everyCut, severalCuts } from "./plan.js";
import { steps } from "./scenario.js";

const seed = 20261122;
/** Coprime to the number of modes, so that every mode comes up all over a step. */
const stride = 5;
const severalCases = 400;

let rehearsed: Promise<Beginning[]> | undefined;

function beginnings(): Promise<Beginning[]> {
	return (rehearsed ??= rehearse());
}

async function survive(cases: Iterable<Case>): Promise<{ cases: number; cuts: number }> {
	const tally = { cases: 0, cuts: 0 };
	const known = await beginnings();
	for (const found of cases) {
		try {
			tally.cuts += await runCase(found, known);
		} catch (cause) {
			throw new Error(`lost; to run it alone: npm run test:powercut -- --case ${nameCase(found)}`, { cause });
		}
		tally.cases++;
	}
	return tally;
}

test("the scenario comes to its ends without a cut, and writes in every step but the one with nothing new", async () => {
	for (const { step, operations } of await beginnings()) {
		assert.equal(operations === 0, step.name === "nothing new", `${step.name}: ${operations} flash operations`);
	}
	assert.equal((await beginnings()).length, steps.length);
});

test("a power cut at flash operations of every step, in every mode, loses nothing", async (t) => {
	const tally = await survive(everyCut(await beginnings(), seed, stride));
	assert.equal(tally.cuts, tally.cases, "each cut has come to pass");
	assert.ok(tally.cases > 1000);
	t.diagnostic(`${tally.cuts} cuts, seed ${seed}`);
});

test("cuts in the recovery from a cut lose nothing", async (t) => {
	const source = severalCuts(await beginnings(), seed);
	const cases = Array.from({ length: severalCases }, () => source.next().value as Case);
	const tally = await survive(cases);
	assert.ok(tally.cuts > severalCases, `${tally.cuts} cuts`);
	t.diagnostic(`${tally.cuts} cuts in ${tally.cases} cases, seed ${seed}`);
});

test("a case has an id that gives it back", () => {
	const found: Case = {
		step: 3,
		cuts: CUT_MODES.map((mode, operation) => ({ operation, mode })),
		seed: 77,
	};
	assert.deepEqual(parseCase(nameCase(found)), found);
	assert.throws(() => parseCase("3:1:sideways:7"), /no mode sideways/);
});

test("the checks see a mixture: settings of one generation under firmware of another", async () => {
	const [first] = await beginnings();
	const spoiled = { ...first, step: { ...first.step, end: first.before } };
	await assert.rejects(runCase({ step: 0, cuts: [], seed }, [spoiled]), /first ini/);
});
