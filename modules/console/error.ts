// SPDX-License-Identifier: Apache-2.0
//
// What is wrong with a command line. `column` is where, from 0; `undefined` when it concerns the whole line.

export type CommandErrorCode =
	"CONSOLE_QUOTE" | "CONSOLE_UNKNOWN" | "CONSOLE_AMBIGUOUS" | "CONSOLE_ARGUMENTS" | "CONSOLE_REFUSED";

export class CommandError extends Error {
	readonly code: CommandErrorCode;
	readonly column: number | undefined;

	constructor(code: CommandErrorCode, message: string, column?: number) {
		super(message);
		this.code = code;
		this.column = column;
	}
	override get name(): string {
		return "CommandError";
	}
}
