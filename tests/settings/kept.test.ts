// SPDX-License-Identifier: Apache-2.0
//
// Tables and unknown names: kept as text, replaced by full files and increments, within limits, and without needless writes.

import test from "node:test";
import assert from "node:assert/strict";
import { decodeUTF8 } from "../../modules/bytes/text.js";
import { maxKeptBytes, maxKeptGroups, type StoreChange } from "../../modules/settings/kept.js";
import { Settings } from "../../modules/settings/settings.js";
import { Random } from "../harness/random.js";
import { type FakeStore, ini, make } from "./support.js";

/** Lines that are kept. */
function text(settings: Settings): string[] {
	return Array.from(settings.keptReader().lines(), ({ line }) => decodeUTF8(line));
}

function load(settings: Settings, file: string, full = true): void {
	settings.applyIni(ini(file), { full });
	settings.save();
}

function table(name: string, rows: number, mark = "x"): string {
	let lines = `[ ${name} ]\nFORMAT Index = A, B;\n`;
	for (let i = 0; i < rows; i++) lines += `${name} ${i} = "${mark}", 10.1.1.${i};\n`;
	return `${lines}[ \\${name} ]\n`;
}

function pieces(store: FakeStore): string[] {
	return [...store.names("ini.text.")];
}

test("tables and unknown names are kept as they stand, in the order of the file, without comments, sections and blank lines", () => {
	const { store, settings } = make();
	load(
		settings,
		`Nope =  'x' ; y\n`.replace(" ; y", "") + "; c\n[S]\n" + table("T", 2) + "Other_0 = a, 'b'\nHostName = gw\n",
	);
	const lines = ["Nope =  'x'", ...table("T", 2).trimEnd().split("\n"), "Other_0 = a, 'b'"];
	assert.deepEqual(text(settings), lines);
	const { tables, names } = settings.kept;
	assert.deepEqual([tables, names], [1, 2]);
	assert.deepEqual(text(new Settings({ store })), lines);
	assert.equal(settings.text("HostName"), "gw");
});

test("bytes that are not UTF-8 are kept as they are", () => {
	const { settings } = make();
	settings.applyIni(new Uint8Array([...ini("Nope = "), 0xfc, 0x0a]), { full: true });
	settings.save();
	const [{ line }] = settings.keptReader().lines();
	assert.deepEqual([...line], [...ini("Nope = "), 0xfc]);
});

test("a full file replaces what is kept, an increment what it names, in its place", () => {
	const { settings } = make();
	const first = `A1 = 1\n${table("T", 2)}B1 = 2\n${table("U", 1)}`;
	load(settings, first);
	load(settings, `${table("t", 1, "new")}b1 = 3\nC1 = 4\n`, false);
	const expected = `A1 = 1\n${table("t", 1, "new")}b1 = 3\n${table("U", 1)}C1 = 4\n`;
	assert.deepEqual(text(settings), expected.trimEnd().split("\n"));
	load(settings, `#ini-incremental\n${table("U", 0)}`);
	assert.equal(text(settings).filter((line) => line.startsWith("U ")).length, 0);
	assert.equal(settings.kept.tables, 2);
	load(settings, "SetDefaultOnINIFileProcess = 0\nD1 = 5\n");
	assert.ok(text(settings).includes("D1 = 5") && text(settings).includes("A1 = 1"));
	load(settings, "SetDefaultOnINIFileProcess = 1\nD1 = 5\n");
	assert.deepEqual(text(settings), ["D1 = 5"]);
});

test("of a table or name that stands twice the last one is kept", () => {
	const { settings } = make();
	const result = settings.applyIni(ini(`A1 = 1\n${table("T", 2)}a1 = 2\n${table("T", 1, "y")}`), { full: true });
	settings.save();
	assert.deepEqual(
		result.repeated.map(({ name }) => name),
		["a1", "T"],
	);
	assert.deepEqual(text(settings), `a1 = 2\n${table("T", 1, "y")}`.trimEnd().split("\n"));
});

