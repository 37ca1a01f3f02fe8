// SPDX-License-Identifier: Apache-2.0
//
// Where in the tree of commands the operator is, and which commands there are.

import type { Command, Mode } from "./commands.js";
import { commandTable, placed } from "./command-table.js";

export interface CommandSource {
	/** Makes the commands outside of all modes. */
	commands(): Iterable<Command>;
}

function worksAnywhere({ anywhere, words }: Command): boolean {
	return anywhere === true || words.startsWith("show ");
}

/** @param count how many modes to leave, default all */
function* leave(modes: Modes, count?: number): Iterable<string> {
	modes.leave(count);
}

const ways = commandTable<Modes>(
	{ words: "exit", usage: "", help: "one place up", run: (modes) => leave(modes, 1) },
	{ words: "end", usage: "", help: "out of the tree", run: (modes) => leave(modes) },
);

const outside: readonly Mode[] = Object.freeze([]);

/** The commands that work here: made one by one, anew each time they are gone through, as all of them would take much of the heap. */
export class Modes implements Iterable<Command> {
	readonly #source: CommandSource;
	#stack: readonly Mode[] = outside;

	constructor(source: CommandSource) {
		this.#source = source;
	}

	/** Name of the innermost mode; empty outside of all. */
	get name(): string {
		return this.#stack[this.#stack.length - 1]?.name ?? "";
	}

	*[Symbol.iterator](): Iterator<Command> {
		const mode = this.#stack[this.#stack.length - 1];
		for (const command of this.#source.commands()) if (mode === undefined || worksAnywhere(command)) yield command;
		if (mode === undefined) return;
		yield* placed(ways, this);
		yield* mode.commands();
	}

	enter(mode: Mode): void {
		this.#stack = [...this.#stack, mode];
	}

	/** @param count how many modes to leave, default all */
	leave(count = this.#stack.length): void {
		this.#stack = this.#stack.length > count ? this.#stack.slice(0, -count) : outside;
	}
}
