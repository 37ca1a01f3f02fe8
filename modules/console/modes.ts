// SPDX-License-Identifier: Apache-2.0
//
// Where in the tree of commands the operator is, and which commands there are.

import type { Command, Mode } from "./commands.js";

export class Modes {
	readonly #all: readonly Command[];
	readonly #stack: Mode[] = [];
	/** Those that work here. */
	commands: Command[];

	/** @param all the commands outside of all modes */
	constructor(all: readonly Command[]) {
		this.#all = all;
		this.commands = [...all];
	}

	/** Name of the innermost mode; empty outside of all. */
	get name(): string {
		return this.#stack[this.#stack.length - 1]?.name ?? "";
	}

	enter(mode: Mode): void {
		this.#stack.push(mode);
		this.#gather();
	}

	/** @param count how many modes to leave, default all */
	leave(count = this.#stack.length): void {
		this.#stack.splice(Math.max(0, this.#stack.length - count));
		this.#gather();
	}

	*#left(count?: number): Iterable<string> {
		this.leave(count);
	}

	#gather(): void {
		const mode = this.#stack[this.#stack.length - 1];
		if (mode === undefined) this.commands = [...this.#all];
		else
			this.commands = [
				...this.#all.filter(({ anywhere }) => anywhere === true),
				{ words: "exit", usage: "", help: "one place up", run: () => this.#left(1) },
				{ words: "end", usage: "", help: "out of the tree", run: () => this.#left() },
				...mode.commands(),
			];
	}
}
