// SPDX-License-Identifier: Apache-2.0
//
// What is typed becomes lines, and lines become commands. Leaves out the port, the drawing, and what follows a command: dialogue.ts.

import type { TimerService } from "../ecma419/timer.js";
import { commandTable, placed } from "./command-table.js";
import { type Command, findCommand, helpLines, mayHoldSecret } from "./commands.js";
import { commonBeginning, complete, suggestionLines, wordColumns } from "./completion.js";
import { Dialogue } from "./dialogue.js";
import type { Display } from "./display.js";
import { CommandError } from "./error.js";
import { splitFilter } from "./filter.js";
import type { Key } from "./keys.js";
import { LineEditor } from "./line-editor.js";
import type { LoginPort } from "./login.js";
import { type CommandSource, Modes } from "./modes.js";
import { printable } from "./printable.js";

/** What is typed, before it is looked at. */
export interface Keyboard {
	/** Something was typed already that is not looked at yet. */
	pending(): boolean;
	/** There is something to do that no key has asked for. */
	wake(): void;
}

/** Whose shell it is. One object with methods: a function that is kept takes 150 bytes. */
export interface ShellHost {
	/** @param mode name of the present mode; empty outside of all */
	prompt(mode: string): string;
	/** Makes the commands, one by one: asked for when a line, Tab or `?` wants them, some times, and forgotten. */
	commands(): Iterable<Command>;
}

export interface ShellOptions {
	timer: TimerService;
	host: ShellHost;
	login: LoginPort | undefined;
	/** Of a page; 0: no pages. */
	rows: number;
	/** There is a bottom line. */
	terminal: boolean;
	display: Display;
	keyboard: Keyboard;
}

/** Columns that a long prompt leaves to the line. */
const leastLine = 8;
const mostRows = 512;

/** What commands of the shell itself act upon. */
interface Place {
	readonly modes: Modes;
	readonly dialogue: Dialogue;
}

function* setRows({ dialogue }: Place, text: string): Iterable<string> {
	const rows = /^[0-9]{1,3}$/.test(text) ? Number(text) : -1;
	if (rows < 0 || rows > mostRows) throw new CommandError("CONSOLE_REFUSED", `a number of lines, 0 to ${mostRows}`);
	dialogue.rows = rows;
	yield rows === 0 ? "answers come at once" : `pages of ${rows} lines`;
}

const ownCommands = commandTable<Place>(
	{
		words: "help",
		usage: "",
		help: "this list; ? tells what may follow",
		anywhere: true,
		run: ({ modes }) => helpLines(modes),
	},
	{
		words: "terminal length",
		usage: "ROWS",
		help: "lines of a page; 0: answers come at once",
		run: (place, [text]) => setRows(place, text),
	},
);

function columnsOf(text: string): number {
	return Array.from(text).length;
}

export class Shell implements CommandSource {
	readonly #host: ShellHost;
	readonly #terminal: boolean;
	readonly #display: Display;
	readonly #modes: Modes;
	readonly #editor = new LineEditor();
	readonly dialogue: Dialogue;

	constructor({ host, terminal, display, ...rest }: ShellOptions) {
		this.#host = host;
		this.#terminal = terminal;
		this.#display = display;
		this.#modes = new Modes(this);
		this.dialogue = new Dialogue({ ...rest, terminal, display, modes: this.#modes, editor: this.#editor });
	}

	/** Something is typed in the bottom line. */
	get typing(): boolean {
		return this.#editor.text !== "";
	}

	/** What is asked, else what is typed, else the progress, else the prompt. */
	bottom(bar: string | undefined): string {
		const { columns } = this.#display;
		const asked = this.dialogue.bottom(columns);
		if (asked !== undefined) return asked;
		if (bar !== undefined && this.#editor.text === "") return bar;
		const prompt = this.prompt();
		const { text, column } = this.#editor.window(columns - columnsOf(prompt));
		const back = columnsOf(text) - column;
		return `${prompt}${text}${back > 0 ? `\x1b[${back}D` : ""}`;
	}

	type(key: Key): void {
		if (this.dialogue.type(key)) return;
		this.#display.touch();
		if ("text" in key && key.text === "?" && this.suggest()) return;
		const result = this.#editor.feed(key);
		if (result.kind === "line") this.line(result.line, result.tooLong);
		else if (result.kind === "complete") this.complete();
		else if (result.kind === "cancel") this.#display.write(`${this.prompt()}^C`);
	}

	/** For the modes: all commands outside of them. */
	*commands(): Iterable<Command> {
		yield* placed(ownCommands, { modes: this.#modes, dialogue: this.dialogue });
		yield* this.#host.commands();
	}

	/** A prompt that would leave no room for the line loses its beginning. */
	private prompt(): string {
		const prompt = printable(this.#host.prompt(this.#modes.name));
		const most = this.#display.columns - leastLine;
		return this.#terminal && columnsOf(prompt) > most ? Array.from(prompt).slice(-most).join("") : prompt;
	}

	/** Answers `?` where it is no text. @returns false where it is */
	private suggest(): boolean {
		const { before } = this.#editor;
		const found = complete(this.#modes, before);
		if (found === undefined || (found.prefix !== "" && !found.command && found.words.length === 0)) return false;
		this.#display.write(`${this.prompt()}${this.#editor.text}`);
		this.dialogue.show(suggestionLines(found));
		return true;
	}

	private complete(): void {
		const { before } = this.#editor;
		const found = complete(this.#modes, before);
		if (found === undefined || found.words.length === 0) return;
		const { words, prefix } = found;
		const beginning = commonBeginning(words);
		const back = columnsOf(prefix);
		if (words.length === 1) this.#editor.replace(back, `${words[0].text} `);
		else if (beginning.length > prefix.length) this.#editor.replace(back, beginning);
		else {
			this.#display.write(`${this.prompt()}${this.#editor.text}`);
			this.dialogue.show(wordColumns(words, this.#display.columns));
		}
	}

	private line(line: string, tooLong: boolean): void {
		const prompt = this.prompt();
		this.#display.write(`${prompt}${line}`);
		try {
			if (tooLong) throw new CommandError("CONSOLE_LENGTH", "the line is too long");
			if (!mayHoldSecret(this.#modes, line)) this.#editor.remember(line);
			const { line: own, filter } = splitFilter(line);
			const invocation = findCommand(this.#modes, own);
			if (invocation !== undefined) this.dialogue.take(invocation.command.run(invocation.values), filter);
		} catch (error) {
			const column = error instanceof CommandError ? error.column : undefined;
			this.dialogue.fail(error, column === undefined ? column : columnsOf(prompt) + columnsOf(line.slice(0, column)));
		}
	}
}
