// SPDX-License-Identifier: Apache-2.0
//
// The error of every pure parser: what was wrong and at which byte.
// Text formats that also know line and column have a class of their own.

/** A refusal of input (or of a number to be written), with a stable code and the byte position. */
export class ParseError extends Error {
	override readonly name: string = "ParseError";
	/** Stable, documented in the README of the module that throws it. */
	readonly code: string;
	/** Byte position in the input, from 0. */
	readonly offset: number;

	/**
	 * @param code stable code, upper case
	 * @param offset byte position of the fault, 0 <= offset
	 * @param message what was expected and what was found; never a secret
	 */
	constructor(code: string, offset: number, message: string) {
		super(message);
		this.code = code;
		this.offset = offset;
	}
}
