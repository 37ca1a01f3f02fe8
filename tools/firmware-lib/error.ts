// SPDX-License-Identifier: Apache-2.0
//
// What the firmware tool says instead of a stack trace.

/** A reason the tool cannot go on, told to the user as it is. */
export class FirmwareError extends Error {
	/** FIRMWARE_ and INPUT, KEY, MISMATCH, OUTPUT, PROGRAM, SIGNATURE, TOOL or USAGE. */
	readonly code: string;

	constructor(code: string, message: string, options?: { cause?: unknown }) {
		super(message, options);
		this.name = "FirmwareError";
		this.code = code;
	}
}
