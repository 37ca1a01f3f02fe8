// SPDX-License-Identifier: Apache-2.0
//
// The long soak: thousands of updates with a fault in most, in virtual time. Prints what came of which fault, how memory went, and
// wear beside its prediction; a picture of memory by rounds with `--plot FILE.svg`, all rounds with `--save FILE`.
// With `--real` the same of a real gateway and a real server, in real time (real.ts).
// Usage: npm run bench -- soak [--rounds 10000] [--seed 1] [--save FILE] [--plot FILE.svg] [--from FILE]
//        npm run bench -- soak --real [--rounds 300] [--seed 1] [--save FILE] [--from FILE]

import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { growthInLife, memoryNames, memoryOf, problemsOf, unitOf, wearOf } from "../../tests/soak/judge.js";
import { type Round, runSoak } from "../../tests/soak/soak.js";
import { plot } from "./plot.js";
import { soakReal } from "./real.js";
import { cells, loadRounds, printErases, printProblems, recorded } from "./report.js";

/** Rounds by what was wrong in them, and how often each verdict came. */
function printOutcomes(rounds: readonly Round[], key: "fault" | "mishap" | "offer" | "trigger"): void {
	const verdicts = [...new Set(rounds.flatMap((round) => round.verdicts))].sort();
	const groups = new Map<string, Round[]>();
	for (const round of rounds) {
		const name = round[key] ?? "none";
		groups.set(name, [...(groups.get(name) ?? []), round]);
	}
	const widths = [26, 7, ...verdicts.map((verdict) => verdict.length)];
	console.log(`\n${cells([key, " rounds", ...verdicts], widths)}`);
	for (const [name, group] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
		const counts = verdicts.map((verdict) => group.filter((round) => round.verdicts.includes(verdict)).length);
		console.log(cells([name, group.length, ...counts], widths));
	}
}

function printMemory(rounds: readonly Round[]): void {
	const widths = [8, 10, 10, 12, 12, 12, 12, 18];
	console.log(
		`\nbytes (of names: how many) after a collection, at rest; of the first and the last fifth of the rounds`,
	);
	console.log(
		cells(["", "least", "most", "least first", "least last", "median f.", "median l.", "slope, per round"], widths),
	);
	for (const name of memoryNames) {
		const { least, most, leastFirst, leastLast, medianFirst, medianLast, slope, error } = memoryOf(rounds, name);
		const values = [least, most, leastFirst, leastLast, medianFirst, medianLast];
		console.log(cells([name, ...values, `${slope.toFixed(4)} +- ${error.toFixed(4)}`], widths));
	}
	for (const name of memoryNames) {
		const life = growthInLife(rounds, name);
		if (life !== undefined)
			console.log(`${name}: ${life.more} ${unitOf(name)} more at the end of a life, mean of ${life.lives} lives`);
	}
	const [first, last] = [rounds[0], rounds[rounds.length - 1]];
	console.log(`resident: ${first.memory.resident} after the first round, ${last.memory.resident} after the last`);
	console.log(`descriptors: ${last.descriptors}; handles: ${JSON.stringify(last.held)}, in all rounds`);
}

function printWear(rounds: readonly Round[]): void {
	printErases(wearOf(rounds));
	const { wear, store } = rounds.filter((round) => round.store !== undefined).at(-1) ?? rounds[0];
	console.log(`blocks of the store: ${wear.least} to ${wear.most} erases each`);
	console.log(`store: ${store?.records} records, ${store?.liveBytes} bytes live, ${store?.freeBytes} free`);
}

function report(rounds: readonly Round[], seed: string): boolean {
	const { days, boots, cuts, server, visits } = rounds[rounds.length - 1];
	console.log(
		`seed ${seed}: ${rounds.length} rounds, ${days.toFixed(0)} days of virtual time, ${boots} starts, ${cuts} power cuts, ` +
			`${server.requests} requests; answers: SIP ${visits.sip}, SNMP ${visits.snmp}, web ${visits.web}`,
	);
	for (const key of ["fault", "mishap", "offer", "trigger"] as const) printOutcomes(rounds, key);
	printMemory(rounds);
	printWear(rounds);
	return printProblems(problemsOf(rounds));
}

const { values } = parseArgs({
	options: {
		rounds: { type: "string" },
		seed: { type: "string", default: "1" },
		save: { type: "string" },
		plot: { type: "string" },
		from: { type: "string" },
		real: { type: "boolean", default: false },
	},
});

async function virtual(): Promise<boolean> {
	const { rounds = "10000", seed, save, from } = values;
	const play = { rounds: Number(rounds), seed: Number(seed), quietMs: 0 };
	const all =
		from === undefined
			? await recorded<Round>((onRound) => runSoak({ ...play, onRound }), 500, save)
			: loadRounds<Round>(from);
	if (values.plot !== undefined) writeFileSync(values.plot, plot(all));
	return report(all, seed);
}

const { rounds = "300", seed, save, from } = values;
const passed = values.real
	? await soakReal({ rounds: Number(rounds), seed: Number(seed), save, from })
	: await virtual();
if (!passed) process.exitCode = 1;
