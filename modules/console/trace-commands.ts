// SPDX-License-Identifier: Apache-2.0
//
// What became of earlier attempts of the update: `show update history`, and one of them for `show update NUMBER`.

import type { AttemptRecord } from "../trace/attempt.js";
import { attemptHead, attemptLine, attemptLines } from "../trace/attempt-text.js";
import { commandTable, placed } from "./command-table.js";
import type { Command } from "./commands.js";
import { CommandError } from "./error.js";

/** The attempts that are remembered (module `trace`, class TraceRing). */
export interface TracePort {
	/** Oldest first. */
	entries(): Iterable<AttemptRecord>;
	find(number: number): AttemptRecord | undefined;
}

function* showHistory(trace: TracePort): Iterable<string> {
	let count = 0;
	for (const entry of trace.entries()) {
		if (count++ === 0) yield attemptHead;
		yield attemptLine(entry);
	}
	yield count === 0 ? "no attempt is known" : "show update NUMBER tells all about one of them";
}

/** @throws CommandError CONSOLE_REFUSED */
export function showAttempt(trace: TracePort, number: string): Iterable<string> {
	const entry = /^[0-9]{1,9}$/.test(number) ? trace.find(Number(number)) : undefined;
	if (entry === undefined)
		throw new CommandError(
			"CONSOLE_REFUSED",
			"no attempt of this number; show update history lists those that are known",
		);
	return attemptLines(entry);
}

const table = commandTable<TracePort>({
	words: "show update history",
	usage: "",
	help: "earlier attempts, oldest first",
	run: showHistory,
});

export function traceCommands(trace: TracePort): Iterable<Command> {
	return placed(table, trace);
}
