// SPDX-License-Identifier: Apache-2.0
//
// Finds the command of a line: words may be shortened as long as they stay unique. A command gives its output line by line
// (a generator), so that a long answer is never held whole.

import { CommandError } from "./error.js";
import { splitWords, type Word } from "./words.js";

/** What a command may ask for instead of answering at once: lines of text, as from a clipboard. */
export interface Paste {
	/** Told before the first line. */
	invitation: string;
	/** Nothing of it is shown. */
	secret: boolean;
	/** More is passed over, and refused at the end; with `take`, a line of more. */
	maxBytes: number;
	/** Whether a line ends a block: an empty line and silence after it end the input. */
	endsBlock: (line: string) => boolean;
	/**
	 * Takes each line as it comes, so that the input is not held: for more than fits into memory. The bytes, with their LF, are valid
	 * during the call only. Without it `run` gets all lines at once.
	 */
	take?: (line: Uint8Array) => void;
	/** Answers. The bytes are UTF-8 with LF line ends, and none where there is `take`. @throws CommandError */
	run: (bytes: Uint8Array) => Iterable<string>;
	/** There will be no `run`: the input was cancelled, or too long. */
	cancel?: () => void;
}

/** One line that a command asks for. */
export interface Question {
	/** `new password:` */
	question: string;
	/** Nothing of the answer is shown. */
	secret: boolean;
	/** @throws CommandError */
	answered: (text: string) => CommandAnswer | Promise<CommandAnswer>;
}

/** Bytes of a file as they come. */
export interface FileSource {
	/** Bytes in all, where the sender says it: with the first ones. */
	readonly length: number | undefined;
	/** @returns count, 0 at the end. @throws XMODEMError */
	read(buffer: Uint8Array): Promise<number>;
}

/** A file that comes over this very line, by XMODEM. */
export interface IncomingFile {
	/**
	 * Told when the line is about to be given to the sender: with the first `read`. Without a capital C, which asks a sender that
	 * listens already to begin.
	 */
	invitation: string;
	/** What its length is a multiple of, bytes: see modules/xmodem. */
	multipleOf: number;
	/** Takes it. The line is the sender's until the promise settles; what it gives, or throws, is the answer. */
	receive: (source: FileSource) => Promise<Iterable<string>>;
}

/** What a command gives: lines, at once or asked for one by one; or what it needs first. */
export type CommandAnswer = Iterable<string> | Paste | Question | IncomingFile | { mode: Mode } | { logout: true };

/** A place in a tree of commands: its own commands, and those that work anywhere. */
export interface Mode {
	/** For the prompt. */
	name: string;
	commands: () => Iterable<Command>;
}

/** What may stand at one place of a line. */
export interface Suggestion {
	text: string;
	/** A few words for people, or nothing. */
	help: string;
	/** Not to be typed as it is: says what kind of value is wanted. */
	hint?: boolean;
}

export interface Command {
	/** `show settings`. */
	words: string;
	/** Arguments as shown in help: `NAME VALUE`, `[FILTER]`; empty for none. */
	usage: string;
	help: string;
	/** Whether a line with these arguments, any number of them, may hold a secret: it is not kept in history then. */
	secret?: (values: string[]) => boolean;
	/** What is known of the argument that follows `values`; nothing where anything may stand. */
	complete?: (values: string[]) => Iterable<Suggestion>;
	/** A promise has a deadline of its own: nothing that is typed is looked at before. @throws CommandError */
	run: (values: string[]) => CommandAnswer | Promise<CommandAnswer>;
	/** Works in every mode too, not only outside of all; `show` does so anyway. */
	anywhere?: boolean;
}

/** A command with the arguments of a line. */
export interface Invocation {
	command: Command;
	values: string[];
}

function counts(usage: string): { least: number; most: number } {
	const words = usage === "" ? [] : usage.split(" ");
	const optional = words.filter((word) => word.startsWith("[")).length;
	return { least: words.length - optional, most: words.length };
}

/** Commands whose word at `index` is `word`, or else starts with it (any letter case); none for an empty word. */
export function matching(candidates: Command[], index: number, word: string): Command[] {
	if (word === "") return [];
	const text = word.toLowerCase();
	const exact = candidates.filter((command) => command.words.split(" ")[index] === text);
	if (exact.length > 0) return exact;
	return candidates.filter((command) => (command.words.split(" ")[index] ?? "").startsWith(text));
}

function choices(candidates: Command[], index: number): string {
	const words = candidates.map((command) => command.words.split(" ")[index]).filter((word) => word !== undefined);
	return words.filter((word, i) => words.indexOf(word) === i).join(", ");
}

