// SPDX-License-Identifier: Apache-2.0
//
// Where in the tree of commands the operator is, and which commands there are.

import type { Command, Mode } from "./commands.js";

export class Modes {
	readonly #all: () => Command[];
	readonly #stack: Mode[] = [];

	/** @param all makes the commands outside of all modes */
	constructor(all: () => Command[]) {
		this.#all = all;
	}

	/** Name of the innermost mode; empty outside of all. */
	get name(): string {
		return this.#stack[this.#stack.length - 1]?.name ?? "";
	}

	/** Makes those that work here, anew at each call: they are wanted for a moment, and would take much of the heap all the time. */
	commands(): Command[] {
		const mode = this.#stack[this.#stack.length - 1];
		const all = this.#all();
		if (mode === undefined) return all;
		return [
			...all.filter(({ anywhere }) => anywhere === true),
			{ words: "exit", usage: "", help: "one place up", run: () => this.#left(1) },
			{ words: "end", usage: "", help: "out of the tree", run: () => this.#left() },
			...mode.commands(),
		];
	}

	enter(mode: Mode): void {
		this.#stack.push(mode);
	}

	/** @param count how many modes to leave, default all */
	leave(count = this.#stack.length): void {
		this.#stack.splice(Math.max(0, this.#stack.length - count));
	}

	*#left(count?: number): Iterable<string> {
		this.leave(count);
	}
}
