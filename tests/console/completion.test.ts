// SPDX-License-Identifier: Apache-2.0
//
// What may follow a line: for Tab and for `?`.

import assert from "node:assert/strict";
import test from "node:test";
import type { Command, Suggestion } from "../../modules/console/commands.js";
import {
	commonBeginning,
	complete,
	mostSuggestions,
	suggestionLines,
	wordColumns,
} from "../../modules/console/completion.js";

function command(words: string, usage = "", more: Partial<Command> = {}): Command {
	return { words, usage, help: `does ${words}`, run: () => [], ...more };
}

function* names([first]: string[]): Iterable<Suggestion> {
	if (first === undefined)
		for (const text of ["HostName", "IniFileURL", "IniFileTemplateURL"]) yield { text, help: "" };
	else yield { text: "<0-9>", help: "a digit", hint: true };
}

const commands = [
	command("help"),
	command("show settings", "[WORD]"),
	command("show slots"),
	command("show slot history"),
	command("set", "NAME VALUE", { complete: names }),
	command("no", "NAME"),
	command("update"),
	command("update cancel"),
];

function words(line: string): string {
	const found = complete(commands, line);
	return found === undefined ? "-" : found.words.map(({ text }) => text).join(" ");
}

function hints(line: string): string {
	return (
		complete(commands, line)
			?.hints.map(({ text }) => text)
			.join(" ") ?? "-"
	);
}

test("words of commands come at their place, those that begin as typed, in any letter case", () => {
	for (const [line, expected] of [
		["", "help show set no update"],
		["  ", "help show set no update"],
		["s", "show set"],
		["SH", "show"],
		["show ", "settings slots slot"],
		["sh sl", "slots slot"],
		["show slot ", "history"],
		["help ", ""],
		["update ", "cancel"],
		["update c", "cancel"],
		["q", ""],
		["q ", "-"],
		["s s", "-"],
	])
		assert.equal(words(line), expected, `"${line}"`);
});

test("arguments come from the command that knows them", () => {
	assert.equal(words("set "), "HostName IniFileURL IniFileTemplateURL");
	assert.equal(words("set inif"), "IniFileURL IniFileTemplateURL");
	assert.equal(words("set HostName "), "");
	assert.equal(hints("set HostName "), "<0-9>");
	assert.equal(hints("set HostName 1"), "", "what is being typed is no place for a hint");
});

test("an argument of which nothing is known is told by its name; a line that may end says so", () => {
	assert.equal(hints("no "), "NAME");
	assert.equal(hints("no x "), "<Enter>");
	assert.equal(hints("show settings "), "[WORD] <Enter>");
	assert.equal(hints("update "), "<Enter>");
	assert.equal(hints(""), "");
});

test("quoted words are values: nothing is known of them", () => {
	for (const line of ['set "', "set 'Host", 'set "HostName"']) assert.equal(words(line), "-", line);
	assert.equal(hints('set "HostName" '), "<0-9>");
});

test("a group tells what is in it, a command its help", () => {
	const helps = complete(commands, "")?.words.map(({ text, help }) => `${text}: ${help}`);
	assert.deepEqual(helps, [
		"help: does help",
		"show: settings, slots, slot",
		"set: does set",
		"no: does no",
		"update: does update, cancel",
	]);
});

test("a list has an end", () => {
	const many = Array.from({ length: mostSuggestions + 1 }, (_, i) => command(`word${i}`));
	const found = complete(many, "");
	assert.ok(found);
	assert.equal(found.words.length, mostSuggestions);
	assert.match([...suggestionLines(found)].join("\n"), /and more/);
});

test("commonBeginning() is what all have in common", () => {
	const of = (...texts: string[]): string => commonBeginning(texts.map((text) => ({ text, help: "" })));
	assert.equal(of("IniFileURL", "inifileTemplateURL"), "IniFile");
	assert.equal(of("one"), "one");
	assert.equal(of("one", "two"), "");
	assert.equal(of(), "");
});

test("names stand in columns that fit", () => {
	const list = ["a", "bb", "ccc", "dddd", "e"].map((text) => ({ text, help: "" }));
	assert.deepEqual([...wordColumns(list, 20)], ["  a     bb    ccc", "  dddd  e"]);
	assert.deepEqual([...wordColumns(list, 4)], ["  a", "  bb", "  ccc", "  dddd", "  e"]);
});
