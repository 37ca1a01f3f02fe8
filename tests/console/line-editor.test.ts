// SPDX-License-Identifier: Apache-2.0
//
// Editing of one line, its history, and the part of it that a narrow terminal shows.

import assert from "node:assert/strict";
import test from "node:test";
import type { KeyName } from "../../modules/console/keys.js";
import { LineEditor, type LineEditorLimits } from "../../modules/console/line-editor.js";
import { Random } from "../harness/random.js";

function type(editor: LineEditor, text: string): void {
	for (const character of text) editor.feed({ text: character });
}

function press(editor: LineEditor, ...keys: KeyName[]): string {
	let kind = "";
	for (const key of keys) kind = editor.feed({ key }).kind;
	return kind;
}

/** Text with a bar at the cursor. */
function state(editor: LineEditor): string {
	const points = Array.from(editor.text);
	return `${points.slice(0, editor.cursor).join("")}|${points.slice(editor.cursor).join("")}`;
}

function make(text = "", limits: LineEditorLimits = {}): LineEditor {
	const editor = new LineEditor(limits);
	type(editor, text);
	return editor;
}

function finish(editor: LineEditor, text: string): void {
	type(editor, text);
	const result = editor.feed({ key: "enter" });
	if (result.kind === "line") editor.remember(result.line);
}

test("each key does its work", () => {
	const cases: [KeyName[], string][] = [
		[[], "one two|"],
		[["left"], "one tw|o"],
		[["left", "left", "right"], "one tw|o"],
		[["home"], "|one two"],
		[["home", "end"], "one two|"],
		[["backspace"], "one tw|"],
		[["home", "delete"], "|ne two"],
		[["home", "end-of-file"], "|ne two"],
		[["home", "right", "right", "right", "kill-end"], "one|"],
		[["left", "left", "left", "kill-start"], "|two"],
		[["kill-word"], "one |"],
		[["kill-word", "kill-word"], "|"],
		[["left", "kill-word"], "one |o"],
	];
	for (const [keys, expected] of cases) {
		const editor = make("one two");
		press(editor, ...keys);
		assert.equal(state(editor), expected, keys.join(" "));
	}
});

test("keys that change nothing say so", () => {
	const editor = make("x");
	for (const key of ["right", "end", "delete", "end-of-file", "kill-end", "up", "down"] as KeyName[])
		assert.equal(press(editor, key), "none", key);
	press(editor, "home");
	for (const key of ["left", "home", "backspace", "kill-start", "kill-word"] as KeyName[])
		assert.equal(press(editor, key), "none", key);
	assert.equal(state(editor), "|x");
	assert.equal(press(editor, "redraw"), "redraw");
	assert.equal(press(editor, "tab"), "complete");
});

test("text goes in at the cursor; a character outside the BMP is one column", () => {
	const editor = make("a𝄞c");
	press(editor, "left", "left");
	type(editor, "é");
	assert.equal(state(editor), "aé|𝄞c");
	press(editor, "delete");
	assert.equal(state(editor), "aé|c");
});

test("enter gives the line and clears it; cancel clears it", () => {
	const editor = make("show");
	assert.deepEqual(editor.feed({ key: "enter" }), { kind: "line", line: "show", tooLong: false });
	assert.equal(state(editor), "|");
	type(editor, "other");
	assert.equal(press(editor, "cancel"), "cancel");
	assert.equal(state(editor), "|");
});

test("a line takes so many characters and no more, and enter tells", () => {
	const editor = make("123456", { line: 5 });
	assert.equal(state(editor), "12345|");
	assert.equal(editor.feed({ text: "7" }).kind, "none");
	assert.deepEqual(editor.feed({ key: "enter" }), { kind: "line", line: "12345", tooLong: true });
	type(editor, "abc");
	assert.deepEqual(editor.feed({ key: "enter" }), { kind: "line", line: "abc", tooLong: false });
	type(editor, "abcdef");
	press(editor, "backspace");
	assert.deepEqual(editor.feed({ key: "enter" }), { kind: "line", line: "abcd", tooLong: false }, "seen and mended");
});

