// SPDX-License-Identifier: Apache-2.0
//
// One line being edited, with history. Pure: keys in, state out; drawing is the screen's part.
// A column is one code point; wide and combining characters are not measured.

import type { Key, KeyName } from "./keys.js";

export interface LineEditorLimits {
	/** Code points in a line, default 1024; more are not taken, and such a line is not to be obeyed. */
	line?: number;
	/** Lines kept in history, default 16. */
	history?: number;
}

/** What a key did: a finished line, a change to draw, a request of the operator, or nothing. */
export type EditResult =
	| { kind: "line"; line: string; tooLong: boolean }
	| { kind: "changed" }
	| { kind: "cancel" }
	| { kind: "redraw" }
	| { kind: "complete" }
	| { kind: "none" };

const changed: EditResult = Object.freeze({ kind: "changed" });
const none: EditResult = Object.freeze({ kind: "none" });

const usual: LineEditorLimits = Object.freeze({});
const nothing: readonly string[] = Object.freeze([]);

export class LineEditor {
	readonly #limits: LineEditorLimits;
	#points: string[] = [];
	#cursor = 0;
	/** Something was typed that the line did not take, and nothing removed since. */
	#tooLong = false;
	/** First code point that the window shows. */
	#start = 0;
	#history: readonly string[] = nothing;
	/** Index of the history line shown; the length of the history while a new line is typed. */
	#shown = 0;
	#draft: readonly string[] = nothing;

	constructor(limits: LineEditorLimits = usual) {
		this.#limits = limits;
	}

	get text(): string {
		return this.#points.join("");
	}
	/** Code points before the cursor. */
	get cursor(): number {
		return this.#cursor;
	}

	/**
	 * Part of the line that fits `columns`, at least 1, with the cursor in it, and the cursor's column in that part. It moves
	 * only when the cursor leaves it.
	 */
	window(columns: number): { text: string; column: number } {
		/* One column is kept for a cursor behind the end. */
		const last = Math.max(0, this.#points.length + 1 - columns);
		this.#start = Math.min(Math.max(this.#start, this.#cursor + 1 - columns), this.#cursor, last);
		const text = this.#points.slice(this.#start, this.#start + columns).join("");
		return { text, column: this.#cursor - this.#start };
	}

	/** Keeps a line for the arrow keys; empty and repeated ones are left out. */
	remember(line: string): void {
		if (line.trim() === "" || this.#history[this.#history.length - 1] === line) return;
		this.#history = [...this.#history, line].slice(-(this.#limits.history ?? 16));
		this.#shown = this.#history.length;
	}

	/** Drops the line and the history: somebody else may sit here next. */
	forget(): void {
		this.#history = nothing;
		this.clear();
	}

	/** What stands before the cursor. */
	get before(): string {
		return this.#points.slice(0, this.#cursor).join("");
	}

	/** Puts `text` in the place of the `back` code points before the cursor, as if typed. */
	replace(back: number, text: string): void {
		for (let i = 0; i < back && this.#cursor > 0; i++) this.#points.splice(--this.#cursor, 1);
		for (const point of text) this.insert(point);
	}

	feed(key: Key): EditResult {
		return "text" in key ? this.insert(key.text) : this.edit(key.key);
	}

	private insert(text: string): EditResult {
		if (this.#points.length >= (this.#limits.line ?? 1024)) {
			this.#tooLong = true;
			return none;
		}
		this.#points.splice(this.#cursor++, 0, text);
		return changed;
	}

	private edit(key: KeyName): EditResult {
		switch (key) {
			case "enter":
				return this.finish();
			case "cancel":
				this.clear();
				return { kind: "cancel" };
			case "redraw":
				return { kind: "redraw" };
			case "backspace":
				return this.remove(this.#cursor - 1, this.#cursor);
			case "delete":
			case "end-of-file":
				return this.remove(this.#cursor, this.#cursor + 1);
			case "kill-end":
				return this.remove(this.#cursor, this.#points.length);
			case "kill-start":
				return this.remove(0, this.#cursor);
			case "kill-word":
				return this.remove(this.wordStart(), this.#cursor);
			case "left":
				return this.move(this.#cursor - 1);
			case "right":
				return this.move(this.#cursor + 1);
			case "home":
				return this.move(0);
			case "end":
				return this.move(this.#points.length);
			case "up":
				return this.recall(this.#shown - 1);
			case "down":
				return this.recall(this.#shown + 1);
			case "tab":
				return { kind: "complete" };
		}
	}

	private finish(): EditResult {
		const line = this.text;
		const tooLong = this.#tooLong;
		this.clear();
		return { kind: "line", line, tooLong };
	}

	private clear(): void {
		this.show([]);
		this.#shown = this.#history.length;
		this.#draft = nothing;
	}

	private show(points: string[]): void {
		this.#points = points;
		this.#cursor = points.length;
		this.#tooLong = false;
	}

	private remove(start: number, end: number): EditResult {
		if (start < 0 || start >= end || start >= this.#points.length) return none;
		this.#points.splice(start, end - start);
		this.#cursor = start;
		this.#tooLong = false;
		return changed;
	}

	private move(cursor: number): EditResult {
		if (cursor < 0 || cursor > this.#points.length || cursor === this.#cursor) return none;
		this.#cursor = cursor;
		return changed;
	}

	private wordStart(): number {
		let start = this.#cursor;
		while (start > 0 && this.#points[start - 1] === " ") start--;
		while (start > 0 && this.#points[start - 1] !== " ") start--;
		return start;
	}

	private recall(index: number): EditResult {
		if (index < 0 || index > this.#history.length) return none;
		if (this.#shown === this.#history.length) this.#draft = this.#points;
		this.#shown = index;
		this.show(index === this.#history.length ? this.#draft.slice() : Array.from(this.#history[index]));
		return changed;
	}
}
