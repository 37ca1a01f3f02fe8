// SPDX-License-Identifier: Apache-2.0
//
// Where in the tree of commands the operator is, and which commands there are.

import { type Command, firstWord, keepMeant, type Mode } from "./commands.js";

function worksAnywhere({ anywhere, words }: Command): boolean {
	return anywhere === true || words.startsWith("show ");
}

export class Modes {
	readonly #all: () => Iterable<Command>;
	readonly #stack: Mode[] = [];

	/** @param all makes the commands outside of all modes */
	constructor(all: () => Iterable<Command>) {
		this.#all = all;
	}

	/** Name of the innermost mode; empty outside of all. */
	get name(): string {
		return this.#stack[this.#stack.length - 1]?.name ?? "";
	}

	/**
	 * Makes those that work here, anew at each call: they are wanted for a moment, and would take much of the heap all the time.
	 * @param line as far as it is typed: commands that it cannot mean are not whole, see `keepMeant`
	 */
	commands(line: string): Command[] {
		return keepMeant(this.#here(), firstWord(line));
	}

	*#here(): Iterable<Command> {
		const mode = this.#stack[this.#stack.length - 1];
		for (const command of this.#all()) if (mode === undefined || worksAnywhere(command)) yield command;
		if (mode === undefined) return;
		yield { words: "exit", usage: "", help: "one place up", run: () => this.#left(1) };
		yield { words: "end", usage: "", help: "out of the tree", run: () => this.#left() };
		yield* mode.commands();
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
