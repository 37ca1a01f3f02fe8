// SPDX-License-Identifier: Apache-2.0
//
// The serial console: keys to lines, lines to commands, output and log lines that never tear the line being typed.
// The bottom line of the terminal shows the prompt with what is typed or, while nothing is typed, the progress of a job.
// Leaves out: log-in, completion, paging.

import type { Serial, SerialConstructor } from "../ecma419/serial.js";
import type { TimerService } from "../ecma419/timer.js";
import { type Command, findCommand, helpLines, mayHoldSecret, type Paste } from "./commands.js";
import { CommandError } from "./error.js";
import { type Key, KeyDecoder } from "./keys.js";
import { LineEditor } from "./line-editor.js";
import { Output } from "./output.js";
import { type PasteEnd, PasteInput } from "./paste.js";
import { printable } from "./printable.js";
import { progressBar } from "./progress.js";

export interface ConsoleOptions {
	io: SerialConstructor;
	timer: TimerService;
	/** Bits per second, default 115200. */
	baud?: number;
	/** Text before the cursor, asked at each drawing. */
	prompt: () => string;
	commands: Command[];
	/** Columns of the terminal, default 80, at least 20. */
	columns?: number;
	/** False for a log file or a pipe: no bottom line, no escape sequences, progress by quarters. Default true. */
	terminal?: boolean;
}

/** Bytes taken from the port at a time. */
const readLimit = 256;
const leastColumns = 20;
/** Columns that a long prompt leaves to the line. */
const leastLine = 8;

function columnsOf(text: string): number {
	return Array.from(text).length;
}

export class Console {
	readonly #askPrompt: () => string;
	readonly #commands: Command[];
	readonly #terminal: boolean;
	/** One less than the terminal has: in the last one, terminals differ in where the cursor goes. */
	readonly #columns: number;
	readonly #serial: Serial;
	readonly #timer: TimerService;
	readonly #output = new Output();
	readonly #keys = new KeyDecoder();
	readonly #editor = new LineEditor();
	#answer: Iterator<string> | undefined;
	/** Lines that a command has asked for. */
	#paste: PasteInput | undefined;
	#bar: string | undefined;
	#barQuarter = -1;
	/** What the bottom line shows is not what it should. */
	#stale = true;
	/** The terminal's bottom line is to be erased before a line is written: at the start, it may hold what a reset left. */
	#bottomDrawn: boolean;
	/** Log lines for which there was no room, not told yet. */
	#lost = 0;
	/** Bytes read from the port, how many, and the first of them not yet looked at. */
	readonly #typed = new Uint8Array(readLimit);
	#count = 0;
	#next = 0;
	#closed = false;

	constructor(options: ConsoleOptions) {
		this.#askPrompt = options.prompt;
		this.#terminal = options.terminal !== false;
		this.#columns = Math.max(leastColumns, options.columns ?? 80) - 1;
		this.#bottomDrawn = this.#terminal;
		const help: Command = { words: "help", usage: "", help: "this list", run: () => helpLines(this.#commands) };
		this.#commands = [help, ...options.commands];
		this.#timer = options.timer;
		this.#serial = new options.io({
			baud: options.baud ?? 115200,
			format: "buffer",
			onReadable: () => this.#work(),
			onWritable: (bytes) => {
				this.#output.writable(bytes);
				this.#work();
			},
		});
		this.#output.attach(this.#serial);
	}