test("what has a password stays where a full file does not name it, and goes with an empty table or a new value", () => {
	const { settings } = make();
	const users = '[ WebUsers ]\nFORMAT Index = Name, Password;\nWebUsers 0 = "a", "p";\n[ \\WebUsers ]\n';
	load(settings, `${users}${table("T", 1)}SIPPassword = x\nOtherURL = 'ftp://u:p@h/f'\nPlain = 1\n`);
	load(settings, "New = 1\n");
	assert.deepEqual(text(settings), [
		...users.trimEnd().split("\n"),
		"SIPPassword = x",
		"OtherURL = \'ftp://u:p@h/f\'",
		"New = 1",
	]);
	load(settings, "[WebUsers]\n[\\WebUsers]\nsippassword = y\nOtherURL =\n");
	assert.deepEqual(text(settings), ["sippassword = y", "OtherURL ="]);
});

test("the state of delivery keeps nothing, passwords neither", () => {
	const { store, settings } = make();
	load(settings, "SIPPassword = x\n");
	settings.loadFactory();
	assert.deepEqual(text(settings), []);
	load(settings, "SIPPassword = x\n");
	store.records.set("factory.ini", ini("FactoryName = 1\n"));
	settings.loadFactory();
	assert.deepEqual(text(settings), ["FactoryName = 1"]);
});

test("the same file again writes nothing, a small change of a large file little", () => {
	const { store, settings } = make();
	const tables = Array.from({ length: 30 }, (_, i) => table(`Table${i}`, 20)).join("");
	load(settings, tables);
	const { bytes } = settings.kept;
	assert.ok(bytes > 15000);
	store.commits.length = 0;
	assert.deepEqual(settings.applyIni(ini(tables), { full: true }).changed, []);
	assert.equal(settings.save(), false);
	assert.deepEqual(store.commits, []);
	load(settings, tables.replace('Table15 3 = "x"', 'Table15 3 = "y"'));
	const commits: StoreChange[][] = store.commits;
	const written = commits.flat().reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
	assert.ok(written < 4096, `${written} bytes`);
});

test("no more is held in memory than a few pieces, and what is not taken is removed", () => {
	const { store, settings } = make();
	load(settings, table("Old", 10));
	const before = [...store.records.keys()];
	const stage = settings.stage({ full: true });
	for (let i = 0; i < 30; i++) stage.write(ini(table(`Table${i}`, 20)));
	assert.ok(pieces(store).length > 5);
	stage.write(ini("broken\n"));
	assert.equal(stage.end().problemCount, 1);
	assert.deepEqual([...store.records.keys()].sort(), before.sort());
	assert.equal(text(settings).length, 13);
});

test("pieces of a stage that nobody ends are removed by the next one that writes", () => {
	const { store, settings } = make();
	const lost = settings.stage({ full: true });
	for (let i = 0; i < 30; i++) lost.write(ini(table(`Lost${i}`, 20)));
	const tables = Array.from({ length: 20 }, (_, i) => table(`Table${i}`, 20)).join("");
	load(settings, tables);
	assert.deepEqual(pieces(store).sort(), [...new Set(settings.kept.pieces)].sort());
	assert.equal(lost.end().problemCount, 0);
	assert.throws(() => lost.changes(), { code: "SETTINGS_STAGE" });
	assert.throws(() => lost.apply(), { code: "SETTINGS_STAGE" });
});

test("more than there is room for refuses the file, with one problem at its line, whatever IniErrorPolicy says", () => {
	const { settings } = make({ IniErrorPolicy: "skip" });
	load(settings, table("Old", 1));
	const stage = settings.stage({ full: true });
	const name = `N${"x".repeat(50)}`;
	for (let i = 0; i < maxKeptBytes / 50; i++) stage.write(ini(`${name}${i} = 1\n`));
	const { problems, problemCount } = stage.end();
	assert.deepEqual([problems[0].code, problemCount], ["SETTINGS_KEPT", 1]);
	assert.ok((problems[0].line ?? 0) > 100);
	const many = settings.stage({ full: true });
	for (let i = 0; i <= maxKeptGroups; i++) many.write(ini(`N${i} = 1\n`));
	assert.deepEqual(
		many.end().problems.map(({ code, line }) => [code, line]),
		[["SETTINGS_KEPT", maxKeptGroups + 1]],
	);
	assert.equal(text(settings).length, 4);
});

