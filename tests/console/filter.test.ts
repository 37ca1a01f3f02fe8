// SPDX-License-Identifier: Apache-2.0
//
// `COMMAND | include TEXT` and its like.

import assert from "node:assert/strict";
import test from "node:test";
import { splitFilter } from "../../modules/console/filter.js";

const lines = ["IniFileURL one", "HostName two", "CmpFileURL three"];

function filtered(line: string): string[] {
	return [...splitFilter(line).filter(lines)];
}

test("a line without a bar passes everything on", () => {
	for (const line of ["", "show settings", "set a '|'", 'set a " | "', "set a b|include", "set a '|' c"]) {
		assert.equal(splitFilter(line).line, line);
		assert.deepEqual(filtered(line), lines);
	}
});

test("include, exclude, begin and count take a text in any letter case, and may be shortened", () => {
	assert.deepEqual(filtered("show | include url"), [lines[0], lines[2]]);
	assert.deepEqual(filtered("show | i URL"), [lines[0], lines[2]]);
	assert.deepEqual(filtered("show | exclude fileurl"), [lines[1]]);
	assert.deepEqual(filtered("show | begin host"), [lines[1], lines[2]]);
	assert.deepEqual(filtered("show | count url"), ["2 lines"]);
	assert.deepEqual(filtered("show | count host"), ["1 line"]);
	assert.deepEqual(filtered("show | c"), ["3 lines"]);
	assert.deepEqual(filtered("show | include 'e two'"), [lines[1]]);
	assert.equal(splitFilter("show  settings | i x").line, "show  settings ");
});

test("what is wrong is refused at its column", () => {
	const refused = (line: string, code: string, column: number): void =>
		assert.throws(() => splitFilter(line), { name: "CommandError", code, column }, line);
	refused("show |", "CONSOLE_ARGUMENTS", 6);
	refused("show | grep x", "CONSOLE_UNKNOWN", 7);
	refused("show | include", "CONSOLE_ARGUMENTS", 14);
	refused("show | include a b", "CONSOLE_ARGUMENTS", 17);
	refused("show | include 'a", "CONSOLE_QUOTE", 15);
	refused("show | '' x", "CONSOLE_UNKNOWN", 7);
});