function narrow(candidates: Command[], index: number, word: Word): Command[] {
	const found = matching(candidates, index, word.text);
	if (found.length === 0) {
		const wanted = choices(candidates, index);
		throw new CommandError("CONSOLE_UNKNOWN", `unknown command, wanted: ${wanted}`, word.column);
	}
	const first = found[0].words.split(" ")[index];
	if (found.some((command) => command.words.split(" ")[index] !== first))
		throw new CommandError("CONSOLE_AMBIGUOUS", `could be: ${choices(found, index)}`, word.column);
	return found;
}

/** Whether a word behind a whole command belongs to it, though longer commands begin like it: `show update 3`, `show update history`. */
function isArgument(complete: Command, candidates: Command[], index: number, word: Word): boolean {
	if (candidates.length === 1) return true;
	return complete.usage !== "" && matching(candidates, index, word.text).length === 0;
}

/** The first word of a line, to know which commands it may mean; empty where there is none. */
export function firstWord(line: string): string {
	try {
		return splitWords(line)[0]?.text ?? "";
	} catch {
		// A quote that does not end; a line that is refused may hold a secret all the same.
		return line.split(" ").find((word) => word !== "") ?? "";
	}
}

function notMeant(): never {
	throw new CommandError("CONSOLE_UNKNOWN", "unknown command");
}

/**
 * Takes commands as they are made, and keeps whole only those that a line may mean: all of them at once are more than the heap has room
 * for beside an open page and an update. Of the others, what help and suggestions need stays.
 * @param first first word of the line; empty: none is meant
 */
export function keepMeant(commands: Iterable<Command>, first: string): Command[] {
	const wanted = first.toLowerCase();
	const kept: Command[] = [];
	for (const command of commands) {
		const { words, usage, help } = command;
		const isMeant = wanted !== "" && words.startsWith(wanted);
		kept.push(isMeant ? command : { words, usage, help, run: notMeant });
	}
	return kept;
}

/** @returns `undefined` for an empty line. @throws CommandError */
export function findCommand(commands: Command[], line: string): Invocation | undefined {
	const words = splitWords(line);
	if (words.length === 0) return undefined;
	let candidates = commands;
	let index = 0;
	for (;;) {
		const complete = candidates.find((command) => command.words.split(" ").length === index);
		const word = words[index];
		if (index > 0 && complete !== undefined && (word === undefined || isArgument(complete, candidates, index, word)))
			return invoke(complete, words.slice(index), line.length);
		if (word === undefined)
			throw new CommandError("CONSOLE_ARGUMENTS", `wanted: ${choices(candidates, index)}`, line.length);
		candidates = narrow(candidates, index++, word);
	}
}

function invoke(command: Command, rest: Word[], end: number): Invocation {
	const { least, most } = counts(command.usage);
	if (rest.length < least)
		throw new CommandError("CONSOLE_ARGUMENTS", `wanted: ${command.words} ${command.usage}`, end);
	if (rest.length > most)
		throw new CommandError("CONSOLE_ARGUMENTS", `wanted: ${command.words} ${command.usage}`.trim(), rest[most].column);
	return { command, values: rest.map((word) => word.text) };
}

/** Whether `word` begins some word of some command. */
function isCommandWord(commands: Command[], word: string): boolean {
	return commands.some(({ words }) => words.split(" ").some((part) => part.startsWith(word.toLowerCase())));
}

/**
 * Whether a line may hold a secret, right or wrong as it may be. A line that begins with no command may be any misspelt one,
 * or a password at the wrong place: it passes only when all that follows are words of commands, as in `shwo version`.
 */
export function mayHoldSecret(commands: Command[], line: string): boolean {
	const words = line.split(" ").filter((word) => word !== "");
	if (words.length === 0) return false;
	const [first, ...rest] = words;
	const meant = matching(commands, 0, first);
	if (meant.length > 0) return meant.some((command) => command.secret?.(rest) === true);
	return rest.length === 0 || !rest.every((word) => isCommandWord(commands, word));
}

/** Columns for a command in `help`; where a longer one stands, its help begins further right. */
const helpColumns = 26;

/** The lines of `help`. */
export function* helpLines(commands: Command[]): Iterable<string> {
	const left = commands.map((command) => `${command.words} ${command.usage}`.trim());
	const width = left.reduce((widest, { length }) => (length > helpColumns ? widest : Math.max(widest, length)), 0);
	for (let i = 0; i < commands.length; i++) yield `  ${left[i].padEnd(width)}  ${commands[i].help}`;
}
