// SPDX-License-Identifier: Apache-2.0
//
// Reads a whole ini file that is in memory: for small files and for tests. Larger ones go through IniParser.

import type { IniError } from "./error.js";
import { IniParser, type IniEntry, type IniEvent, type IniLimits } from "./parse.js";

/** What a file holds, in its order. */
export interface IniFile {
	events: IniEvent[];
	entries: IniEntry[];
	/** The first `maxProblems` faults; empty unless `collect`. */
	problems: IniError[];
	/** All faults, those above `maxProblems` included. */
	problemCount: number;
}

export interface ParseIniOptions extends IniLimits {
	/** `true`: list the faults and go on; `false` (default): throw the first. */
	collect?: boolean;
	/** Faults kept with `collect`. Default 20. */
	maxProblems?: number;
}

/**
 * @param bytes the whole file
 * @throws IniError at the first fault, unless `collect`
 */
export function parseIni(bytes: Uint8Array, options: ParseIniOptions = {}): IniFile {
	const file: IniFile = { events: [], entries: [], problems: [], problemCount: 0 };
	const maxProblems = options.maxProblems ?? 20;
	const onProblem = (problem: IniError): void => {
		file.problemCount++;
		if (file.problems.length < maxProblems) file.problems.push(problem);
	};
	const parser = new IniParser({
		...options,
		onEntry: (entry) => {
			file.events.push(entry);
			file.entries.push(entry);
		},
		onSection: (section) => file.events.push(section),
		onTable: (line) => file.events.push(line),
		...(options.collect === true ? { onProblem } : {}),
	});
	parser.write(bytes);
	if (!parser.closed) parser.end();
	return file;
}
