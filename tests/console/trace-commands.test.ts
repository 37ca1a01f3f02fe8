// SPDX-License-Identifier: Apache-2.0
//
// `show update history` and `show update NUMBER`, typed at a console.

import assert from "node:assert/strict";
import test from "node:test";
import type { Command } from "../../modules/console/commands.js";
import { showAttempt, traceCommands } from "../../modules/console/trace-commands.js";
import { TraceRing } from "../../modules/trace/ring.js";
import { failed, nothingNew, updated } from "../trace/support.js";
import { TestStore } from "../update/partitions.js";
import { Terminal } from "./terminal.js";

function terminalOf(ring: TraceRing): (line: string) => string[] {
	const show: Command = {
		words: "show update",
		usage: "[NUMBER]",
		help: "the present state",
		run: ([number]) => (number === undefined ? ["idle"] : showAttempt(ring, number)),
	};
	const terminal = new Terminal({ columns: 200, commands: [show, ...traceCommands(ring)] });
	return (line) => {
		const before = terminal.lines.length;
		terminal.type(`${line}\r`);
		return terminal.lines.slice(Math.max(before, 1), -1);
	};
}

test("an empty history says so", () => {
	const type = terminalOf(new TraceRing({ store: new TestStore() }));
	assert.deepEqual(type("show update history"), ["no attempt is known"]);
});

test("the history has one line an attempt, and each can be looked at", () => {
	const ring = new TraceRing({ store: new TestStore() });
	ring.add({ ...failed(0), after: "power-on" });
	ring.add(updated(1));
	ring.endTrial({
		result: "confirmed",
		reason: "the provisioning server was reached",
		time: "2025-06-01T12:02:00.000Z",
	});
	ring.add(nothingNew(3));
	ring.add(nothingNew(8, { requester: "serial" }));
	const type = terminalOf(ring);
	assert.deepEqual(type("show update"), ["idle"]);
	assert.deepEqual(type("show update history"), [
		"   no  time                  cause       verdict      files",
		"    1  2025-06-01 12:00:00Z  interval    failed       ini HTTP_CONNECT",
		"    2  2025-06-01 12:01:00Z  interval    updated      cmp installed, confirmed",
		"    3  2025-06-01 12:08:00Z  interval    nothing-new  ini not-modified (2 times)",
		"show update NUMBER tells all about one of them",
	]);
	assert.deepEqual(type("show update 2"), [
		"attempt       2",
		"began         2025-06-01 12:01:00Z",
		"cause         interval",
		"file          cmp installed: version 2.0 checked",
		"              http://server/f.cmp",
		"              status 200; 1000000 bytes in 9000 ms",
		"flash         1000000 bytes, 245 blocks erased, 8000 ms",
		"phases        ini 21 ms, verdict 22 ms",
		"verdict       updated (version 2.0)",
		"trial         confirmed 2025-06-01 12:02:00Z: the provisioning server was reached",
		"next          300 s after the verdict",
	]);
	assert.deepEqual(type("show update 3").slice(0, 3), [
		"attempt       3, 2 equal ones since 2025-06-01 12:03:00Z; the last:",
		"began         2025-06-01 12:08:00Z",
		"cause         interval by serial",
	]);
	assert.match(type("show update 1")[1], /after power-on$/);
});

test("a number that is not known, and words that are none", () => {
	const type = terminalOf(new TraceRing({ store: new TestStore() }));
	for (const word of ["1", "0", "x", "-1", "99999999999"])
		assert.match(type(`show update ${word}`).at(-1) ?? "", /no attempt of this number/);
	assert.match(type("show update 1 2").at(-1) ?? "", /wanted: show update \[NUMBER\]/);
	assert.deepEqual(type("show update hist"), ["no attempt is known"]);
});
