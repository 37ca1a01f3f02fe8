// SPDX-License-Identifier: Apache-2.0
//
// The soak of a real gateway: what came of the rounds, how long they took, what the processes hold, and wear beside its prediction.

import { growthInLife, realProblems, series, wearOf } from "../../tests/soak/real/judge.js";
import type { RealRound } from "../../tests/soak/real/round.js";
import { runReal } from "../../tests/soak/real/rounds.js";
import { trendOf } from "../../tests/soak/judge.js";
import { median } from "../lib/measure.js";
import { cells, loadRounds, printErases, printProblems, recorded } from "./report.js";

function printRounds(rounds: readonly RealRound[], key: "mishap" | "offer" | "trigger"): void {
	const widths = [18, 8, 18, 12, 12];
	console.log(`\n${cells([key, "  rounds", "  mishap happened", "  median, ms", "    most, ms"], widths)}`);
	for (const name of [...new Set(rounds.map((round) => round[key]))].sort()) {
		const group = rounds.filter((round) => round[key] === name);
		const ms = group.map((round) => round.ms);
		const happened = group.filter((round) => round.happened).length;
		const row = [name ?? "none", ms.length, happened, Math.round(median(ms)), Math.round(Math.max(...ms))];
		console.log(cells(row, widths));
	}
}

function printMemory(rounds: readonly RealRound[]): void {
	const widths = [14, 12, 12, 12, 20, 26];
	console.log(`\nbytes, at rest; of the first and the last fifth of the rounds`);
	console.log(
		cells(["", "       most", " least first", "  least last", "slope, per round", "more at the end of a life"], widths),
	);
	for (const each of series) {
		const { most, leastFirst, leastLast, slope, error } = trendOf(rounds.map(each.of));
		const life = growthInLife(rounds, each);
		const inLife = life === undefined ? "" : `${life.bytes}, mean of ${life.lives} lives`;
		console.log(
			cells([each.name, most, leastFirst, leastLast, `${slope.toFixed(1)} +- ${error.toFixed(1)}`, inLife], widths),
		);
	}
	const { gateway, chip } = rounds[rounds.length - 1];
	console.log(`descriptors: gateway ${gateway.descriptors}, loader and supervisor ${chip.descriptors}`);
}

function printWear(rounds: readonly RealRound[]): void {
	printErases(wearOf(rounds));
	const { erases, store } = rounds[rounds.length - 1];
	console.log(
		`blocks of the store: ${erases.least} to ${erases.most} erases each; ${store.live} bytes live, ${store.free} free`,
	);
}

function report(rounds: readonly RealRound[], seed: number): boolean {
	const [last] = rounds.slice(-1);
	const seconds = rounds.reduce((sum, { ms }) => sum + ms, 0) / 1000;
	const installed = rounds.filter(({ imageErases }) => imageErases >= 0).length;
	console.log(
		`seed ${seed}: ${rounds.length} rounds in ${seconds.toFixed(0)} s, ${(seconds / rounds.length).toFixed(2)} s each; ` +
			`${last.boots} starts, ${installed} times new firmware`,
	);
	for (const key of ["mishap", "offer", "trigger"] as const) printRounds(rounds, key);
	printMemory(rounds);
	printWear(rounds);
	return printProblems(realProblems(rounds));
}

/** @param from rounds that were saved, instead of new ones @returns whether all is well */
export async function soakReal(options: {
	rounds: number;
	seed: number;
	save?: string;
	from?: string;
}): Promise<boolean> {
	const { rounds, seed, save, from } = options;
	const all =
		from === undefined
			? await recorded<RealRound>((onRound) => runReal({ rounds, seed, onRound }), 50, save)
			: loadRounds<RealRound>(from);
	return report(all, seed);
}
