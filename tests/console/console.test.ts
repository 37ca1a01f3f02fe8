// SPDX-License-Identifier: Apache-2.0
//
// The console as seen on a screen: typing, answers, log lines in between, progress, slow terminals.

import assert from "node:assert/strict";
import test from "node:test";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { KeyDecoder } from "../../modules/console/keys.js";
import { Random } from "../harness/random.js";
import { keys, Terminal } from "./terminal.js";

/** A terminal on which a reset has left a prompt. */
function afterReset(): Terminal {
	const terminal = new Terminal();
	terminal.screen.feed(encodeUTF8("> half a line"));
	return terminal;
}

test("the prompt comes as soon as the port takes it, in the place of what a reset left", () => {
	const terminal = afterReset();
	terminal.run();
	assert.deepEqual(terminal.lines, [">"]);
	assert.equal(terminal.screen.column, 2);
	assert.deepEqual([terminal.line.isOpen, terminal.text], [true, "\r\x1b[K> "]);
});

test("log lines before the first prompt are not lost, and stand in the place of what a reset left", () => {
	const terminal = afterReset();
	terminal.console.print("booting");
	terminal.console.print("settings are damaged");
	terminal.run();
	assert.deepEqual(terminal.lines, ["booting", "settings are damaged", ">"]);
});

test("a typed line is echoed, answered, and followed by a prompt; CR LF is one line end", () => {
	const terminal = new Terminal();
	terminal.type("note ");
	assert.equal(terminal.screen.bottom, "> note");
	terminal.type("é€\r\n");
	assert.deepEqual(terminal.lines, ["> note é€", "noted é€", ">"]);
	assert.deepEqual(terminal.notes, ["é€"]);
	terminal.type("\r");
	assert.deepEqual(terminal.lines.slice(3), [">"]);
});

test("editing within the line shows on the screen, with the cursor at its place", () => {
	const terminal = new Terminal();
	terminal.type(`nate x${keys.left}${keys.left}${keys.left}${keys.left}${keys.backspace}o`);
	assert.equal(terminal.screen.bottom, "> note x");
	assert.equal(terminal.screen.column, 4);
	terminal.type(keys.enter);
	assert.deepEqual(terminal.lines, ["> note x", "noted x", ">"]);
	terminal.type(`${keys.up}${keys.backspace}y${keys.enter}`);
	assert.deepEqual(terminal.notes, ["x", "y"]);
});

test("every key works when its bytes come one by one, and all at once", () => {
	const input = `nöte x${keys.left.repeat(4)}${keys.backspace}${keys.right}\x1b[3~\x1b[1;5C\x01\x05${keys.enter}`;
	const whole = new Terminal();
	whole.type(input);
	const single = new Terminal();
	single.line.readable = 1;
	single.type(input);
	assert.deepEqual(single.lines, whole.lines);
});

test("Ctrl-C drops the line and leaves a fresh prompt", () => {
	const terminal = new Terminal();
	terminal.type(`note x${keys.cancel}`);
	assert.deepEqual(terminal.lines, ["> ^C", ">"]);
	terminal.type(keys.enter);
	assert.deepEqual(terminal.notes, []);
});

test("a wrong line gets a mark under the fault, also behind characters of two code units", () => {
	const terminal = new Terminal();
	terminal.type("note 𝄞 surplus\r");
	assert.deepEqual(terminal.lines, ["> note 𝄞 surplus", "         ^", "% wanted: note TEXT", ">"]);
	terminal.type(`note ${"x".repeat(90)} surplus\r`);
	assert.deepEqual(terminal.lines.slice(-2), ["% wanted: note TEXT", ">"], "no mark in a row that is not there");
	assert.equal(terminal.lines.filter((line) => line.trim() === "^").length, 1);
});

test("a command that fails half-way ends with its error, and the next one works", () => {
	const terminal = new Terminal();
	terminal.type("fail\rnote x\r");
	assert.deepEqual(terminal.lines, ["> fail", "so far so good", "% no more", "> note x", "noted x", ">"]);
});

