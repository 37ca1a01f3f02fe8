// SPDX-License-Identifier: Apache-2.0
//
// The answer of a command, line by line, a page at a time where the terminal has pages.

import type { Key } from "./keys.js";

/** What a key at the end of a page does: another page, another line, the end; or the end, and the key is typed as usual. */
export type PageKey = "page" | "line" | "quit" | "typed";

export const moreText = "--More--  Space: page, Enter: line, q: end";

export function pageKey(key: Key): PageKey {
	if ("text" in key) return key.text === " " || key.text === "f" ? "page" : key.text === "q" ? "quit" : "typed";
	if (key.key === "enter" || key.key === "down") return "line";
	return key.key === "cancel" || key.key === "end-of-file" ? "quit" : "typed";
}

export class Answer {
	readonly #lines: Iterator<string>;
	readonly #rows: number;
	#left: number;
	/** A line that did not fit the page. */
	#held: string | undefined;
	/** The page is full, and somebody is there to turn it. */
	paused = false;

	/** @param rows lines of a page; 0: no pages */
	constructor(lines: Iterable<string>, rows: number) {
		this.#lines = lines[Symbol.iterator]();
		this.#rows = rows;
		this.#left = rows;
	}

	/** Another line is there, and would push the first of the page off the screen. Throws what the command throws */
	get full(): boolean {
		if (this.#rows <= 0 || this.#left > 0) return false;
		this.#held ??= this.take();
		return this.#held !== undefined;
	}

	/** @returns the next line, `undefined` at the end. Throws what the command throws */
	next(): string | undefined {
		const line = this.#held ?? this.take();
		this.#held = undefined;
		this.#left--;
		return line;
	}

	private take(): string | undefined {
		const { done, value } = this.#lines.next();
		return done === true ? undefined : value;
	}

	/** Goes on after a full page. */
	turn(by: "page" | "line"): void {
		this.paused = false;
		this.#left = by === "page" ? this.#rows : 1;
	}

	/** The rest is not wanted. */
	end(): void {
		this.#lines.return?.();
	}
}