	/** Prints one log line above the line being typed. Dropped and counted when the terminal is too slow. */
	print(line: string): void {
		if (this.#closed) return;
		this.#tellLost();
		if (this.#lost > 0 || !this.#output.hasRoom || !this.#write(line)) this.#lost++;
		this.#draw();
	}

	/** Shows a progress bar; `total` 0 when unknown. It ends with `endProgress`. */
	progress(label: string, done: number, total: number): void {
		if (!this.#terminal) {
			const quarter = total > 0 ? Math.floor((done * 4) / total) : -1;
			if (quarter <= this.#barQuarter) return;
			this.#barQuarter = quarter;
			this.print(progressBar(label, done, total, 72));
			return;
		}
		const bar = printable(progressBar(label, done, total, this.#columns));
		if (bar === this.#bar) return;
		this.#bar = bar;
		if (this.#editor.text !== "") return;
		this.#stale = true;
		this.#draw();
	}

	/** The last bar stays as a log line. */
	endProgress(): void {
		this.#barQuarter = -1;
		if (this.#bar === undefined) return;
		const bar = this.#bar;
		this.#bar = undefined;
		this.#stale = true;
		this.print(bar);
	}

	/** Closes the port; what is printed afterwards goes nowhere. */
	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#answer = undefined;
		this.#paste?.close();
		this.#output.detach();
		this.#serial.close();
	}

	/** Writes one whole line, in the place of the bottom line, which is then to be drawn anew. */
	#write(line: string): boolean {
		const erase = this.#bottomDrawn ? "\r\x1b[K" : "";
		if (!this.#output.write(`${erase}${printable(line)}\r\n`)) return false;
		this.#bottomDrawn = false;
		this.#stale = true;
		return true;
	}

	#tellLost(): void {
		if (this.#lost === 0 || !this.#output.hasRoom) return;
		if (this.#write(`(${this.#lost} log ${this.#lost === 1 ? "line" : "lines"} lost)`)) this.#lost = 0;
	}

	/** A prompt that would leave no room for the line loses its beginning. */
	#prompt(): string {
		const prompt = printable(this.#askPrompt());
		const most = this.#columns - leastLine;
		return this.#terminal && columnsOf(prompt) > most ? Array.from(prompt).slice(-most).join("") : prompt;
	}

	/** Draws the bottom line, not while a command answers. Only when no output waits: a slow terminal gets fewer pictures,
	 *  never a backlog of them. */
	#draw(): void {
		if (!this.#stale || !this.#terminal || this.#answer !== undefined || !this.#output.idle) return;
		this.#stale = false;
		this.#bottomDrawn = this.#output.write(`\r\x1b[K${this.#bottom()}`) || this.#bottomDrawn;
	}

	/** What is typed, else the progress, else the prompt. */
	#bottom(): string {
		if (this.#paste !== undefined) return this.#paste.prompt(this.#columns);
		if (this.#bar !== undefined && this.#editor.text === "") return this.#bar;
		const prompt = this.#prompt();
		const { text, column } = this.#editor.window(this.#columns - columnsOf(prompt));
		const back = columnsOf(text) - column;
		return `${prompt}${text}${back > 0 ? `\x1b[${back}D` : ""}`;
	}

	/** Takes keys and moves answers until there is nothing to do or little room for output: the rest waits in the port. A
	 *  loop, so that a long paste of lines does not pile up calls. */
	#work(): void {
		/* `reset` and the like may close the console from within a command. */
		while (!this.#closed && this.#output.hasRoom) {
			if (this.#answer !== undefined) this.#step(this.#answer);
			else if (this.#next < this.#count) {
				const key = this.#keys.decode(this.#typed[this.#next++]);
				if (key !== undefined) this.#type(key);
			} else {
				/* Into a buffer: asked for a number of bytes, the SDK's port on ESP32 gives that many, there or not. */
				const count = this.#serial.read(this.#typed);
				if (count === undefined || count === 0) break;
				this.#count = count;
				this.#next = 0;
			}
		}
		if (this.#output.idle) this.#tellLost();
		this.#draw();
	}

	#type(key: Key): void {
		if (this.#paste !== undefined) {
			this.#stale = true;
			const line = this.#paste.feed(key);
			if (line !== undefined) this.#write(line);
			return;
		}
		const result = this.#editor.feed(key);
		if (result.kind === "none") return;
		this.#stale = true;
		if (result.kind === "line") this.#line(result.line, result.tooLong);
		else if (result.kind === "cancel") this.#write(`${this.#prompt()}^C`);
	}

	#line(line: string, tooLong: boolean): void {
		const prompt = this.#prompt();
		this.#write(`${prompt}${line}`);
		try {
			if (tooLong) throw new CommandError("CONSOLE_LENGTH", "the line is too long");
			if (!mayHoldSecret(this.#commands, line)) this.#editor.remember(line);
			const invocation = findCommand(this.#commands, line);
			const answer = invocation?.command.run(invocation.values);
			if (answer !== undefined && "invitation" in answer) this.#ask(answer);
			else this.#answer = answer?.[Symbol.iterator]();
		} catch (error) {
			this.#fail(error, prompt, line);
		}
	}

	#ask(paste: Paste): void {
		this.#write(paste.invitation);
		this.#paste = new PasteInput({
			paste,
			timer: this.#timer,
			onEnd: (end, byTimer) => this.#pasted(paste, end, byTimer),
		});
	}

	#pasted(paste: Paste, end: PasteEnd, byTimer: boolean): void {
		const input = this.#paste;
		this.#paste = undefined;
		this.#stale = true;
		try {
			if (end === "done" && input !== undefined) this.#answer = paste.run(input.bytes())[Symbol.iterator]();
			else this.#write(end === "timeout" ? "% nothing came any more: given up" : "% cancelled");
		} catch (error) {
			this.#fail(error);
		}
		input?.close();
		if (byTimer) this.#work();
	}

	/** One line of a command's answer. */
	#step(answer: Iterator<string>): void {
		try {
			const next = answer.next();
			if (next.done === true) this.#answer = undefined;
			else this.#write(next.value);
		} catch (error) {
			this.#answer = undefined;
			this.#fail(error);
		}
	}

	/** Points at the place in the line that was echoed, when it is in its first row. */
	#fail(error: unknown, prompt = "", line = ""): void {
		if (error instanceof CommandError && error.column !== undefined) {
			const column = columnsOf(prompt) + columnsOf(line.slice(0, error.column));
			if (column < this.#columns) this.#write(`${" ".repeat(column)}^`);
		}
		this.#write(`% ${error instanceof Error ? error.message : "the command failed"}`);
	}
}
