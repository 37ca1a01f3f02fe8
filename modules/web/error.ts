// SPDX-License-Identifier: Apache-2.0
//
// What the web pages answer when they do not do what was asked: HTTP status, stable code, one line for people. Never a secret.

export type WebErrorCode =
	| "WEB_BODY"
	| "WEB_FORBIDDEN"
	| "WEB_HOST"
	| "WEB_LOGIN"
	| "WEB_METHOD"
	| "WEB_NOT_FOUND"
	| "WEB_PASSWORD"
	| "WEB_READ_ONLY"
	| "WEB_REFUSED"
	| "WEB_SETUP"
	| "WEB_TYPE"
	| "WEB_VALUES"
	| "WEB_WAIT";

/** A fault of one field. */
export interface FieldFault {
	name: string;
	message: string;
}

export interface WebErrorDetails {
	/** Faults at fields. */
	fields?: readonly FieldFault[];
	/** Code of the inner error, for example of the settings. */
	reason?: string;
	/** Seconds to wait. */
	seconds?: number;
}

export class WebError extends Error {
	override readonly name = "WebError";
	readonly status: number;
	/** Stable; see README.md. */
	readonly code: WebErrorCode;
	readonly details: WebErrorDetails;

	constructor(status: number, code: WebErrorCode, message: string, details: WebErrorDetails = {}) {
		super(message);
		this.status = status;
		this.code = code;
		this.details = details;
	}
}

/** An error of another module that is the operator's: told with its code. */
export function refused(error: unknown): WebError {
	if (error instanceof WebError) return error;
	if (!(error instanceof Error)) return new WebError(409, "WEB_REFUSED", "refused");
	const code = "code" in error && typeof error.code === "string" ? { reason: error.code } : {};
	return new WebError(409, "WEB_REFUSED", error.message, code);
}
