// SPDX-License-Identifier: Apache-2.0
//
// Power cuts at every flash operation of the scenario, in every mode, then again in the recovery (Node only; the long form):
//   npm run test:powercut -- [cuts] [seed]     at least so many cuts, 100000 by default
//   npm run test:powercut -- --case ID         one case alone
// Prints what was tried, survived and lost by step, also when it is ended before (SIGINT, SIGTERM); ends with status 1 when anything
// was lost.

import { parseArgs } from "node:util";
import { type Beginning, type Case, nameCase, parseCase, rehearse, runCase } from "./cases.js";
import { everyCut, severalCuts } from "./plan.js";

interface Tally {
	cases: number;
	cuts: number;
	lost: number;
}

const maxShown = 20;

function* all(beginnings: readonly Beginning[], seed: number): Generator<Case> {
	yield* everyCut(beginnings, seed);
	yield* severalCuts(beginnings, seed);
}

async function survive(found: Case, beginnings: readonly Beginning[], tally: Tally, shown: string[]): Promise<void> {
	tally.cases++;
	try {
		tally.cuts += await runCase(found, beginnings);
	} catch (error) {
		tally.lost++;
		const reason = error instanceof Error ? error.message.split("\n").slice(0, 8).join(" ") : String(error);
		if (shown.length < maxShown) shown.push(`${nameCase(found)}  ${reason}`);
	}
}

async function main(): Promise<void> {
	const { values, positionals } = parseArgs({ options: { case: { type: "string" } }, allowPositionals: true });
	const beginnings = await rehearse();
	if (values.case !== undefined) {
		console.log(`${await runCase(parseCase(values.case), beginnings)} cuts survived`);
		return;
	}
	const wanted = Number(positionals[0] ?? 100_000);
	const seed = Number(positionals[1] ?? 1);
	const tallies = beginnings.map((): Tally => ({ cases: 0, cuts: 0, lost: 0 }));
	const shown: string[] = [];
	let cuts = 0;
	let isEnded = false;
	for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => (isEnded = true));
	for (const found of all(beginnings, seed)) {
		const tally = tallies[found.step];
		const before = tally.cuts;
		await survive(found, beginnings, tally, shown);
		cuts += tally.cuts - before;
		await new Promise((resolve) => setImmediate(resolve)); // signals come in between
		if (isEnded || cuts >= wanted || tallies.some(({ lost }) => lost > 1000)) break;
	}
	for (const line of shown) console.log(`lost ${line}`);
	console.log(`seed ${seed}`);
	for (const [step, { cases, cuts: done, lost }] of tallies.entries()) {
		const {
			step: { name },
			operations,
		} = beginnings[step];
		const survived = `${cases - lost} survived (${done} cuts), ${lost} lost`;
		console.log(`${name}: ${operations} operations, ${cases} cases tried, ${survived}`);
	}
	const tried = tallies.reduce((sum, tally) => sum + tally.cases, 0);
	const lost = tallies.reduce((sum, tally) => sum + tally.lost, 0);
	console.log(`${tried} cases tried, ${tried - lost} survived (${cuts} cuts), ${lost} lost`);
	process.exitCode = lost === 0 ? 0 : 1;
}

await main();
