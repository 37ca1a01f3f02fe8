// SPDX-License-Identifier: Apache-2.0
//
// Long pastes and slow terminals: nothing is lost that was typed, nothing blocks, nothing grows.

import assert from "node:assert/strict";
import test from "node:test";
import { keys, Terminal } from "./terminal.js";

/** Longest that may wait in the console for the port, bytes; more is a backlog without bound. */
const backlog = 8192;

test("a paste of 10,000 lines is obeyed whole, whatever the port takes at a time", () => {
	for (const [count, readable, writable] of [
		[10_000, 256, 4096],
		[2000, 256, 1_000_000],
		[2000, 4096, 512],
	]) {
		let paste = "";
		for (let i = 0; i < count; i++) paste += `note ${i}\r\n`;
		const terminal = new Terminal();
		terminal.line.readable = readable;
		terminal.line.writable = writable;
		terminal.line.type(paste);
		terminal.line.run();
		terminal.show();
		assert.equal(terminal.notes.length, count);
		assert.ok(terminal.notes.every((text, i) => text === String(i)));
		const lines = terminal.text.split("\r\n").filter((line) => line.startsWith("noted "));
		assert.equal(lines.length, count, "answers");
	}
});

test("a paste of 10,000 empty or wrong lines loses no echo", () => {
	const terminal = new Terminal();
	terminal.line.type("\r".repeat(10_000));
	terminal.line.type("x\r".repeat(1000));
	terminal.run();
	assert.equal(terminal.lines.length, 10_000 + 3 * 1000 + 1);
	assert.ok(terminal.lines.slice(0, 10_000).every((line) => line === ">"));
});

test("on a slow terminal an answer waits for it, and nothing is lost", () => {
	const terminal = new Terminal();
	terminal.line.writable = 16;
	terminal.type("count 2000\rnote x\r");
	assert.equal(terminal.lines.length, 2 + 2000 + 2);
	assert.equal(terminal.lines[2000], "line 2000");
	assert.ok(terminal.line.longestWrite <= 16);
});

test("a terminal that stops takes nothing more from the keyboard, and goes on where it was", () => {
	const terminal = new Terminal();
	terminal.run();
	terminal.line.writable = 0;
	terminal.line.type("count 1000\r");
	terminal.line.type("note x\r");
	terminal.run();
	assert.deepEqual(terminal.notes, []);
	terminal.line.writable = 100;
	terminal.run();
	assert.deepEqual(terminal.notes, ["x"]);
	assert.ok(terminal.lines.includes("line 1000"));
});

test("log lines for which a stopped terminal has no room are counted and told", () => {
	const terminal = new Terminal();
	terminal.run();
	terminal.line.writable = 0;
	terminal.run();
	for (let i = 0; i < 10_000; i++) terminal.console.print(`log line ${i}`);
	terminal.line.writable = 16;
	let waiting = -terminal.text.length;
	terminal.run();
	waiting += terminal.text.length;
	assert.ok(waiting < 4096 + backlog, `${waiting} bytes were waiting`);
	const kept = terminal.lines.filter((line) => line.startsWith("log line ")).length;
	assert.ok(kept > 100, `${kept} kept`);
	assert.deepEqual(terminal.lines.slice(kept), [`(${10_000 - kept} log lines lost)`, ">"]);
	terminal.console.print("and on");
	terminal.run();
	assert.deepEqual(terminal.lines.slice(-2), ["and on", ">"]);
});

test("a flood of log lines does not keep the operator from typing", () => {
	const terminal = new Terminal();
	terminal.line.writable = 16;
	terminal.line.type("note x\r");
	for (let i = 0; i < 5000 && terminal.notes.length === 0; i++) {
		for (let n = 0; n < 10; n++) terminal.console.print(`log line ${i} ${n}`);
		terminal.line.step();
	}
	assert.deepEqual(terminal.notes, ["x"]);
	terminal.run();
	assert.equal(terminal.screen.bottom, ">");
	assert.ok(
		terminal.lines.every((line) => /^(log line \d+ \d|\(\d+ log lines? lost\)|> note x|noted x|>)$/.test(line)),
	);
});

test("one lost line is told as one", () => {
	const told = new Set<string>();
	for (let count = 1; count <= 12; count++) {
		const terminal = new Terminal();
		terminal.run();
		terminal.line.writable = 0;
		for (let i = 0; i < count; i++) terminal.console.print("x".repeat(1000));
		terminal.line.writable = 1000;
		terminal.run();
		for (const line of terminal.lines) if (line.includes("lost")) told.add(line);
	}
	assert.ok(told.has("(1 log line lost)") && told.has("(2 log lines lost)"), Array.from(told).join(" "));
});

test("a slow terminal gets few pictures of the progress, and the last one", () => {
	const terminal = new Terminal();
	terminal.line.writable = 16;
	terminal.run();
	let shown = terminal.text.length;
	for (let i = 0; i <= 10_000; i++) terminal.console.progress("load", i, 10_000);
	terminal.run();
	const picture = "\r\x1b[K".length + 79;
	assert.equal(terminal.text.length - shown, 2 * picture, "the first and the last");
	assert.ok(terminal.screen.bottom.includes("100 %"), terminal.screen.bottom);
	shown = terminal.text.length;
	for (let i = 0; i <= 1000; i++) {
		terminal.console.progress("load", i, 1000);
		if (i % 10 === 0) terminal.line.step();
		terminal.show();
	}
	terminal.run();
	assert.ok(terminal.text.length - shown <= 101 * 16 + 2 * picture, `${terminal.text.length - shown} bytes`);
	assert.ok(terminal.screen.bottom.includes("100 %"), terminal.screen.bottom);
	assert.equal(terminal.lines.length, 1);
});

test("what is typed while the terminal was busy shows when it rests", () => {
	const terminal = new Terminal();
	terminal.line.writable = 8;
	terminal.line.type(`count 30\rnote a${keys.left}`);
	terminal.run();
	assert.equal(terminal.screen.bottom, "> note a");
	assert.equal(terminal.screen.column, 7);
});
