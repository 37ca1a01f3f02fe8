// SPDX-License-Identifier: Apache-2.0
//
// The command `factory-reset`: asks first. What goes and what stays is the port's.

import { commandTable, placed } from "./command-table.js";
import type { Command, CommandAnswer } from "./commands.js";
import { CommandError } from "./error.js";

export interface FactoryPort {
	/** Throws errors for people while it cannot be done: an update runs, or something is on trial. */
	check(): void;
	/** Does it, and restarts; with an error nothing has changed. */
	reset(): void;
}

function attempt(action: () => void): void {
	try {
		action();
	} catch (error) {
		throw new CommandError("CONSOLE_REFUSED", error instanceof Error ? error.message : "refused");
	}
}

function answered(port: FactoryPort, text: string): CommandAnswer {
	if (text.trim().toLowerCase() !== "yes") throw new CommandError("CONSOLE_REFUSED", "not yes: nothing was changed");
	attempt(() => port.check());
	attempt(() => port.reset());
	return [
		"settings are as delivered; password, files, SNMP keys and all memory of updates are gone",
		"certificates, signing keys, Wi-Fi, clock floor, secure version, restart budget and",
		"the choice of firmware stay, and so does what is known of firmware that failed",
		"restarting",
	];
}

function ask(port: FactoryPort): CommandAnswer {
	attempt(() => port.check());
	return {
		question: "settings, password and files go, certificates stay. Type yes:",
		secret: false,
		answered: (text) => answered(port, text),
	};
}

const table = commandTable<FactoryPort>({
	words: "factory-reset",
	usage: "",
	help: "settings as delivered (asks)",
	run: ask,
});

export function factoryCommands(port: FactoryPort): Iterable<Command> {
	return placed(table, port);
}