test("the arrow keys walk through history and back to what was typed", () => {
	const editor = make();
	for (const line of ["first", "second", "third"]) finish(editor, line);
	type(editor, "draft");
	const seen: string[] = [];
	for (const key of ["up", "up", "up", "up", "down", "down", "down", "down"] as KeyName[]) {
		press(editor, key);
		seen.push(state(editor));
	}
	assert.deepEqual(seen, ["third|", "second|", "first|", "first|", "second|", "third|", "draft|", "draft|"]);
});

test("history leaves out empty and repeated lines and keeps the newest", () => {
	const editor = make("", { history: 2 });
	for (const line of ["a", "b", "b", "", "  ", "c"]) finish(editor, line);
	press(editor, "up", "up", "up");
	assert.equal(editor.text, "b");
});

test("a changed history line is a new line; the kept one stays", () => {
	const editor = make();
	finish(editor, "show");
	press(editor, "up");
	type(editor, " clock");
	assert.deepEqual(editor.feed({ key: "enter" }), { kind: "line", line: "show clock", tooLong: false });
	press(editor, "up");
	assert.equal(editor.text, "show");
});

test("cancel leaves history: the next up is the newest, and the line that was typed is gone", () => {
	const editor = make();
	finish(editor, "first");
	finish(editor, "second");
	type(editor, "set AUPDDigestPassword hush");
	press(editor, "up", "up", "cancel");
	assert.equal(press(editor, "down"), "none");
	assert.equal(editor.text, "");
	press(editor, "up");
	assert.equal(editor.text, "second");
});

test("window() shows the end of a long line while typing, and moves only when the cursor leaves it", () => {
	const editor = make("0123456789");
	assert.deepEqual(editor.window(20), { text: "0123456789", column: 10 });
	assert.deepEqual(editor.window(11), { text: "0123456789", column: 10 });
	assert.deepEqual(editor.window(10), { text: "123456789", column: 9 });
	assert.deepEqual(editor.window(5), { text: "6789", column: 4 });
	press(editor, "left", "left", "left", "left");
	assert.deepEqual(editor.window(5), { text: "6789", column: 0 });
	press(editor, "left");
	assert.deepEqual(editor.window(5), { text: "56789", column: 0 });
	press(editor, "home");
	assert.deepEqual(editor.window(5), { text: "01234", column: 0 });
	press(editor, "end");
	assert.deepEqual(editor.window(5), { text: "6789", column: 4 });
	assert.deepEqual(editor.window(1), { text: "", column: 0 });
	press(editor, "kill-start");
	assert.deepEqual(editor.window(5), { text: "", column: 0 });
});

test("window() moves back when the line gets shorter", () => {
	const editor = make("0123456789");
	editor.window(5);
	press(editor, "backspace", "backspace", "backspace");
	assert.deepEqual(editor.window(5), { text: "3456", column: 4 });
	press(editor, "kill-word");
	assert.deepEqual(editor.window(5), { text: "", column: 0 });
});

test("random keys: the cursor stays in the line, the window within its width, the history bounded", () => {
	const keys: KeyName[] = ["enter", "backspace", "delete", "left", "right", "home", "end", "up", "down"];
	keys.push("kill-end", "kill-start", "kill-word", "redraw", "cancel", "end-of-file", "tab");
	for (let seed = 1; seed <= 30; seed++) {
		const random = new Random(seed);
		const editor = make("", { line: 12, history: 3 });
		for (let i = 0; i < 500; i++) {
			const result = editor.feed(
				random.below(3) === 0 ? { key: random.pick(keys) } : { text: random.pick(["a", " ", "é", "𝄞"]) },
			);
			if (result.kind === "line") editor.remember(result.line);
			const length = Array.from(editor.text).length;
			assert.ok(length <= 12 && editor.cursor >= 0 && editor.cursor <= length, `seed ${seed}`);
			const columns = 1 + random.below(16);
			const { text, column } = editor.window(columns);
			const shown = Array.from(text).length;
			assert.ok(shown <= columns && column >= 0 && column <= shown && column < columns, `seed ${seed}`);
			assert.ok(editor.text.includes(text), `seed ${seed}`);
		}
	}
});

test("replace() puts text in the place of what stands before the cursor, as if typed", () => {
	const editor = make("set ini x");
	press(editor, "left", "left");
	assert.equal(editor.before, "set ini");
	editor.replace(3, "IniFileURL ");
	assert.equal(state(editor), "set IniFileURL | x");
	editor.replace(99, "é");
	assert.equal(state(editor), "é| x");
});
