// SPDX-License-Identifier: Apache-2.0
//
// A command line to words.

import assert from "node:assert/strict";
import test from "node:test";
import { CommandError } from "../../modules/console/error.js";
import { splitWords } from "../../modules/console/words.js";

const texts = (line: string): string[] => splitWords(line).map((word) => word.text);

test("splitWords() splits at spaces and tabs and tells the columns", () => {
	assert.deepEqual(splitWords("  set\tA  b "), [
		{ text: "set", column: 2 },
		{ text: "A", column: 6 },
		{ text: "b", column: 9 },
	]);
	assert.deepEqual(splitWords(""), []);
	assert.deepEqual(splitWords(" \t "), []);
});

test("splitWords() keeps spaces in quotes and joins what touches", () => {
	assert.deepEqual(texts(`a "b c" 'd  e'`), ["a", "b c", "d  e"]);
	assert.deepEqual(texts(`a"b c"'d'e`), ["ab cde"]);
	assert.deepEqual(texts(`"" ''`), ["", ""]);
	assert.deepEqual(texts(`"it's" 'say "x"'`), ["it's", 'say "x"']);
	assert.deepEqual(splitWords(`x "y z"`)[1], { text: "y z", column: 2 });
});

test("splitWords() takes a backslash before a double quote or a backslash in double quotes only", () => {
	assert.deepEqual(texts(`"a\\"b" "c\\\\d" "e\\f"`), [`a"b`, "c\\d", "e\\f"]);
	assert.deepEqual(texts(`'a\\' b\\c`), ["a\\", "b\\c"]);
});

test("splitWords() refuses a quote without end, at its column, and does not quote the line", () => {
	for (const [line, column] of [
		['"', 0],
		["set X 'secret", 6],
		['a b"secret', 3],
		['"secret\\"', 0],
		["'a' \"b\" 'secret", 8],
	] as [string, number][]) {
		assert.throws(
			() => splitWords(line),
			(error) =>
				error instanceof CommandError &&
				error.code === "CONSOLE_QUOTE" &&
				error.column === column &&
				!error.message.includes("secret"),
		);
	}
});
