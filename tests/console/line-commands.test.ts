// SPDX-License-Identifier: Apache-2.0
//
// The commands of the stand-in for the voice part: calls by hand, refused while locked.

import assert from "node:assert/strict";
import test from "node:test";
import { findCommand } from "../../modules/console/commands.js";
import { lineCommands } from "../../modules/console/line-commands.js";
import { LineStandIn } from "../../modules/update/line-state.js";

function type(lines: LineStandIn, line: string): string[] {
	const { command, values } = findCommand(lineCommands(lines), line) ?? {};
	const answer = command?.run(values ?? []) ?? [];
	return Symbol.iterator in answer ? [...answer] : [];
}

test("debug lines puts lines in a call, and show lines tells them", () => {
	const lines = new LineStandIn();
	assert.match(type(lines, "debug lines 3")[0], /in a call +3/);
	assert.equal(lines.busy, 3);
	lines.lock();
	assert.match(type(lines, "show lines")[1], /refused/);
	assert.throws(() => type(lines, "debug lines 4"), { code: "CONSOLE_REFUSED" });
	type(lines, "debug lines 0");
	assert.equal(lines.busy, 0);
});

test("debug lines refuses what is no number of lines", () => {
	for (const text of ["-1", "x", "1001", "99999"])
		assert.throws(() => type(new LineStandIn(), `debug lines ${text}`), { code: "CONSOLE_REFUSED" });
});
