// SPDX-License-Identifier: Apache-2.0
//
// The end of a line behind a bar: `show settings | include url`. Filters pass on lines of an answer as they come.
// A bar within quotes, or as part of a word, is text. Letter case does not count.

import { CommandError } from "./error.js";
import { splitWords, type Word } from "./words.js";

export const filterNames: readonly string[] = Object.freeze(["begin", "count", "exclude", "include"]);

export interface PipedLine {
	/** What stands before the bar. */
	line: string;
	/** Makes the filtered answer. */
	filter: (lines: Iterable<string>) => Iterable<string>;
}

function* matchingLines(lines: Iterable<string>, wanted: (text: string) => boolean): Iterable<string> {
	for (const line of lines) if (wanted(line.toLowerCase())) yield line;
}

function* linesFrom(lines: Iterable<string>, text: string): Iterable<string> {
	let begun = false;
	for (const line of lines) {
		begun ||= line.toLowerCase().includes(text);
		if (begun) yield line;
	}
}

function* lineCount(lines: Iterable<string>, text: string): Iterable<string> {
	let count = 0;
	for (const line of lines) if (line.toLowerCase().includes(text)) count++;
	yield `${count} ${count === 1 ? "line" : "lines"}`;
}

function named(word: Word, text: string): PipedLine["filter"] {
	const typed = word.text.toLowerCase();
	const names = filterNames.filter((name) => name.startsWith(typed));
	if (names.length !== 1)
		throw new CommandError("CONSOLE_UNKNOWN", `unknown filter, wanted: ${filterNames.join(", ")}`, word.column);
	switch (names[0]) {
		case "include":
			return (lines) => matchingLines(lines, (line) => line.includes(text));
		case "exclude":
			return (lines) => matchingLines(lines, (line) => !line.includes(text));
		case "begin":
			return (lines) => linesFrom(lines, text);
		default:
			return (lines) => lineCount(lines, text);
	}
}

/** @returns the line without its filter. @throws CommandError CONSOLE_UNKNOWN, CONSOLE_ARGUMENTS, CONSOLE_QUOTE */
export function splitFilter(line: string): PipedLine {
	const words = splitWords(line);
	const bar = words.findIndex(({ text, column }) => text === "|" && line[column] === "|");
	if (bar < 0) return { line, filter: (lines) => lines };
	const { column } = words[bar];
	const [name, text, surplus] = words.slice(bar + 1);
	if (name === undefined) throw new CommandError("CONSOLE_ARGUMENTS", `wanted: ${filterNames.join(", ")}`, line.length);
	const filter = named(name, (text?.text ?? "").toLowerCase());
	if (text === undefined && !"count".startsWith(name.text.toLowerCase()))
		throw new CommandError("CONSOLE_ARGUMENTS", "wanted: the text to look for", line.length);
	if (surplus !== undefined) throw new CommandError("CONSOLE_ARGUMENTS", "one text only; quote spaces", surplus.column);
	return { line: line.slice(0, column), filter };
}
