// SPDX-License-Identifier: Apache-2.0
//
// What is wrong with a command line. `column` is where, from 0 in UTF-16 code units; `undefined` when it concerns the whole
// line. Messages never quote the line, which may hold a secret.

export type CommandErrorCode =
	| "CONSOLE_QUOTE"
	| "CONSOLE_LENGTH"
	| "CONSOLE_UNKNOWN"
	| "CONSOLE_AMBIGUOUS"
	| "CONSOLE_ARGUMENTS"
	| "CONSOLE_REFUSED"
	| "CONSOLE_LOGIN";

export class CommandError extends Error {
	override readonly name: string = "CommandError";
	readonly code: CommandErrorCode;
	readonly column: number | undefined;

	constructor(code: CommandErrorCode, message: string, column?: number) {
		super(message);
		this.code = code;
		this.column = column;
	}
}
