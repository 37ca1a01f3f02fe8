// SPDX-License-Identifier: Apache-2.0
//
// What is typed becomes lines, lines become commands, and commands answer, page by page. Leaves out the port and the drawing.

import type { TimerService } from "../ecma419/timer.js";
import { Answer, moreText, pageKey } from "./answer.js";
import {
	type Command,
	findCommand,
	helpLines,
	type Invocation,
	mayHoldSecret,
	type Mode,
	type Paste,
} from "./commands.js";
import { commonBeginning, complete, suggestionLines, wordColumns } from "./completion.js";
import type { Display } from "./display.js";
import { CommandError } from "./error.js";
import { type PipedLine, splitFilter } from "./filter.js";
import type { Key } from "./keys.js";
import { LineEditor } from "./line-editor.js";
import { type PasteEnd, PasteInput } from "./paste.js";
import { printable } from "./printable.js";

export interface ShellOptions {
	timer: TimerService;
	/** @param mode name of the present mode, innermost last; empty outside of all */
	prompt: (mode: string) => string;
	commands: Command[];
	/** Of a page; 0: no pages. */
	rows: number;
	/** Columns for prompt and line; `undefined` where there is no bottom line to fit. */
	columns: number | undefined;
	display: Display;
	/** Something was typed already that is not looked at yet. */
	pending: () => boolean;
	/** There is something to do that no key has asked for. */
	wake: () => void;
}

/** Columns that a long prompt leaves to the line. */
const leastLine = 8;
const mostRows = 512;

function columnsOf(text: string): number {
	return Array.from(text).length;
}

export class Shell {
	readonly #askPrompt: (mode: string) => string;
	/** Those outside of all modes. */
	readonly #all: Command[];
	/** Those of the present mode. */
	#commands: Command[];
	readonly #modes: Mode[] = [];
	readonly #timer: TimerService;
	readonly #display: Display;
	readonly #columns: number | undefined;
	readonly #pending: () => boolean;
	readonly #wake: () => void;
	readonly #editor = new LineEditor();
	#rows: number;
	#answer: Answer | undefined;
	/** Lines that a command has asked for. */
	#paste: PasteInput | undefined;

	constructor({ timer, prompt, commands, rows, columns, display, pending, wake }: ShellOptions) {
		this.#askPrompt = prompt;
		this.#timer = timer;
		this.#rows = rows;
		this.#columns = columns;
		this.#display = display;
		this.#pending = pending;
		this.#wake = wake;
		this.#all = [...this.#ownCommands(), ...commands];
		this.#commands = this.#all;
	}

	/** A command answers: no key is taken, and the bottom line is not drawn. */
	get answering(): boolean {
		return this.#answer?.paused === false;
	}

	/** Something is typed in the bottom line. */
	get typing(): boolean {
		return this.#editor.text !== "";
	}

	/** Ends what goes on. */
	close(): void {
		this.#answer = undefined;
		this.#paste?.close();
	}

