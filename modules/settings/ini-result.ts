// SPDX-License-Identifier: Apache-2.0
//
// What an ini file does to the settings, and a line about it for people.

import type { IniError } from "../ini/error.js";
import type { SettingsError } from "./error.js";

export interface NamedLine {
	name: string;
	line: number;
}

/** Among `changed`: the tables and unknown names that are kept. */
export const keptName = "tables and unknown names";

export interface IniResult {
	/**
	 * Canonical names of the parameters that get another value, and `keptName` when what is kept changes; empty if there are
	 * problems.
	 */
	changed: string[];
	/** Names that no parameter has, and tables, as the file spells them. They are kept, and have no effect. */
	unknown: NamedLine[];
	unknownCount: number;
	/** Names given more than once; the last value counts. */
	repeated: NamedLine[];
	/** Faults of the file in its order, the first ones; a file with any is not taken. */
	problems: (IniError | SettingsError)[];
	problemCount: number;
	/** With IniErrorPolicy = skip: faults, the first ones, of lines that are passed over. They are no `problems` then. */
	skipped: (IniError | SettingsError)[];
	skippedCount: number;
	/** Some of `changed` act after a restart only. */
	resetNeeded: boolean;
	/** The file asks for a restart: ResetNow = 1. */
	resetNow: boolean;
	/** What the file does not name returns to its default. */
	full: boolean;
}

/** One parameter that a file changes, as people are shown it. */
export interface Difference {
	name: string;
	/** Secrets and the credentials of URLs are asterisks; a value at its default is marked. */
	before: string;
	after: string;
	/** Acts after a restart only. */
	reset: boolean;
}

export function emptyResult(): IniResult {
	return {
		changed: [],
		unknown: [],
		unknownCount: 0,
		repeated: [],
		problems: [],
		problemCount: 0,
		skipped: [],
		skippedCount: 0,
		resetNeeded: false,
		resetNow: false,
		full: true,
	};
}

function counted(count: number, one: string, many = `${one}s`): string {
	return `${count} ${count === 1 ? one : many}`;
}

/** `3 parameters change, restart needed`. */
export function describeResult(result: IniResult): string {
	const { changed, problemCount, skippedCount, unknownCount, resetNeeded, resetNow } = result;
	if (problemCount > 0) return `refused: ${counted(problemCount, "faulty line")}`;
	const parameters = changed.filter((name) => name !== keptName).length;
	const parts = [`${counted(parameters, "parameter changes", "parameters change")}`];
	if (resetNow) parts.push("restart demanded");
	else if (resetNeeded) parts.push("restart needed");
	if (unknownCount > 0) {
		const change = changed.includes(keptName) ? "" : ", as before";
		parts.push(
			`${counted(unknownCount, "table or unknown name", "tables and unknown names")} kept without effect${change}`,
		);
	} else if (changed.includes(keptName)) parts.push("kept tables and unknown names go");
	if (skippedCount > 0) parts.push(`${counted(skippedCount, "faulty line")} skipped`);
	return parts.join(", ");
}
