// SPDX-License-Identifier: Apache-2.0
//
// Tab, `?`, filters and pages, as seen on a screen.

import assert from "node:assert/strict";
import test from "node:test";
import { keys, Terminal } from "./terminal.js";

const more = "--More--  Space: page, Enter: line, q: end";

function numbers(first: number, last: number): string[] {
	return Array.from({ length: last - first + 1 }, (_, i) => `line ${first + i}`);
}

test("Tab completes a word that is the only one, and goes as far as all that are possible", () => {
	const terminal = new Terminal();
	terminal.type("no\t");
	assert.equal(terminal.screen.bottom, "> note");
	terminal.type("x\r");
	assert.deepEqual(terminal.notes, ["x"]);
	terminal.type("q\t");
	assert.equal(terminal.screen.bottom, "> q", "nothing begins like this");
});

test("Tab shows the words when it cannot go on, and keeps the line", () => {
	const terminal = new Terminal();
	terminal.type("\t");
	assert.deepEqual(terminal.lines, [">", "  help      terminal  note      count     fail      keep", ">"]);
	terminal.type("no\t\t");
	assert.equal(terminal.screen.bottom, "> note", "what value note takes is not known");
});

test("Tab completes in the middle of a line", () => {
	const terminal = new Terminal();
	terminal.type(`co 3${keys.left}${keys.left}\t`);
	assert.equal(terminal.screen.bottom, "> count  3");
});

test("? tells what may follow, and the line stays to be typed on", () => {
	const terminal = new Terminal();
	terminal.type("note ?");
	assert.deepEqual(terminal.lines, ["> note", "  TEXT", "> note"]);
	terminal.type("a?b\r");
	assert.deepEqual(terminal.notes, ["a?b"], "within a value it is text");
	terminal.type("note '?'\r");
	assert.deepEqual(terminal.notes, ["a?b", "?"]);
	terminal.type("c?");
	assert.deepEqual(terminal.lines.slice(-3), ["> c", "  count  counts", "> c"]);
});

test("a filter acts on the answer, and what is wrong with it is marked in the line", () => {
	const terminal = new Terminal();
	terminal.type("count 30 | include 'line 2'\r");
	assert.deepEqual(terminal.lines.slice(1), ["line 2", ...numbers(20, 29), ">"]);
	terminal.type("count 3 | grep x\r");
	assert.deepEqual(terminal.lines.slice(-3, -1), [
		"            ^",
		"% unknown filter, wanted: begin, count, exclude, include",
	]);
});

test("a long answer stops at the end of the page; Space, Enter and q go on as in more(1)", () => {
	const terminal = new Terminal({ rows: 5 });
	terminal.type("count 12\r");
	assert.deepEqual(terminal.lines, ["> count 12", ...numbers(1, 4), more]);
	terminal.type(" ");
	assert.deepEqual(terminal.lines, ["> count 12", ...numbers(1, 8), more]);
	terminal.type("\r");
	assert.deepEqual(terminal.lines, ["> count 12", ...numbers(1, 9), more]);
	terminal.type("q");
	assert.deepEqual(terminal.lines, ["> count 12", ...numbers(1, 9), ">"]);
});

test("an answer that just fits does not stop", () => {
	const terminal = new Terminal({ rows: 5 });
	terminal.type("count 4\r");
	assert.deepEqual(terminal.lines, ["> count 4", ...numbers(1, 4), ">"]);
});

test("log lines stand above the question, and any other key ends it and is typed", () => {
	const terminal = new Terminal({ rows: 5 });
	terminal.type("count 9\r");
	terminal.console.print("a log line");
	terminal.run();
	assert.deepEqual(terminal.lines, ["> count 9", ...numbers(1, 4), "a log line", more]);
	terminal.type("note x\r");
	assert.deepEqual(terminal.notes, ["x"]);
});

test("what is typed ahead is not taken for the keys of a page", () => {
	const terminal = new Terminal({ rows: 5 });
	terminal.type("count 9\rnote q\rnote r\r");
	assert.deepEqual(terminal.notes, ["q", "r"]);
	assert.equal(terminal.lines.filter((line) => line === more).length, 0);
});

test("terminal length sets the page; 0 and a port that is no terminal have none", () => {
	const terminal = new Terminal({ rows: 5 });
	terminal.type("terminal length 0\r");
	terminal.type("count 40\r");
	assert.equal(terminal.screen.bottom, ">");
	terminal.type("terminal length 1000\r");
	assert.equal(terminal.lines[terminal.lines.length - 2], "% a number of lines, 0 to 512");
	const pipe = new Terminal({ rows: 5, terminal: false });
	pipe.type("count 40\r");
	assert.equal(pipe.lines[pipe.lines.length - 1], "line 40");
});

test("a command that fails behind a page says so", () => {
	const terminal = new Terminal({ rows: 2 });
	terminal.type("fail\r");
	assert.deepEqual(terminal.lines, ["> fail", "so far so good", "% no more", ">"]);
});
