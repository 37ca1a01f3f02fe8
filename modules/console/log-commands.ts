// SPDX-License-Identifier: Apache-2.0
//
// The command `show log`: the last lines, for whoever comes later.

import type { LogRing } from "../trace/log-ring.js";
import { commandTable, placed } from "./command-table.js";
import type { Command } from "./commands.js";

type LogPort = Pick<LogRing, "after">;

function* show(log: LogPort): Iterable<string> {
	let count = 0;
	for (const { time, text } of log.after(0)) {
		yield `${time ?? "-".padEnd(24)} ${text}`;
		count++;
	}
	if (count === 0) yield "nothing has happened since start";
}

const table = commandTable<LogPort>({
	words: "show log",
	usage: "",
	help: "what happened last, since start",
	anywhere: true,
	run: show,
});

export function logCommands(log: LogPort): Iterable<Command> {
	return placed(table, log);
}
