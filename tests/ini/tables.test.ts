// SPDX-License-Identifier: Apache-2.0
//
// Tables beyond the vectors: limits, faults one by one, column names of both dialects, and random tables.

import test from "node:test";
import assert from "node:assert/strict";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { parseIni } from "../../modules/ini/file.js";
import { joinList, splitList } from "../../modules/ini/list.js";
import { IniParser } from "../../modules/ini/parse.js";
import { columnOf } from "../../modules/ini/table.js";
import { Random } from "../harness/random.js";
import { problemRow, tableRows } from "./support.js";

function problems(text: string, maxRows = 1024): (string | number)[][] {
	return parseIni(encodeUTF8(text), { collect: true, maxRows }).problems.map(problemRow);
}

test("a table has no more rows than allowed, each row above is a fault, and the next table starts anew", () => {
	const table = (name: string): string =>
		`[${name}]\nFORMAT I = A;\n${name} 1 = x;\n${name} 0 = x;\n${name} 2 = x;\n[\\${name}]\n`;
	assert.deepEqual(problems(table("T"), 3), []);
	assert.deepEqual(
		problems(table("T") + table("U"), 2).map(([code, line]) => [code, line]),
		[
			["INI_TABLE_ROWS", 5],
			["INI_TABLE_ROWS", 11],
		],
	);
});

test("the rows of a table whose format line is faulty are passed over: one fault", () => {
	const text = "[T]\nFORMAT I = ;\nT 0 = 1;\nT x\n[\\T]\nA = 1\n";
	assert.deepEqual(problems(text), [["INI_FORMAT", 2, 12, 15]]);
	assert.equal(parseIni(encodeUTF8(text), { collect: true }).entries.length, 1);
});

test("a faulty row costs only itself when faults are collected", () => {
	const file = parseIni(encodeUTF8('[T]\nFORMAT I = A;\nT 0 = 1\nT 1 = 1;\nT 2 = "\u00e4" x;\n[\\T]\n'), {
		collect: true,
	});
	assert.deepEqual(file.problems.map(problemRow), [
		["INI_TABLE_LINE", 3, 8, 25],
		["INI_QUOTE_TRAILING", 5, 11, 46],
	]);
	assert.deepEqual(tableRows(file.events), [
		["T", ["I"], ["A"]],
		["T", [1], ["bare:1"]],
	]);
});

test("columns of both dialects have one name", () => {
	assert.equal(columnOf("PREFIX", "PREFIX_DestPort"), "DestPort");
	assert.equal(columnOf("Prefix", "PREFIX_DestPort"), "DestPort");
	assert.equal(columnOf("PREFIX", "DestPort"), "DestPort");
	assert.equal(columnOf("PREFIX", "PREFIXDestPort"), "PREFIXDestPort");
});

test("random tables give back their rows, in any order of rows, and a doubled row is a fault", () => {
	const seed = 40417;
	const random = new Random(seed);
	const texts = ["a", "10.1.1.1", "*", '"x;y,z"', '""', "$$", "", "'q'", "-1", '"\u20ac"'];
	for (let round = 0; round < 150; round++) {
		const indexes = 1 + random.below(3);
		const columns = 1 + random.below(6);
		const keys = new Set<string>();
		while (keys.size < 1 + random.below(12))
			keys.add(Array.from({ length: indexes }, () => random.below(4) * random.below(21846)).join(","));
		const lines = [...keys].map((key) => {
			const values = Array.from({ length: columns }, () => texts[random.below(texts.length)]);
			return { key, line: `T ${key} = ${values.join(" , ")};\n` };
		});
		const format = `[T]\nFORMAT ${"IJK".slice(0, indexes).split("").join(", ")} = ${"ABCDEF".slice(0, columns).split("").join(",")};\n`;
		const label = `seed ${seed}, round ${round}`;
		const file = parseIni(encodeUTF8(`${format}${lines.map(({ line }) => line).join("")}[\\T]\n`));
		const rows = tableRows(file.events).slice(1);
		assert.deepEqual(
			rows.map(([, index]) => index.join(",")),
			[...keys],
			label,
		);
		assert.ok(
			rows.every(([, , values]) => values.length === columns),
			label,
		);
		const { line } = lines[random.below(lines.length)];
		const doubled = problems(`${format}${lines.map((each) => each.line).join("")}${line}[\\T]\n`);
		assert.deepEqual(
			doubled.map(([code]) => code),
			["INI_ROW_REPEATED"],
			label,
		);
	}
});

