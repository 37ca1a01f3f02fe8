// SPDX-License-Identifier: Apache-2.0
//
// Finds the command of a line: words may be shortened as long as they stay unique. A command gives its output line by line
// (a generator), so that a long answer is never held whole; and of all commands, which are gone through, only those that may be meant are held.

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
export function matching(commands: Iterable<Command>, index: number, word: string): Command[] {
	if (word === "") return [];
	const text = word.toLowerCase();
	let found: Command[] = [];
	let exact = false;
	for (const command of commands) {
		const part = command.words.split(" ")[index] ?? "";
		if (!exact && part === text) {
			exact = true;
			found = [];
		}
		if (exact ? part === text : part.startsWith(text)) found.push(command);
	}
	return found;
}

/** The words that stand at `index`, each once. */
function choices(commands: Iterable<Command>, index: number): string {
	const found: string[] = [];
	for (const { words } of commands) {
		const word = words.split(" ")[index];
		if (word !== undefined && !found.includes(word)) found.push(word);
	}
	return found.join(", ");
}

function narrow(commands: Iterable<Command>, index: number, word: Word): Command[] {
	const found = matching(commands, index, word.text);
	if (found.length === 0) {
		const wanted = choices(commands, index);
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

/** @returns `undefined` for an empty line. @throws CommandError */
export function findCommand(commands: Iterable<Command>, line: string): Invocation | undefined {
	const words = splitWords(line);
	if (words.length === 0) return undefined;
	let candidates = narrow(commands, 0, words[0]);
	for (let index = 1; ; index++) {
		const complete = candidates.find((command) => command.words.split(" ").length === index);
		const word = words[index];
		if (complete !== undefined && (word === undefined || isArgument(complete, candidates, index, word)))
			return invoke(complete, words.slice(index), line.length);
		if (word === undefined)
			throw new CommandError("CONSOLE_ARGUMENTS", `wanted: ${choices(candidates, index)}`, line.length);
		candidates = narrow(candidates, index, word);
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

/** Whether each of `words` begins some word of some command. */
function areCommandWords(commands: Iterable<Command>, words: string[]): boolean {
	let left = words.map((word) => word.toLowerCase());
	for (const command of commands) {
		const known = command.words.split(" ");
		left = left.filter((word) => !known.some((part) => part.startsWith(word)));
	}
	return left.length === 0;
}

/**
 * Whether a line may hold a secret, right or wrong as it may be. A line that begins with no command may be any misspelt one,
 * or a password at the wrong place: it passes only when all that follows are words of commands, as in `shwo version`.
 */
export function mayHoldSecret(commands: Iterable<Command>, line: string): boolean {
	const words = line.split(" ").filter((word) => word !== "");
	if (words.length === 0) return false;
	const [first, ...rest] = words;
	const meant = matching(commands, 0, first);
	if (meant.length > 0) return meant.some((command) => command.secret?.(rest) === true);
	return rest.length === 0 || !areCommandWords(commands, rest);
}

/** Columns for a command in `help`; where a longer one stands, its help begins further right. */
const helpColumns = 26;

function commandText({ words, usage }: Command): string {
	return `${words} ${usage}`.trim();
}

/** The lines of `help`. */
export function* helpLines(commands: Iterable<Command>): Iterable<string> {
	let width = 0;
	for (const command of commands) {
		const { length } = commandText(command);
		if (length <= helpColumns) width = Math.max(width, length);
	}
	for (const command of commands) yield `  ${commandText(command).padEnd(width)}  ${command.help}`;
}
