// SPDX-License-Identifier: Apache-2.0
//
// Vectors, lists, keywords and numbers of which only some are allowed: as they are set, read from an ini, stored and shown.

import test from "node:test";
import assert from "node:assert/strict";
import { flag, integer, keyword, list, oneOf, text, vector, type Parameter } from "../../modules/settings/parameter.js";
import { findParameter } from "../../modules/settings/registry.js";
import { Settings } from "../../modules/settings/settings.js";
import { FakeStore, ini, nonDefaults } from "./support.js";

const table: readonly Parameter[] = Object.freeze([
	flag("SetDefaultOnINIFileProcess", 1, "as in the registry"),
	vector(text("Access", 15, "addresses that may come in", { reset: true }), 4),
	vector(integer("Gain", -1, [-9, 9, "dB"], "of each line"), 2),
	oneOf("Transport", 0, [0, 1, 3], "0 UDP, 1 TCP, 3 TLS"),
	keyword("Policy", ["refuse", "skip"], "what to do"),
	list("Kinds", 20, ["ini", "fk", "cpt"], "kinds of file"),
	list("Words", 20, [], "any words"),
]);

function make(): { store: FakeStore; settings: Settings } {
	const store = new FakeStore();
	return { store, settings: new Settings({ store, parameters: table }) };
}

test("an element of a vector is a parameter, and the vector's name stands for all of them", () => {
	const { store, settings } = make();
	settings.set("ACCESS_2", "10.0.0.1");
	assert.equal(settings.text("Access_2"), "10.0.0.1");
	assert.equal(settings.text("Access"), ",,10.0.0.1");
	settings.set("Access", "a, 'b'");
	assert.deepEqual(nonDefaults(settings), { Access_0: "a", Access_1: "b" });
	assert.deepEqual(settings.changed, ["Access_0", "Access_1"]);
	settings.save();
	assert.deepEqual(nonDefaults(new Settings({ store, parameters: table })), { Access_0: "a", Access_1: "b" });
	settings.reset("Access");
	assert.deepEqual(nonDefaults(settings), {});
});

test("names with an index that the vector does not have are not known", () => {
	for (const name of ["Access_4", "Access_", "Access_00", "Access_-1", "Access_x", "_0", "Policy_0"])
		assert.equal(findParameter(table, name), undefined, name);
	assert.equal(findParameter(table, "access_3")?.name, "Access_3");
	assert.throws(() => make().settings.set("Access", "1,2,3,4,5"), { code: "SETTINGS_LENGTH", parameter: "Access" });
	assert.throws(() => make().settings.set("Gain_1", "10"), { code: "SETTINGS_RANGE", parameter: "Gain_1" });
});

test("both forms of a vector in an ini: one line for each, and a list on one line", () => {
	const { settings } = make();
	const result = settings.applyIni(ini("access_1 = 'x'\r\nGain = -9, 9\r\n"), { full: true });
	assert.deepEqual([result.changed, result.resetNeeded], [["Access_1", "Gain_0", "Gain_1"], true]);
	const list = settings.applyIni(ini("Access = '1,2', '', \"3\"\nGain =\n"), { full: true });
	assert.deepEqual(list.changed, ["Access_0", "Access_1", "Access_2", "Gain_0", "Gain_1"]);
	assert.deepEqual(nonDefaults(settings), { Access_0: "1,2", Access_2: "3" });
	const twice = settings.applyIni(ini("Access_1 = 'x'\nAccess = 'y'\n"), { full: true });
	assert.deepEqual(twice.repeated, [{ name: "Access", line: 2 }]);
	assert.deepEqual(nonDefaults(settings), { Access_0: "y" });
});

test("a list keeps its words and nothing else", () => {
	const { settings } = make();
	settings.applyIni(ini("Kinds = 'ini', 'FK' , cpt\nWords = a.b,c-d\n"), { full: true });
	assert.deepEqual(nonDefaults(settings), { Kinds: "ini,fk,cpt", Words: "a.b,c-d" });
	for (const [text, code] of [
		["ini,exe", "SETTINGS_RANGE"],
		["ini fk", "SETTINGS_CHARACTER"],
		["'ini', 'fk", "SETTINGS_CHARACTER"],
		["ini,fk,cpt,ini,fk,cpt", "SETTINGS_LENGTH"],
	])
		assert.throws(() => settings.set("Kinds", text), { code }, text);
	settings.set("Kinds", "");
	assert.equal(settings.text("Kinds"), "");
});

test("keywords in any letter case, numbers out of a few", () => {
	const { settings } = make();
	assert.equal(settings.text("Policy"), "refuse");
	settings.set("policy", "SKIP");
	assert.equal(settings.text("Policy"), "skip");
	settings.set("Policy", "");
	assert.equal(settings.text("Policy"), "refuse");
	assert.throws(() => settings.set("Policy", "maybe"), { code: "SETTINGS_RANGE" });
	settings.set("Transport", "3");
	assert.throws(() => settings.set("Transport", "2"), { code: "SETTINGS_RANGE" });
	assert.equal(settings.get("Transport"), 3);
});
