// SPDX-License-Identifier: Apache-2.0
//
// Commands: found by shortened words, refused with the column of the fault.

import assert from "node:assert/strict";
import test from "node:test";
import { type Command, findCommand, helpLines, mayHoldSecret } from "../../modules/console/commands.js";

function command(words: string, usage = "", more: Partial<Command> = {}): Command {
	return { words, usage, help: `does ${words}`, run: () => [], ...more };
}

const commands = [
	command("help"),
	command("show settings", "[WORD]"),
	command("show slots"),
	command("show slot history"),
	command("set", "NAME VALUE", { secret: ([name]) => name?.startsWith("pass") === true }),
	command("setup"),
	command("no", "NAME"),
];

function found(line: string): string {
	const invocation = findCommand(commands, line);
	return invocation === undefined ? "" : [invocation.command.words, ...invocation.values].join("|");
}

function refused(line: string, code: string, column: number): void {
	assert.throws(() => findCommand(commands, line), { name: "CommandError", code, column }, line);
}

test("findCommand() takes unique abbreviations, any letter case, and quoted values", () => {
	for (const [line, expected] of [
		["", ""],
		["   ", ""],
		["help", "help"],
		["h", "help"],
		["SHOW Settings", "show settings"],
		["sh se", "show settings"],
		["sh se Url", "show settings|Url"],
		["no x", "no|x"],
		["set a b", "set|a|b"],
		['set a "b c"', "set|a|b c"],
		["set a ''", "set|a|"],
		["  setu  ", "setup"],
		["show slot h", "show slot history"],
	])
		assert.equal(found(line), expected, line);
});

test("findCommand() prefers the exact word to the longer one", () => {
	assert.equal(found("set a b"), "set|a|b");
	assert.equal(found("show slot history"), "show slot history");
	assert.equal(found("show slots"), "show slots");
});

test("findCommand() refuses ambiguous and unknown words at their column", () => {
	refused("s", "CONSOLE_AMBIGUOUS", 0);
	refused(" se a b", "CONSOLE_AMBIGUOUS", 1);
	refused("show s", "CONSOLE_AMBIGUOUS", 5);
	refused("show slo", "CONSOLE_AMBIGUOUS", 5);
	refused("frobnicate", "CONSOLE_UNKNOWN", 0);
	refused("helpme", "CONSOLE_UNKNOWN", 0);
	refused("show  frobnicate", "CONSOLE_UNKNOWN", 6);
	refused('""', "CONSOLE_UNKNOWN", 0);
	refused('show ""', "CONSOLE_UNKNOWN", 5);
	refused('show slot ""', "CONSOLE_UNKNOWN", 10);
});

test("findCommand() refuses missing arguments behind the line and surplus ones at their column", () => {
	refused("set", "CONSOLE_ARGUMENTS", 3);
	refused("set a", "CONSOLE_ARGUMENTS", 5);
	refused("set a b c d", "CONSOLE_ARGUMENTS", 8);
	refused("no", "CONSOLE_ARGUMENTS", 2);
	refused("show", "CONSOLE_ARGUMENTS", 4);
	refused("show slot", "CONSOLE_ARGUMENTS", 9);
	refused("show settings a b", "CONSOLE_ARGUMENTS", 16);
	refused("help me", "CONSOLE_ARGUMENTS", 5);
	refused("set 'a", "CONSOLE_QUOTE", 4);
});

test("findCommand() says what was wanted and never quotes what was typed", () => {
	for (const [line, text] of [
		["show x-x", "settings, slots, slot"],
		["s", "could be: show, set, setup"],
		["set x-x", "set NAME VALUE"],
		["set a b x-x", "set NAME VALUE"],
		["show", "settings, slots, slot"],
		["x-x", "help, show, set, setup, no"],
	]) {
		assert.throws(
			() => findCommand(commands, line),
			(error) => error instanceof Error && error.message.includes(text) && !error.message.includes("x-x"),
			line,
		);
	}
});

test("mayHoldSecret() sees a secret in a line that is wrong, too", () => {
	for (const line of [
		"set password x",
		"SET password x",
		"set password x y",
		"set password 'x",
		"setpassword x",
		"sett password x",
		"password=x",
		"secret",
		"sohw settings secret",
		'"set" password x',
		"s password x",
		"se pass x",
	])
		assert.ok(mayHoldSecret(commands, line), line);
	for (const line of [
		"",
		"  ",
		"set name x",
		"show settings password",
		"sohw slots",
		"shwo slot HIST",
		"show frobnicate 12",
		"s",
	])
		assert.ok(!mayHoldSecret(commands, line), line);
});

test("helpLines() lists each command with its usage and help, in columns", () => {
	const lines = Array.from(helpLines(commands));
	assert.equal(lines.length, commands.length);
	commands.forEach(({ words, usage, help }, i) => {
		assert.ok(lines[i].startsWith(`  ${words} ${usage}`.trimEnd()), lines[i]);
		assert.equal(lines[i].indexOf(help), lines[0].indexOf(commands[0].help), lines[i]);
	});
});
