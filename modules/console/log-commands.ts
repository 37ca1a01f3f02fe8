// SPDX-License-Identifier: Apache-2.0
//
// The command `show log`: the last lines, for whoever comes later.

import type { LogRing } from "../trace/log-ring.js";
import type { Command } from "./commands.js";

function* show(log: Pick<LogRing, "after">): Iterable<string> {
	let count = 0;
	for (const { time, text } of log.after(0)) {
		yield `${time ?? "-".padEnd(24)} ${text}`;
		count++;
	}
	if (count === 0) yield "nothing has happened since start";
}

export function logCommands(log: Pick<LogRing, "after">): Command[] {
	const command = { words: "show log", usage: "", help: "what happened last, since start", run: () => show(log) };
	return [{ ...command, anywhere: true }];
}
