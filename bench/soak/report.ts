// SPDX-License-Identifier: Apache-2.0
//
// What the reports of both soaks share: columns, erases beside their prediction, the verdict, and rounds kept in a file, a line of JSON each.

import { createWriteStream, readFileSync } from "node:fs";

/** Texts to the left, numbers to the right. */
export function cells(values: readonly (string | number)[], widths: readonly number[]): string {
	return values
		.map((value, i) => (typeof value === "number" ? String(value).padStart(widths[i]) : value.padEnd(widths[i])))
		.join("  ");
}

export interface Erases {
	what: string;
	measured: number;
	predicted: readonly [least: number, most: number];
}

export function printErases(rows: readonly Erases[]): void {
	console.log(`\nerases${" ".repeat(34)}measured  predicted`);
	for (const { what, measured, predicted } of rows) {
		const [least, most] = predicted;
		console.log(cells([what, measured, least === most ? String(least) : `${least} to ${most}`], [38, 10, 20]));
	}
}

/** @returns whether there are none */
export function printProblems(problems: readonly string[]): boolean {
	const none = problems.length === 0;
	console.log(none ? "\nnothing grows, nothing is left" : `\nPROBLEMS\n${problems.slice(0, 50).join("\n")}`);
	return none;
}

interface Countable {
	round: number;
	boots: number;
}

/**
 * Plays, tells how far it is, and keeps what came.
 * @param every so many rounds a line
 * @param save file for the rounds
 */
export async function recorded<Each extends Countable>(
	play: (onRound: (round: Each) => void) => Promise<Each[]>,
	every: number,
	save: string | undefined,
): Promise<Each[]> {
	const file = save === undefined ? undefined : createWriteStream(save);
	try {
		return await play((round) => {
			file?.write(`${JSON.stringify(round)}\n`);
			if (round.round % every === every - 1) console.error(`${round.round + 1} rounds, ${round.boots} starts`);
		});
	} finally {
		file?.end();
	}
}

/** Rounds that were kept. */
export function loadRounds<Each extends Countable>(path: string): Each[] {
	const lines = readFileSync(path, "utf8").split("\n");
	return lines.filter((line) => line.startsWith('{"round":')).map((line) => JSON.parse(line) as Each);
}
