// SPDX-License-Identifier: Apache-2.0
//
// Commands as tables that are frozen and preloaded, so that they take no memory at run time. What they act upon is put beside them while
// somebody looks for one, and kept with the one that was meant.

import type { Command, CommandAnswer, Suggestion } from "./commands.js";

/** As `Command`; its functions are given what they act upon. */
export interface TableCommand<Ports> {
	readonly words: string;
	readonly usage: string;
	readonly help: string;
	readonly secret?: (ports: Ports, values: string[]) => boolean;
	readonly complete?: (ports: Ports, values: string[]) => Iterable<Suggestion>;
	readonly run: (ports: Ports, values: string[]) => CommandAnswer | Promise<CommandAnswer>;
	readonly anywhere?: boolean;
}

export type CommandTable<Ports> = readonly TableCommand<Ports>[];

/** For a module's own level. */
export function commandTable<Ports>(...commands: TableCommand<Ports>[]): CommandTable<Ports> {
	for (const command of commands) Object.freeze(command);
	return Object.freeze(commands);
}

class PlacedCommand<Ports> implements Command {
	readonly #entry: TableCommand<Ports>;
	readonly #ports: Ports;

	constructor(entry: TableCommand<Ports>, ports: Ports) {
		this.#entry = entry;
		this.#ports = ports;
	}

	get words(): string {
		return this.#entry.words;
	}

	get usage(): string {
		return this.#entry.usage;
	}

	get help(): string {
		return this.#entry.help;
	}

	get anywhere(): boolean {
		return this.#entry.anywhere === true;
	}

	secret(values: string[]): boolean {
		return this.#entry.secret?.(this.#ports, values) ?? false;
	}

	complete(values: string[]): Iterable<Suggestion> {
		return this.#entry.complete?.(this.#ports, values) ?? [];
	}

	run(values: string[]): CommandAnswer | Promise<CommandAnswer> {
		return this.#entry.run(this.#ports, values);
	}
}

class PlacedTable<Ports> implements Iterable<Command> {
	readonly #table: CommandTable<Ports>;
	readonly #ports: Ports;

	constructor(table: CommandTable<Ports>, ports: Ports) {
		this.#table = table;
		this.#ports = ports;
	}

	*[Symbol.iterator](): Iterator<Command> {
		for (const entry of this.#table) yield new PlacedCommand(entry, this.#ports);
	}
}

/** @returns commands, made one by one, anew each time they are gone through */
export function placed<Ports>(table: CommandTable<Ports>, ports: Ports): Iterable<Command> {
	return new PlacedTable(table, ports);
}
