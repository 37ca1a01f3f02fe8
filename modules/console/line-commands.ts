// SPDX-License-Identifier: Apache-2.0
//
// The commands `show lines` and `debug lines`: calls of the stand-in for the voice part, so that it can be seen how an update
// waits for them.

import { commandTable, placed } from "./command-table.js";
import type { Command } from "./commands.js";
import { CommandError } from "./error.js";

export interface LinePorts {
	/** Lines in a call. */
	readonly busy: number;
	readonly locked: boolean;
	/** @returns whether it was taken: while locked calls only end */
	set(count: number): boolean;
}

/** More lines than any gateway of this kind has. */
const mostLines = 1000;

function* show({ busy, locked }: LinePorts): Iterable<string> {
	yield `in a call   ${busy}`;
	yield `new calls   ${locked ? "refused: a restart or new settings wait for the calls to end" : "taken"}`;
}

function* set(lines: LinePorts, text: string): Iterable<string> {
	const count = /^[0-9]{1,4}$/.test(text) ? Number(text) : mostLines + 1;
	if (count > mostLines)
		throw new CommandError("CONSOLE_REFUSED", `a number of lines from 0 to ${mostLines} is wanted`);
	if (!lines.set(count)) throw new CommandError("CONSOLE_REFUSED", "new calls are refused now");
	yield* show(lines);
}

const table = commandTable<LinePorts>(
	{ words: "show lines", usage: "", help: "calls, and whether new ones are taken", run: show },
	{
		words: "debug lines",
		usage: "COUNT",
		help: "so many lines are in a call (there is no voice part)",
		run: (lines, [count]) => set(lines, count),
	},
);

export function lineCommands(lines: LinePorts): Iterable<Command> {
	return placed(table, lines);
}
