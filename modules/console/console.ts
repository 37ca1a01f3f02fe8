// SPDX-License-Identifier: Apache-2.0
//
// The serial console: keys to lines, lines to commands, output and log lines that never tear the line being typed.
// The bottom line of the terminal shows the prompt with what is typed or, while nothing is typed, the progress of a job.
// Leaves out: log-in, completion, paging.

import type { Serial, SerialConstructor } from "../ecma419/serial.js";
import { type Command, findCommand, helpLines } from "./commands.js";
import { CommandError } from "./error.js";
import { type Key, KeyDecoder } from "./keys.js";
import { LineEditor } from "./line-editor.js";
import { Output } from "./output.js";
import { progressBar } from "./progress.js";

export interface ConsoleOptions {
	io: SerialConstructor;
	/** Bits per second, default 115200. */
	baud?: number;
	/** Text before the cursor, asked at each drawing. */
	prompt: () => string;
	commands: Command[];
	/** Columns of the terminal, default 80. */
	columns?: number;
	/** False for a log file or a pipe: no bottom line, no escape sequences, progress by quarters. */
	terminal?: boolean;
}

/** Bytes taken from the port at a time. */
const readLimit = 256;

export class Console {
	readonly #options: ConsoleOptions;
	readonly #commands: Command[];
	readonly #serial: Serial;
	readonly #output = new Output();
	readonly #keys = new KeyDecoder();
	readonly #editor = new LineEditor();
	#answer: Iterator<string> | undefined;
	#bar: string | undefined;
	#barQuarter = -1;
	#bottomDrawn = false;
	#lost = 0;
	/** Bytes read from the port, and the first of them not yet looked at. */
	#typed = new Uint8Array(0);
	#next = 0;
	#started = false;

	constructor(options: ConsoleOptions) {
		this.#options = options;
		const help: Command = { words: "help", usage: "", help: "this list", run: () => helpLines(this.#commands) };
		this.#commands = [help, ...options.commands];
		this.#serial = new options.io({
			baud: options.baud ?? 115200,
			format: "buffer",
			onReadable: () => this.#work(),
			onWritable: (bytes) => {
				this.#output.writable(bytes);
				this.#start();
				this.#work();
			},
		});
		this.#output.attach(this.#serial);
	}

	/** Prints one log line above the line being typed. Dropped and counted when the terminal is too slow. */
	print(line: string): void {
		if (this.#lost > 0 && this.#write(`(${this.#lost} lines lost)`)) this.#lost = 0;
		if (this.#lost > 0 || !this.#write(line)) this.#lost++;
		this.#draw();
	}

	/** Shows a progress bar; `total` 0 when unknown. It ends with `endProgress`. */
	progress(label: string, done: number, total: number): void {
		if (this.#options.terminal === false) {
			const quarter = total > 0 ? Math.floor((done * 4) / total) : -1;
			if (quarter <= this.#barQuarter) return;
			this.#barQuarter = quarter;
			this.print(progressBar(label, done, total, 72));
			return;
		}
		this.#bar = progressBar(label, done, total, (this.#options.columns ?? 80) - 1);
		/* A slow line gets fewer pictures, never a backlog of them. */
		if (this.#output.idle) this.#draw();
	}

	endProgress(): void {
		this.#barQuarter = -1;
		if (this.#bar === undefined) return;
		const bar = this.#bar;
		this.#bar = undefined;
		this.print(bar);
	}

	close(): void {
		this.#serial.close();
	}

	/** The first prompt, as soon as the port takes it. */
	#start(): void {
		if (this.#started) return;
		this.#started = true;
		this.#draw();
	}

	#write(line: string): boolean {
		const erase = this.#bottomDrawn ? "\r\x1b[K" : "";
		if (!this.#output.write(`${erase}${line}\r\n`)) return false;
		this.#bottomDrawn = false;
		return true;
	}

	/** Draws the bottom line: what is typed, else the progress, else the prompt; nothing while a command answers. */
	#draw(): void {
		if (this.#options.terminal === false || this.#answer !== undefined) return;
		if (this.#bar !== undefined && this.#editor.text === "") {
			this.#bottomDrawn = this.#output.write(`\r\x1b[K${this.#bar}`) || this.#bottomDrawn;
			return;
		}
		const prompt = this.#options.prompt();
		const { text, column } = this.#editor.window((this.#options.columns ?? 80) - 1 - prompt.length);
		const back = Array.from(text).length - column;
		const move = back > 0 ? `\x1b[${back}D` : "";
		this.#bottomDrawn = this.#output.write(`\r\x1b[K${prompt}${text}${move}`) || this.#bottomDrawn;
	}

	/** Takes keys and moves answers until there is nothing to do or no room for output. A loop, so that a long paste of
	 *  lines does not pile up calls. */
	#work(): void {
		let changed = false;
		for (;;) {
			if (this.#answer !== undefined) {
				if (!this.#output.idle) return;
				this.#step(this.#answer);
				changed = true;
			} else if (this.#next < this.#typed.length) {
				const key = this.#keys.decode(this.#typed[this.#next++]);
				if (key !== undefined && this.#type(key)) changed = true;
			} else {
				const bytes = this.#serial.read(readLimit);
				if (bytes === undefined) break;
				this.#typed = new Uint8Array(bytes);
				this.#next = 0;
			}
		}
		if (changed) this.#draw();
	}

	/** @returns true when the bottom line must be drawn anew */
	#type(key: Key): boolean {
		const result = this.#editor.feed(key);
		if (result.kind === "line") this.#line(result.line);
		else if (result.kind === "cancel") this.#write(`${this.#options.prompt()}^C`);
		return result.kind !== "none";
	}

	#line(line: string): void {
		this.#write(`${this.#options.prompt()}${line}`);
		try {
			const invocation = findCommand(this.#commands, line);
			if (invocation === undefined) return;
			const { command, values } = invocation;
			if (!command.secret?.(values)) this.#editor.remember(line);
			this.#answer = command.run(values)[Symbol.iterator]();
		} catch (error) {
			this.#editor.remember(line);
			this.#fail(error);
		}
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

	#fail(error: unknown): void {
		if (error instanceof CommandError && error.column !== undefined)
			this.#write(`${" ".repeat(this.#options.prompt().length + error.column)}^`);
		this.#write(`% ${error instanceof Error ? error.message : "the command failed"}`);
	}
}