test("help lists all commands", () => {
	const terminal = new Terminal();
	terminal.type("help\r");
	assert.deepEqual(terminal.lines, [
		"> help",
		"  help                  this list; ? tells what may follow",
		"  terminal length ROWS  lines of a page; 0: answers come at once",
		"  note TEXT             notes it",
		"  count N               counts",
		"  fail                  fails",
		"  keep NAME VALUE       a secret",
		">",
	]);
});

test("a log line does not tear the line being typed", () => {
	const terminal = new Terminal();
	terminal.type(`note abc${keys.left}${keys.left}`);
	terminal.console.print("request done");
	terminal.run();
	assert.deepEqual(terminal.lines, ["request done", "> note abc"]);
	assert.equal(terminal.screen.column, 8);
	terminal.type(`-${keys.enter}`);
	assert.deepEqual(terminal.lines, ["request done", "> note a-bc", "noted a-bc", ">"]);
});

test("a log line in the middle of an answer stands on a line of its own", () => {
	const terminal = new Terminal();
	terminal.line.writable = 10;
	terminal.line.type("count 500\r");
	for (let i = 0; i < 300; i++) terminal.line.step();
	terminal.console.print("request done");
	terminal.run();
	const expected = ["> count 500", ...Array.from({ length: 500 }, (_, i) => `line ${i + 1}`), ">"];
	assert.ok(terminal.lines.includes("request done"));
	assert.deepEqual(
		terminal.lines.filter((line) => line !== "request done"),
		expected,
	);
});

test("log text cannot move the cursor, clear the screen or tear a line", () => {
	const terminal = new Terminal();
	terminal.type("note a");
	terminal.console.print("version \x1b[2J\r\n\x9b1A\x07");
	terminal.console.progress("\x1b[2J\n", 1, 2);
	terminal.run();
	assert.deepEqual(terminal.lines, ["version ?[2J???1A?", "> note a"]);
});

test("a log line of any length is one write, cut", () => {
	const terminal = new Terminal();
	terminal.run();
	terminal.console.print("€".repeat(100_000));
	terminal.run();
	assert.equal(terminal.lines.join("").replaceAll("€", ""), "...>");
});

test("progress shows only while nothing is typed, and its end stays as a line", () => {
	const terminal = new Terminal();
	terminal.run();
	terminal.console.progress("load", 10 * 1024, 100 * 1024);
	terminal.run();
	const bar = "load       [####.......................................]  10 %  10 KB of 100 KB";
	assert.deepEqual(terminal.lines, [bar]);
	terminal.type("n");
	assert.deepEqual(terminal.lines, ["> n"]);
	const before = terminal.text.length;
	terminal.console.progress("load", 50 * 1024, 100 * 1024);
	terminal.run();
	assert.equal(terminal.text.length, before, "nothing to draw");
	terminal.type(keys.backspace);
	assert.ok(terminal.screen.bottom.includes("50 %"), terminal.screen.bottom);
	terminal.console.progress("load", 100 * 1024, 100 * 1024);
	terminal.console.endProgress();
	terminal.console.endProgress();
	terminal.run();
	assert.equal(terminal.lines.length, 2);
	assert.ok(terminal.lines[0].includes("100 %"));
	assert.equal(terminal.lines[1], ">");
});

test("the bar never fills the last column", () => {
	const terminal = new Terminal({ columns: 40 });
	terminal.run();
	for (let done = 0; done <= 100; done++) {
		terminal.console.progress("download, 248 KB in flash", done * 1e4, 1e6);
		terminal.run();
	}
	assert.deepEqual(terminal.lines, ["download, 248 KB in flash 100 %"]);
});

test("a long line scrolls within its row, and is echoed whole", () => {
	const terminal = new Terminal({ columns: 30 });
	const word = "0123456789".repeat(5);
	terminal.type(`note ${word}`);
	assert.equal(terminal.lines.length, 1);
	assert.equal(terminal.screen.bottom, `> ${word.slice(-26)}`);
	terminal.type("\x01");
	assert.equal(terminal.screen.bottom, `> note ${word.slice(0, 22)}`);
	assert.equal(terminal.screen.column, 2);
	terminal.type(keys.enter);
	assert.equal(terminal.lines.join("").slice(0, 57), `> note ${word}`);
	assert.deepEqual(terminal.notes, [word]);
});

