// SPDX-License-Identifier: Apache-2.0
//
// The error of the ini reader and writer: which rule was broken, and where. Never quotes the line, which may hold a secret.

import { ParseError } from "../bytes/error.js";

/** Where in a file something stands. */
export interface Position {
	/** From 1. */
	readonly line: number;
	/** Characters from 1; a byte order mark does not count. */
	readonly column: number;
	/** Bytes from the start of the file, from 0. */
	readonly offset: number;
}

/** One fault of an ini file. */
export class IniError extends ParseError implements Position {
	override readonly name: string = "IniError";
	readonly line: number;
	readonly column: number;

	constructor(code: string, position: Position, message: string) {
		super(code, position.offset, message);
		this.line = position.line;
		this.column = position.column;
	}
}