test("an increment that makes too much together with what is kept is refused", () => {
	const { settings } = make();
	const half = (letter: string): string =>
		Array.from({ length: 250 }, (_, i) => `${letter}${i} = '${"v".repeat(60)}'\n`).join("");
	load(settings, half("A"));
	const before = text(settings);
	const stage = settings.stage({ full: false });
	stage.write(ini(half("B")));
	assert.deepEqual(
		stage.end().problems.map(({ code }) => code),
		["SETTINGS_KEPT"],
	);
	assert.deepEqual(text(settings), before);
});

test("a full store refuses the file with its reason and loses nothing", () => {
	const { store, settings } = make({ HostName: "gw" });
	load(settings, table("Old", 1), false);
	store.failure = new Error("the store is full");
	const stage = settings.stage({ full: true });
	for (let i = 0; i < 30; i++) stage.write(ini(table(`Table${i}`, 20)));
	const { problems, problemCount } = stage.end();
	assert.deepEqual([problems[0].code, problemCount], ["SETTINGS_STORE", 1]);
	assert.match(problems[0].message, /the store is full/);
	store.failure = undefined;
	assert.equal(text(new Settings({ store })).length, 4);
	assert.equal(settings.text("HostName"), "gw");
});

test("values and what is kept come in one commit", () => {
	const { store, settings } = make();
	const stage = settings.stage({ full: true });
	stage.write(ini(`HostName = gw\n${table("T", 1)}`));
	stage.end();
	assert.equal(store.commits.length, 0);
	const changes = stage.changes();
	assert.deepEqual(changes.map(({ name }) => name.slice(0, 9)).sort(), ["ini.kept", "ini.text.", "settings"]);
	store.commit(changes);
	stage.apply();
	assert.deepEqual(settings.changes(), []);
	assert.deepEqual(stage.changes(), []);
});

test("a damaged index, or a missing piece, is no text", () => {
	const { store, settings } = make();
	load(settings, table("T", 3));
	store.records.delete(settings.kept.pieces[0]);
	assert.deepEqual(text(settings), []);
	const index = store.records.get("ini.kept");
	for (let length = 0; index !== undefined && length < index.length; length++) {
		store.records.set("ini.kept", index.slice(0, length));
		assert.deepEqual(text(new Settings({ store })), []);
		assert.equal(settings.kept.tables, 0);
	}
	load(settings, table("T", 3));
	assert.equal(text(settings).length, 6);
});

test("random files, full and increments: what is kept is what a simple model keeps", () => {
	const seed = 90210;
	const random = new Random(seed);
	const { settings } = make();
	let model: [key: string, lines: string[]][] = [];
	for (let round = 0; round < 60; round++) {
		const full = random.below(4) === 0;
		const file: [string, string[]][] = [];
		for (let count = random.below(12); count > 0; count--) {
			const name = `N${random.below(20)}`;
			const isTable = random.below(3) === 0;
			const lines = isTable ? table(name, random.below(40), `r${round}`).trimEnd().split("\n") : [`${name} = ${round}`];
			const key = `${isTable ? "table" : "name"} ${name}`;
			if (!file.some(([each]) => each === key)) file.push([key, lines]);
		}
		load(settings, `${file.flatMap(([, lines]) => lines).join("\r\n")}\r\n`, full);
		if (full) model = file;
		else {
			model = model.map(([key, lines]) => [key, file.find(([each]) => each === key)?.[1] ?? lines]);
			model.push(...file.filter(([key]) => !model.some(([each]) => each === key)));
		}
		assert.deepEqual(
			text(settings),
			model.flatMap(([, lines]) => lines),
			`seed ${seed}, round ${round}`,
		);
		const tables = model.filter(([key]) => key.startsWith("table")).length;
		assert.deepEqual([settings.kept.tables, settings.kept.names], [tables, model.length - tables]);
	}
});

test("one file after another leaves no pieces behind, however short they are", () => {
	const { settings, store } = make();
	for (let i = 0; i < 40; i++) {
		load(settings, `Foreign${i % 7} = ${i}\n${table("Other", 1 + (i % 3), String(i))}`);
		assert.ok(pieces(store).length <= 2, `${pieces(store).length} pieces after file ${i}`);
	}
});