test("a prompt too long for the terminal leaves room for the line", () => {
	const terminal = new Terminal({ columns: 24, prompt: () => "a-very-long-host-name-indeed> " });
	terminal.type("note 0123456789");
	assert.equal(terminal.lines.length, 1);
	assert.equal(terminal.screen.bottom, "t-name-indeed> 3456789");
	terminal.type(keys.enter);
	assert.deepEqual(terminal.notes, ["0123456789"]);
});

test("without a terminal there are plain lines, and progress by quarters", () => {
	const terminal = new Terminal({ terminal: false });
	terminal.run();
	terminal.console.print("booting");
	for (let done = 0; done <= 1000; done += 10) terminal.console.progress("load", done, 1000);
	terminal.console.endProgress();
	terminal.type("note x\r");
	assert.ok(!terminal.text.includes("\x1b"));
	const lines = terminal.text.split("\r\n");
	assert.deepEqual(
		lines.map((line) => line.replace(/.*\] +([0-9]+ %).*/, "$1")),
		["booting", "0 %", "25 %", "50 %", "75 %", "100 %", "> note x", "noted x", ""],
	);
});

test("close() ends it: no write and no read afterwards, and twice is fine", () => {
	const terminal = new Terminal();
	terminal.line.writable = 1;
	terminal.run();
	terminal.console.print("waits for the port");
	terminal.console.close();
	terminal.console.close();
	terminal.console.print("two");
	terminal.console.progress("load", 1, 2);
	terminal.console.endProgress();
	terminal.type("note x\r");
	assert.equal(terminal.line.isOpen, false);
	assert.deepEqual(terminal.lines, [">"]);
	assert.deepEqual(terminal.notes, []);
});

test("a command may close the console", () => {
	const run = function* (): Iterable<string> {
		yield "bye";
		terminal.console.close();
		yield "too late";
	};
	const terminal: Terminal = new Terminal({ commands: [{ words: "quit", usage: "", help: "", run }] });
	terminal.type("quit\rquit\r");
	assert.deepEqual(terminal.lines, ["> quit", "bye"]);
});

test("a line longer than the editor takes is refused, not obeyed cut", () => {
	const terminal = new Terminal();
	terminal.type(`note ${"x".repeat(2000)}\r`);
	assert.deepEqual(terminal.notes, []);
	assert.equal(terminal.lines[terminal.lines.length - 2], "% the line is too long");
	terminal.type("note y\r");
	assert.deepEqual(terminal.notes, ["y"]);
});

test("lines with secrets are not kept for the arrow keys, right or wrong", () => {
	const terminal = new Terminal();
	terminal.type("note first\r");
	for (const line of ["keep a hush", "keep a hush hush", "keep 'hush", "kepp a hush", "hush", "a=hush"])
		terminal.type(`${line}\r`);
	terminal.type(keys.up);
	assert.equal(terminal.screen.bottom, "> note first");
	assert.ok(!terminal.lines.some((line) => line.includes("hush") && !line.startsWith("> ")));
});

test("random input at any pace leaves a console that obeys", () => {
	for (let seed = 1; seed <= 40; seed++) {
		const random = new Random(seed);
		const terminal = new Terminal({ columns: 20 + random.below(100) });
		terminal.line.readable = 1 + random.below(64);
		terminal.line.writable = 1 + random.below(200);
		for (let i = 0; i < 20; i++) {
			terminal.line.type(random.bytes(random.below(60)));
			if (random.below(2) === 0) terminal.console.print(`log ${i}`);
			if (random.below(4) === 0) terminal.console.progress("load", i, 20);
			for (let n = random.below(20); n > 0; n--) terminal.line.step();
			terminal.show();
		}
		terminal.console.endProgress();
		terminal.type(`${keys.cancel}note done${keys.enter}`);
		assert.equal(terminal.notes[terminal.notes.length - 1], "done", `seed ${seed}`);
		assert.deepEqual(terminal.lines.slice(-2), ["noted done", ">"], `seed ${seed}`);
	}
});

test("keys and console share nothing between two of them", () => {
	const first = new Terminal();
	const second = new Terminal();
	first.type("note a\x1b");
	second.type("note b\r");
	assert.deepEqual([first.notes, second.notes], [[], ["b"]]);
	assert.deepEqual(new KeyDecoder().decode(0x41), { text: "A" });
});
