// SPDX-License-Identifier: Apache-2.0
//
// The error of this module and the reading of others' errors: every failure ends as a stable code and a line of text.

/** `code` is stable and listed in README.md; `cause` is the inner error where there is one. */
export class UpdateError extends Error {
	override readonly name = "UpdateError";
	readonly code: string;

	constructor(code: string, message: string, cause?: unknown) {
		super(message, cause === undefined ? undefined : { cause });
		this.code = code;
	}
}

/** What an error says: its `code`, or `UPDATE_INTERNAL` for one that has none, and its text. */
export interface Fault {
	code: string;
	reason: string;
}

function field(value: object, name: string): unknown {
	return (value as Record<string, unknown>)[name];
}

/** A connection that failed for what the server's certificate is: the HTTP client's own words would hide the reason. */
function innerCause(error: Error): Error {
	const { cause } = error;
	if (!(cause instanceof Error)) return error;
	const code = field(cause, "code");
	return typeof code === "string" && code.startsWith("TLS_") ? cause : error;
}

/**
 * Reads any thrown value.
 * @returns code and reason; line and column are put before the reason where the error has them
 */
export function describeError(thrown: unknown): Fault {
	if (!(thrown instanceof Error)) return { code: "UPDATE_INTERNAL", reason: String(thrown) };
	const error = innerCause(thrown);
	const code = field(error, "code");
	const line = field(error, "line");
	const column = field(error, "column");
	const where = typeof line === "number" && typeof column === "number" ? `line ${line}, column ${column}: ` : "";
	return { code: typeof code === "string" ? code : "UPDATE_INTERNAL", reason: where + error.message };
}
