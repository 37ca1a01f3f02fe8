// SPDX-License-Identifier: Apache-2.0
//
// What an operator may do to updates beside asking for one: `update status`, `update cancel`, `update hold`, `update release`.

import type { Board } from "../ecma419/board.js";
import type { UpdateStatus } from "../update/status.js";
import { commandTable, placed } from "./command-table.js";
import type { Command } from "./commands.js";
import { CommandError } from "./error.js";
import { showUpdate } from "./gateway-commands.js";

export interface UpdatePorts {
	/** The updater; its throws are for people. */
	update: {
		status(): UpdateStatus;
		cancel(): void;
		hold(): void;
		release(): void;
	};
	board: Pick<Board, "clock">;
}

/** What is refused is the operator's: shown without a stack. */
function* told(action: () => void, answer: string): Iterable<string> {
	try {
		action();
	} catch (error) {
		throw new CommandError("CONSOLE_REFUSED", error instanceof Error ? error.message : "refused");
	}
	yield answer;
}

const table = commandTable<UpdatePorts>(
	{
		words: "update status",
		usage: "",
		help: "the same as show update",
		run: ({ update, board }) => showUpdate(update.status(), board),
	},
	{
		words: "update cancel",
		usage: "",
		help: "stop the update that runs; the next one goes on",
		run: ({ update }) => told(() => update.cancel(), "the update stops"),
	},
	{
		words: "update hold",
		usage: "",
		help: "download updates, but install none until release",
		run: ({ update }) => told(() => update.hold(), "updates are downloaded and wait for: update release"),
	},
	{
		words: "update release",
		usage: "",
		help: "install what was downloaded, end the hold",
		run: ({ update }) => told(() => update.release(), "released"),
	},
);

export function updateCommands(ports: UpdatePorts): Iterable<Command> {
	return placed(table, ports);
}
