// SPDX-License-Identifier: Apache-2.0
//
// What may follow the part of a line that stands before the cursor: words of commands, and what a command knows of its arguments.
// For Tab and for `?`. Leaves out the middle of quoted words: there is nothing to complete in a text.

import { type Command, matching, type Suggestion } from "./commands.js";
import { splitWords, type Word } from "./words.js";

export interface Completion {
	/** The beginning that is typed of the word at the cursor; empty between words. */
	prefix: string;
	/** What may stand in its place, in the order of the commands; not those that only say what is wanted. */
	words: Suggestion[];
	/** Lines that only tell: what kind of value is wanted, or that the line may end here. */
	hints: Suggestion[];
	/** The word at the cursor is part of a command, not a value that anything may be in. */
	command: boolean;
}

/** Longest list of one answer. */
export const mostSuggestions = 200;

/** Words before the cursor and the one at it; `undefined` within a quoted word. */
function cut(line: string): { words: Word[]; prefix: string } | undefined {
	try {
		const words = splitWords(line);
		if (line === "" || /[ \t]$/.test(line)) return { words, prefix: "" };
		const last = words[words.length - 1];
		// What was quoted, or had a quote in it, is a value: it is not looked at.
		return last.text === line.slice(last.column) ? { words: words.slice(0, -1), prefix: last.text } : undefined;
	} catch {
		return undefined;
	}
}

interface Place {
	candidates: Command[];
	/** Index of the next word of a command. */
	index: number;
	/** Words behind those of a command. */
	rest: Word[];
}

/** Goes along the words as `findCommand` does. @returns `undefined` where no command, or more than one, is meant */
function follow(commands: Iterable<Command>, words: Word[]): Place | undefined {
	if (words.length === 0) return { candidates: [...commands], index: 0, rest: [] };
	let candidates: Command[] = [];
	for (let index = 0; index < words.length; index++) {
		const complete = candidates.filter((command) => command.words.split(" ").length === index);
		if (complete.length > 0 && candidates.length === complete.length)
			return { candidates: complete, index, rest: words.slice(index) };
		const next = matching(index === 0 ? commands : candidates, index, words[index].text);
		const first = next[0]?.words.split(" ")[index];
		if (first === undefined)
			return complete.length === 0 ? undefined : { candidates: complete, index, rest: words.slice(index) };
		if (next.some((command) => command.words.split(" ")[index] !== first)) return undefined;
		candidates = next;
	}
	return { candidates, index: words.length, rest: [] };
}

/** The next words of commands, each once, with the help of the command or the words that follow. */
function commandWords({ candidates, index }: Place): Suggestion[] {
	const found = new Map<string, Command[]>();
	for (const command of candidates) {
		const word = command.words.split(" ")[index];
		if (word !== undefined) found.set(word, [...(found.get(word) ?? []), command]);
	}
	return Array.from(found, ([text, group]) => ({ text, help: groupHelp(group, index) }));
}

function groupHelp(group: Command[], index: number): string {
	if (group.length === 1) return group[0].help;
	const following = group.map((command) => command.words.split(" ")[index + 1] ?? command.help);
	return following.filter((word, i) => following.indexOf(word) === i).join(", ");
}

/** What the command says of the argument that comes next, else its name in the usage. */
function argumentsOf(command: Command, values: string[]): Suggestion[] {
	const names = command.usage === "" ? [] : command.usage.split(" ");
	const name = names[values.length];
	const known = name === undefined ? [] : [...(command.complete?.(values) ?? [])];
	const told = known.length > 0 || name === undefined ? known : [{ text: name, help: "", hint: true }];
	const mayEnd = names.length <= values.length || (name?.startsWith("[") ?? false);
	return mayEnd ? [...told, { text: "<Enter>", help: command.help, hint: true }] : told;
}

/** @returns `undefined` where nothing is known */
export function complete(commands: Iterable<Command>, line: string): Completion | undefined {
	const parts = cut(line);
	if (parts === undefined) return undefined;
	const { words, prefix } = parts;
	const place = follow(commands, words);
	if (place === undefined) return undefined;
	const own = place.rest.length === 0 ? commandWords(place) : [];
	const whole = place.candidates.find((command) => command.words.split(" ").length === place.index);
	const values = place.rest.map(({ text }) => text);
	const theirs = whole === undefined || place.index === 0 ? [] : argumentsOf(whole, values);
	const all = [...own, ...theirs.filter(({ hint }) => hint !== true)];
	const wanted = prefix.toLowerCase();
	return {
		prefix,
		words: all.filter(({ text }) => text.toLowerCase().startsWith(wanted)).slice(0, mostSuggestions),
		hints: prefix === "" ? theirs.filter(({ hint }) => hint === true) : [],
		command: own.length > 0,
	};
}

/** What all have in common, letter case as in the first. */
export function commonBeginning(words: readonly Suggestion[]): string {
	const first = words[0]?.text ?? "";
	let length = first.length;
	for (const { text } of words)
		while (length > 0 && text.slice(0, length).toLowerCase() !== first.slice(0, length).toLowerCase()) length--;
	return first.slice(0, length);
}

/** The answer to `?`. */
export function* suggestionLines({ words, hints }: Completion): Iterable<string> {
	const all = [...words, ...hints];
	if (all.length === 0) yield "  nothing is known that could stand here";
	const width = Math.min(
		34,
		all.reduce((widest, { text }) => Math.max(widest, text.length), 0),
	);
	for (const { text, help } of all) yield `  ${text.padEnd(width)}  ${help}`.trimEnd();
	if (words.length === mostSuggestions) yield "  ... and more: type some letters of it";
}

/** Names alone, in columns, for Tab. @param width of the terminal */
export function* wordColumns(words: readonly Suggestion[], width: number): Iterable<string> {
	const column = words.reduce((widest, { text }) => Math.max(widest, text.length), 0) + 2;
	const count = Math.max(1, Math.floor((width - 2) / column));
	for (let i = 0; i < words.length; i += count) {
		const row = words.slice(i, i + count).map(({ text }) => text.padEnd(column));
		yield `  ${row.join("")}`.trimEnd();
	}
}