	/** What is asked, else what is typed, else the progress, else the prompt. */
	bottom(bar: string | undefined): string {
		const { columns } = this.#display;
		if (this.#answer?.paused === true) return moreText.slice(0, columns);
		if (this.#paste !== undefined) return this.#paste.prompt(columns);
		if (bar !== undefined && this.#editor.text === "") return bar;
		const prompt = this.#prompt();
		const { text, column } = this.#editor.window(columns - columnsOf(prompt));
		const back = columnsOf(text) - column;
		return `${prompt}${text}${back > 0 ? `\x1b[${back}D` : ""}`;
	}

	type(key: Key): void {
		if (this.#answer !== undefined) return this.#turn(this.#answer, key);
		this.#display.touch();
		if (this.#paste !== undefined) {
			const line = this.#paste.feed(key);
			if (line !== undefined) this.#display.write(line);
			return;
		}
		if ("text" in key && key.text === "?" && this.#suggest()) return;
		const result = this.#editor.feed(key);
		if (result.kind === "line") this.#line(result.line, result.tooLong);
		else if (result.kind === "complete") this.#complete();
		else if (result.kind === "cancel") this.#display.write(`${this.#prompt()}^C`);
	}

	/** One line of a command's answer; at the end of a page it waits, unless somebody has typed ahead. */
	step(): void {
		const answer = this.#answer;
		if (answer === undefined) return;
		try {
			if (answer.full && !this.#pending()) {
				answer.paused = true;
				return this.#display.touch();
			}
			if (answer.full) answer.turn("page");
			const line = answer.next();
			if (line === undefined) this.#answer = undefined;
			else this.#display.write(line);
		} catch (error) {
			this.#answer = undefined;
			this.#fail(error);
		}
	}

	#ownCommands(): Command[] {
		return [
			{
				words: "help",
				usage: "",
				help: "this list; ? tells what may follow",
				anywhere: true,
				run: () => helpLines(this.#commands),
			},
			{
				words: "terminal length",
				usage: "ROWS",
				help: "lines of a page; 0: answers come at once",
				run: ([text]) => this.#setRows(text),
			},
		];
	}

	*#setRows(text: string): Iterable<string> {
		const rows = /^[0-9]{1,3}$/.test(text) ? Number(text) : -1;
		if (rows < 0 || rows > mostRows) throw new CommandError("CONSOLE_REFUSED", `a number of lines, 0 to ${mostRows}`);
		this.#rows = rows;
		yield rows === 0 ? "answers come at once" : `pages of ${rows} lines`;
	}

	/** A prompt that would leave no room for the line loses its beginning. */
	#prompt(): string {
		const prompt = printable(this.#askPrompt(this.#modes[this.#modes.length - 1]?.name ?? ""));
		const most = (this.#columns ?? Infinity) - leastLine;
		return columnsOf(prompt) > most ? Array.from(prompt).slice(-most).join("") : prompt;
	}

	/** A key at the end of a page. */
	#turn(answer: Answer, key: Key): void {
		this.#display.touch();
		const meant = pageKey(key);
		if (meant === "page" || meant === "line") return answer.turn(meant);
		answer.end();
		this.#answer = undefined;
		if (meant === "typed") this.type(key);
	}

	/** Answers `?` where it is no text. @returns false where it is */
	#suggest(): boolean {
		const found = complete(this.#commands, this.#editor.before);
		if (found === undefined || (found.prefix !== "" && !found.command && found.words.length === 0)) return false;
		this.#display.write(`${this.#prompt()}${this.#editor.text}`);
		this.#answer = new Answer(suggestionLines(found), this.#rows - 1);
		return true;
	}

	#complete(): void {
		const found = complete(this.#commands, this.#editor.before);
		if (found === undefined || found.words.length === 0) return;
		const { words, prefix } = found;
		const beginning = commonBeginning(words);
		const back = columnsOf(prefix);
		if (words.length === 1) this.#editor.replace(back, `${words[0].text} `);
		else if (beginning.length > prefix.length) this.#editor.replace(back, beginning);
		else {
			this.#display.write(`${this.#prompt()}${this.#editor.text}`);
			this.#answer = new Answer(wordColumns(words, this.#display.columns), this.#rows - 1);
		}
	}

	#line(line: string, tooLong: boolean): void {
		const prompt = this.#prompt();
		this.#display.write(`${prompt}${line}`);
		try {
			if (tooLong) throw new CommandError("CONSOLE_LENGTH", "the line is too long");
			if (!mayHoldSecret(this.#commands, line)) this.#editor.remember(line);
			const { line: own, filter } = splitFilter(line);
			const invocation = findCommand(this.#commands, own);
			if (invocation !== undefined) this.#run(invocation, filter);
		} catch (error) {
			this.#fail(error, prompt, line);
		}
	}

	#run({ command, values }: Invocation, filter: PipedLine["filter"]): void {
		const answer = command.run(values);
		if ("mode" in answer) this.#enter(answer.mode);
		else if ("invitation" in answer) this.#ask(answer, filter);
		else this.#answer = new Answer(filter(answer), this.#rows - 1);
	}

	#enter(mode: Mode): void {
		this.#modes.push(mode);
		this.#setCommands();
	}

	/** @param count how many modes to leave */
	*#leave(count: number): Iterable<string> {
		this.#modes.splice(Math.max(0, this.#modes.length - count));
		this.#setCommands();
	}

	#setCommands(): void {
		const mode = this.#modes[this.#modes.length - 1];
		if (mode === undefined) this.#commands = this.#all;
		else
			this.#commands = [
				...this.#all.filter(({ anywhere }) => anywhere === true),
				{ words: "exit", usage: "", help: "one place up", run: () => this.#leave(1) },
				{ words: "end", usage: "", help: "out of the tree", run: () => this.#leave(this.#modes.length) },
				...mode.commands(),
			];
	}

	#ask(paste: Paste, filter: PipedLine["filter"]): void {
		this.#display.write(paste.invitation);
		this.#paste = new PasteInput({
			paste,
			timer: this.#timer,
			onEnd: (end, byTimer) => this.#pasted(paste, filter, end, byTimer),
		});
	}

	#pasted(paste: Paste, filter: PipedLine["filter"], end: PasteEnd, byTimer: boolean): void {
		const input = this.#paste;
		this.#paste = undefined;
		this.#display.touch();
		try {
			if (end === "done" && input !== undefined)
				this.#answer = new Answer(filter(paste.run(input.bytes())), this.#rows - 1);
			else this.#display.write(end === "timeout" ? "% nothing came any more: given up" : "% cancelled");
		} catch (error) {
			this.#fail(error);
		}
		input?.close();
		if (byTimer) this.#wake();
	}

	/** Points at the place in the line that was echoed, when it is in its first row. */
	#fail(error: unknown, prompt = "", line = ""): void {
		if (error instanceof CommandError && error.column !== undefined) {
			const column = columnsOf(prompt) + columnsOf(line.slice(0, error.column));
			if (column < this.#display.columns) this.#display.write(`${" ".repeat(column)}^`);
		}
		this.#display.write(`% ${error instanceof Error ? error.message : "the command failed"}`);
	}
}