test("the first line tells a whole file from an increment", () => {
	const markOf = (text: string): string | undefined => {
		const parser = new IniParser({ onEntry: () => undefined });
		for (const byte of encodeUTF8(text)) parser.write(new Uint8Array([byte]));
		parser.end();
		return parser.mark;
	};
	assert.equal(markOf("#ini-incremental\nA = 1\n"), "incremental");
	assert.equal(markOf("\ufeff #INI-Incremental \r\nA = 1\r\n"), "incremental");
	assert.equal(markOf("#ini-file\n"), "full");
	for (const text of [
		"",
		"A = 1\n",
		"\n#ini-incremental\n",
		";ini-incremental\n",
		"#ini-incremental x\n",
		"#ini-incrementa\n",
	])
		assert.equal(markOf(text), undefined, JSON.stringify(text));
});

test("the bytes of the line at work can be had as they are", () => {
	const seen: string[] = [];
	const latin1 = new Uint8Array([
		...encodeUTF8("  A = "),
		0xfc,
		...encodeUTF8(" \r\n[T]\n FORMAT I = B;\nT 0=1;\n[\\T]\n"),
	]);
	const note = (): number => seen.push(Array.from(parser.raw, (byte) => String.fromCharCode(byte)).join(""));
	const parser: IniParser = new IniParser({ onEntry: note, onTable: note });
	parser.write(latin1);
	assert.deepEqual(seen, ["A = \u00fc", "FORMAT I = B;", "T 0=1;", "[\\T]"]);
});

test("lists: items with and without quotes, empty ones, commas in quotes", () => {
	const cases: [string, string[]][] = [
		["", []],
		[" ", []],
		["a", ["a"]],
		["0, 0, 0", ["0", "0", "0"]],
		["'en-US', '', ''", ["en-US", "", ""]],
		["'a, b' ,\"c,'d'\",e", ["a, b", "c,'d'", "e"]],
		["a,", ["a", ""]],
		[",", ["", ""]],
		["'a' b, c", ["'a' b", "c"]],
		["it's, 'x", ["it's", "'x"]],
	];
	for (const [text, items] of cases) assert.deepEqual(splitList(text), items, text);
	const words = ["ini", "", "a,b", "x y"];
	assert.deepEqual(splitList(joinList(words)), words);
});

test("a file of a megabyte, with tables, is read in pieces and nothing of it is held", () => {
	let rows = 0;
	let entries = 0;
	const parser = new IniParser({
		onEntry: () => entries++,
		onTable: (line) => {
			if (line.part === "row") rows++;
		},
	});
	const lines: string[] = ["[SYSTEM Params]\r\n"];
	for (let i = 0; i < 50; i++) lines.push(`Unknown_${i} = 'some value with number ${i}'\r\n`);
	lines.push("[ PREFIX ]\r\nFORMAT PREFIX_Index = PREFIX_A, PREFIX_B, PREFIX_C;\r\n");
	for (let i = 0; i < 60; i++) lines.push(`PREFIX ${i} = "a; quoted, text", 10.1.1.${i}, $$;\r\n`);
	lines.push("[ \\PREFIX ]\r\n");
	const part = encodeUTF8(lines.join(""));
	const times = Math.floor(1048576 / part.length);
	for (let round = 0; round < times; round++)
		for (let at = 0; at < part.length; at += 1024) parser.write(part.subarray(at, at + 1024));
	parser.end();
	assert.ok(times * part.length > 1000000);
	assert.deepEqual([entries, rows], [times * 50, times * 60]);
});
