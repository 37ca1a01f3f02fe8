// SPDX-License-Identifier: Apache-2.0
//
// serializeEntry: what it writes reads back the same, or it refuses.

import test from "node:test";
import assert from "node:assert/strict";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { IniError } from "../../modules/ini/error.js";
import { parseIni } from "../../modules/ini/file.js";
import { serializeEntry } from "../../modules/ini/serialize.js";
import { Random } from "../harness/random.js";
import { loadIniVectors } from "./support.js";

function readBack(line: string): [string, string] {
	const { events, entries } = parseIni(encodeUTF8(`${line}\r\n`));
	assert.equal(events.length, 1);
	return [entries[0].name, entries[0].value];
}

test("text is written in quotes, numbers without", () => {
	assert.equal(serializeEntry("A", "x y"), "A = 'x y'");
	assert.equal(serializeEntry("A", ""), "A = ''");
	assert.equal(serializeEntry("A", "it's"), 'A = "it\'s"');
	assert.equal(serializeEntry("A", "a'b\"c"), "A = a'b\"c");
	assert.equal(serializeEntry("A", "5", { quote: false }), "A = 5");
	assert.equal(serializeEntry("A", "", { quote: false }), "A =");
});

test("what cannot be read back is refused", () => {
	const cases: [string, string, string][] = [
		["A", "'\"", "INI_VALUE"],
		["A", " '\"", "INI_VALUE"],
		["A", "a'\" ", "INI_VALUE"],
		["A", "\ud800", "INI_VALUE"],
		["A", "1\nB = 2", "INI_CONTROL"],
		["A", "1\r", "INI_CONTROL"],
		["A", "\u0000", "INI_CONTROL"],
		["", "1", "INI_NAME"],
		["A B", "1", "INI_NAME"],
		["A = 1; B", "1", "INI_VALUE"],
		["; A", "1", "INI_NAME"],
		["[A", "1", "INI_NAME"],
		["A\n", "1", "INI_CONTROL"],
		["N".repeat(65), "1", "INI_NAME_LENGTH"],
	];
	for (const [name, value, code] of cases) {
		assert.throws(() => serializeEntry(name, value), { name: "IniError", code }, JSON.stringify([name, value]));
	}
	assert.throws(() => serializeEntry("A", "'x'", { quote: false }), { code: "INI_VALUE" });
	assert.throws(() => serializeEntry("A", "'x', y", { quote: false }), { code: "INI_VALUE" });
	assert.throws(() => serializeEntry("A", " x", { quote: false }), { code: "INI_VALUE" });
});

test("every entry of the valid vectors survives writing and reading, and a second writing is the same", () => {
	for (const { name: vector, bytes } of loadIniVectors("valid")) {
		for (const { name, value, form } of parseIni(bytes).entries) {
			if (form === "list") continue;
			const line = serializeEntry(name, value);
			assert.deepEqual(readBack(line), [name, value], vector);
			assert.equal(serializeEntry(...readBack(line)), line, vector);
		}
	}
});

test("random values read back the same or are refused", () => {
	const seed = 77001;
	const random = new Random(seed);
	const letters = ["'", '"', " ", ",", ";", "=", "#", "[", "a", "\t", "\u00fc", "\u20ac", "\u{1f600}", "\n", "\ud800"];
	for (let round = 0; round < 2000; round++) {
		let value = "";
		for (let count = random.below(8); count > 0; count--) value += letters[random.below(letters.length)];
		const label = `seed ${seed}, round ${round}: ${JSON.stringify(value)}`;
		for (const quote of [true, false]) {
			try {
				assert.deepEqual(readBack(serializeEntry("A", value, { quote })), ["A", value], label);
			} catch (error) {
				assert.ok(error instanceof IniError, `${label}: ${String(error)}`);
			}
		}
	}
});
