// SPDX-License-Identifier: Apache-2.0
//
// The error of the settings: which parameter, what was expected, what was found. Never the value of a secret or of a URL.

import type { Position } from "../ini/error.js";

/** Where the fault came from. */
export interface SettingsErrorPlace {
	/** The parameter in its canonical spelling, or the unknown name as it was given. */
	parameter?: string;
	/** Place in an ini file. */
	position?: Position;
	cause?: unknown;
}

/** A refused name or value, a damaged record, or a stage used out of order. */
export class SettingsError extends Error {
	override readonly name: string = "SettingsError";
	/** Stable, listed in the README. */
	readonly code: string;
	readonly parameter: string | undefined;
	/** From 1; only for a value that came from an ini file, as are `column` and `offset`. */
	readonly line: number | undefined;
	readonly column: number | undefined;
	readonly offset: number | undefined;

	constructor(code: string, message: string, place: SettingsErrorPlace = {}) {
		super(message, place.cause === undefined ? undefined : { cause: place.cause });
		this.code = code;
		this.parameter = place.parameter;
		this.line = place.position?.line;
		this.column = place.position?.column;
		this.offset = place.position?.offset;
	}
}
