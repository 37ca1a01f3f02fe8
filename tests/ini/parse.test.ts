// SPDX-License-Identifier: Apache-2.0
//
// IniParser and parseIni: limits, collected problems, tables refused, life after a fault.

import test from "node:test";
import assert from "node:assert/strict";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import type { IniError } from "../../modules/ini/error.js";
import { parseIni } from "../../modules/ini/file.js";
import { IniParser, type IniParserOptions } from "../../modules/ini/parse.js";
import { chunks, problemRow } from "./support.js";

function names(text: string, options: Partial<IniParserOptions> = {}): string[] {
	const seen: string[] = [];
	const parser = new IniParser({ ...options, onEntry: (entry) => seen.push(entry.name) });
	parser.write(encodeUTF8(text));
	parser.end();
	return seen;
}

test("an entry says where its value begins", () => {
	const [entry, empty] = parseIni(encodeUTF8("; x\r\nA  = 'b'\r\nC =\r\n")).entries;
	assert.deepEqual(entry.valuePosition, { line: 2, column: 6, offset: 10 });
	assert.deepEqual(empty.valuePosition, { line: 3, column: 4, offset: 18 });
});

test("collected problems come in order, and reading goes on after each", () => {
	const file = parseIni(encodeUTF8("A = 1\nB\nC = 'x\nD = 2\n[E\nF = 3\n"), { collect: true });
	assert.deepEqual(
		file.entries.map((entry) => entry.name),
		["A", "D", "F"],
	);
	assert.deepEqual(file.problems.map(problemRow), [
		["INI_EQUALS", 2, 2, 7],
		["INI_QUOTE_OPEN", 3, 5, 12],
		["INI_SECTION", 5, 3, 23],
	]);
});

test("no more problems are kept than asked for, and all are counted", () => {
	const file = parseIni(encodeUTF8("x\n".repeat(50)), { collect: true, maxProblems: 3 });
	assert.equal(file.problems.length, 3);
	assert.equal(file.problemCount, 50);
	assert.equal(parseIni(encodeUTF8("x\n".repeat(50)), { collect: true }).problems.length, 20);
});

test("without onTable a table is one fault, at its FORMAT line", () => {
	const text = "A = 1\n[T]\nFORMAT I = X;\nT 0 = 1;\nT 1 = 2;\n[\\T]\nB = 1\n";
	const problems: IniError[] = [];
	assert.deepEqual(names(text, { onProblem: (problem) => problems.push(problem) }), ["A", "B"]);
	assert.deepEqual(problems.map(problemRow), [["INI_TABLE_UNSUPPORTED", 3, 1, 10]]);
	assert.throws(() => names(text), { code: "INI_TABLE_UNSUPPORTED", line: 3 });
	assert.throws(() => names("[T]\n[\\T]\n"), { code: "INI_TABLE_UNSUPPORTED", line: 2 });
});

test("limits can be set", () => {
	assert.throws(() => names("ABCDE = 1\n", { maxNameBytes: 4 }), { code: "INI_NAME_LENGTH", offset: 4 });
	assert.throws(() => names("A = 12345\n", { maxLineBytes: 8 }), { code: "INI_LINE_LENGTH", offset: 8 });
	assert.deepEqual(names("A = 1234\r\n", { maxLineBytes: 8 }), ["A"]);
	assert.deepEqual(names("\ufeffA = 1234\r\n", { maxLineBytes: 8 }), ["A"]);
	const error = { code: "INI_FILE_LENGTH", line: 2, column: 1, offset: 12 };
	assert.throws(() => names("A = 1\nB = 12345\n", { maxFileBytes: 12 }), error);
	assert.deepEqual(names("A = 1\nB = 1\n", { maxFileBytes: 12 }), ["A", "B"]);
});

test("a file above its limit ends the reading in collect mode too", () => {
	const file = parseIni(encodeUTF8("A = 1\nB = 1\nC = 1\n"), { collect: true, maxFileBytes: 13 });
	assert.deepEqual(file.problems.map(problemRow), [["INI_FILE_LENGTH", 3, 1, 13]]);
	assert.equal(file.entries.length, 2);
});

test("an endless line is reported before it ends", () => {
	const problems: IniError[] = [];
	const parser = new IniParser({ onEntry: () => undefined, onProblem: (problem) => problems.push(problem) });
	for (let i = 0; i < 5; i++) parser.write(new Uint8Array(1000).fill(0x41));
	assert.deepEqual(problems.map(problemRow), [["INI_LINE_LENGTH", 1, 4097, 4096]]);
	for (let i = 0; i < 50; i++) parser.write(new Uint8Array(1000).fill(0x41));
	parser.end();
	assert.equal(problems.length, 1);
});

test("the reader is closed after a fault, after end, and after a throw of a callback", () => {
	const line = encodeUTF8("A = 1\n");
	const faulty = new IniParser({ onEntry: () => undefined });
	assert.throws(() => faulty.write(encodeUTF8("x\n")), { code: "INI_EQUALS" });
	assert.throws(() => faulty.write(line), /closed/);
	assert.throws(() => faulty.end(), /closed/);
	const ended = new IniParser({ onEntry: () => undefined });
	ended.end();
	assert.throws(() => ended.write(line), /closed/);
	const mine = new Error("mine");
	const thrower = new IniParser({
		onEntry: () => {
			throw mine;
		},
		onProblem: () => assert.fail("not a problem of the file"),
	});
	assert.throws(
		() => thrower.write(line),
		(error: unknown) => error === mine,
	);
	assert.equal(thrower.closed, true);
});

test("messages do not quote the file", () => {
	const file = encodeUTF8(
		"AUPDDigestPassword = 'hunter2\nhunter2 x = 1\nPass = 'hunter2' hunter2\nhunter2\n[hunter2\n",
	);
	const { problems } = parseIni(file, { collect: true });
	assert.equal(problems.length, 5);
	for (const problem of problems) assert.ok(!problem.message.includes("hunter2"), problem.message);
});

test("a large file in small pieces", () => {
	let text = "";
	for (let i = 0; i < 2000; i++) text += `Name_${i} = 'value ${i}'\r\n`;
	let count = 0;
	const parser = new IniParser({
		onEntry: (entry) => {
			assert.equal(entry.value, `value ${count}`);
			assert.equal(entry.line, ++count);
		},
	});
	for (const piece of chunks(encodeUTF8(text), 13)) parser.write(piece);
	parser.end();
	assert.equal(count, 2000);
});
