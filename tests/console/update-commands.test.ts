// SPDX-License-Identifier: Apache-2.0
//
// The operator's commands for updates, typed as at a console.

import assert from "node:assert/strict";
import test from "node:test";
import { type Command, findCommand } from "../../modules/console/commands.js";
import { updateCommands } from "../../modules/console/update-commands.js";
import { UpdateError } from "../../modules/update/error.js";
import type { UpdateStatus } from "../../modules/update/status.js";

const status: UpdateStatus = {
	...{ phase: "idle", causes: [], file: undefined, done: 0, total: undefined, queued: false, trial: false },
	crashes: 0,
	...{ last: undefined, next: 61_000, notes: ["maintenance hold: nothing lies ready yet"] },
};

function make() {
	const done: string[] = [];
	const note = (name: string) => (): void => {
		done.push(name);
	};
	const update = { status: () => status, cancel: note("cancel"), hold: note("hold"), release: note("release") };
	const clock = { now: () => undefined, source: "none", set: () => undefined, ticks: () => 1000 } as const;
	const run: Command = { words: "update", usage: "", help: "", run: () => ["update requested"] };
	return { done, update, commands: [run, ...updateCommands({ update, board: { clock } })] };
}

function type(commands: Command[], line: string): string[] {
	const output = findCommand(commands, line)?.command.run([]);
	assert.ok(output !== undefined && Symbol.iterator in output);
	return [...output];
}

test("update cancel, hold and release do what they say; update alone still asks for a run", () => {
	const { commands, done } = make();
	assert.deepEqual(type(commands, "update"), ["update requested"]);
	assert.deepEqual(type(commands, "update cancel"), ["the update stops"]);
	assert.deepEqual(type(commands, "update hold"), ["updates are downloaded and wait for: update release"]);
	assert.deepEqual(type(commands, "upd rel"), ["released"]);
	assert.deepEqual(done, ["cancel", "hold", "release"]);
});

test("update status tells phase, next run and what an operator should know", () => {
	assert.deepEqual(type(make().commands, "update status"), [
		"state         idle",
		"last result   none since start",
		"next          in 60 s",
		"note          maintenance hold: nothing lies ready yet",
	]);
});

test("what the updater refuses is told in its words", () => {
	const { commands, update } = make();
	update.cancel = () => {
		throw new UpdateError("UPDATE_NO_RUN", "no update is under way");
	};
	assert.throws(() => type(commands, "update cancel"), { code: "CONSOLE_REFUSED", message: "no update is under way" });
});
