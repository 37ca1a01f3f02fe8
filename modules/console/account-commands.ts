// SPDX-License-Identifier: Apache-2.0
//
// `password set`, `password remove` and `logout`. The same password opens the console and the web pages.

import { commandTable, placed } from "./command-table.js";
import type { Command, CommandAnswer, Question } from "./commands.js";
import { CommandError } from "./error.js";

/** Module `accounts`, class Password. */
export interface PasswordPort {
	readonly isSet: boolean;
	verify(text: string): Promise<boolean>;
	set(text: string): Promise<void>;
	remove(): void;
}

function ask(question: string, answered: Question["answered"]): Question {
	return { question, secret: true, answered };
}

function refused(error: unknown): CommandError {
	return new CommandError("CONSOLE_REFUSED", error instanceof Error ? error.message : "refused");
}

async function change(password: PasswordPort, text: string): Promise<CommandAnswer> {
	try {
		await password.set(text);
	} catch (error) {
		throw refused(error);
	}
	return ["the password is set; logout, or some minutes without a key, ask for it"];
}

function askNew(password: PasswordPort): Question {
	return ask("new password:", (text) =>
		ask("again:", (again) => {
			if (again !== text) throw new CommandError("CONSOLE_REFUSED", "the two differ: nothing was changed");
			return change(password, text);
		}),
	);
}

/** Asks for the present password first: who finds an open console must not take it over. */
function proven(password: PasswordPort, then: () => CommandAnswer): CommandAnswer {
	if (!password.isSet) return then();
	return ask("present password:", async (text) => {
		let right: boolean;
		try {
			right = await password.verify(text);
		} catch (error) {
			throw refused(error);
		}
		if (!right) throw new CommandError("CONSOLE_LOGIN", "wrong password");
		return then();
	});
}

function remove(password: PasswordPort): CommandAnswer {
	if (!password.isSet) throw new CommandError("CONSOLE_REFUSED", "no password is set");
	return proven(password, () => {
		try {
			password.remove();
		} catch (error) {
			throw refused(error);
		}
		return ["no password is needed here any more, and the web pages ask for a new one"];
	});
}

const table = commandTable<PasswordPort>(
	{
		words: "password set",
		usage: "",
		help: "ask for a password here and on the web pages",
		run: (password) => proven(password, () => askNew(password)),
	},
	{ words: "password remove", usage: "", help: "ask for no password any more", run: remove },
	{ words: "logout", usage: "", help: "ask for the password again", run: () => ({ logout: true }) },
);

export function accountCommands(password: PasswordPort): Iterable<Command> {
	return placed(table, password);
}
