// SPDX-License-Identifier: Apache-2.0
//
// The serial console: the port, its speed, and who may use it when. What is typed goes to shell.ts, what is shown through display.ts;
// while a command takes a file over this line, bytes go there and nothing is shown.

import type { Serial, SerialConstructor } from "../ecma419/serial.js";
import type { TimerService } from "../ecma419/timer.js";
import type { Command } from "./commands.js";
import { type BottomLine, Display } from "./display.js";
import { KeyDecoder } from "./keys.js";
import type { LoginPort } from "./login.js";
import { type Keyboard, Shell } from "./shell.js";

export interface ConsoleOptions {
	readonly io: SerialConstructor;
	readonly timer: TimerService;
	/** Bits per second, default 115200. */
	readonly baud?: number;
	/** Text before the cursor, asked at each drawing. @param mode where in a tree of commands; empty outside of all */
	prompt(mode: string): string;
	/** Makes the commands, one by one: asked for when a line, Tab or `?` wants them, some times, and forgotten. */
	commands(): Iterable<Command>;
	/** Whether a password is asked for, and which; default: none. */
	readonly login?: LoginPort;
	/** Columns of the terminal, default 80, at least 20. */
	readonly columns?: number;
	/** Rows of the terminal: longer answers come page by page. Default 24; 0: no pages. */
	readonly rows?: number;
	/** False for a log file or a pipe: no bottom line, no escape sequences, no pages, progress by quarters. Default true. */
	readonly terminal?: boolean;
}

/** Bytes taken from the port at a time. */
const readLimit = 64;
const leastColumns = 20;

function onReadable(this: Serial): void {
	(this.target as Console).wake();
}

function onWritable(this: Serial, bytes: number): void {
	(this.target as Console).writable(bytes);
}

export class Console implements BottomLine, Keyboard {
	readonly #serial: Serial;
	readonly #display: Display;
	readonly #shell: Shell;
	readonly #keys = new KeyDecoder();
	/** Bytes read from the port, how many, and the first of them not yet looked at. */
	readonly #typed = new Uint8Array(readLimit);
	#count = 0;
	#next = 0;
	#closed = false;

	constructor(options: ConsoleOptions) {
		const terminal = options.terminal !== false;
		// One less than the terminal has: in the last one, terminals differ in where the cursor goes.
		const columns = Math.max(leastColumns, options.columns ?? 80) - 1;
		this.#display = new Display({ columns, terminal, bottom: this });
		this.#shell = new Shell({
			timer: options.timer,
			host: options,
			login: options.login,
			rows: terminal ? (options.rows ?? 24) : 0,
			terminal,
			display: this.#display,
			keyboard: this,
		});
		this.#serial = new options.io({
			baud: options.baud ?? 115200,
			format: "buffer",
			target: this,
			onReadable,
			onWritable,
		});
		this.#display.attach(this.#serial);
	}

	/** Prints one log line above the line being typed. Dropped and counted when the terminal is too slow. */
	print(line: string): void {
		if (this.#closed) return;
		this.#display.log(line);
		this.draw();
	}

	/** Shows a progress bar; `total` 0 when unknown. It ends with `endProgress`. */
	progress(label: string, done: number, total: number): void {
		if (this.#closed) return;
		this.#display.progress(label, done, total);
		if (!this.#shell.typing) this.draw();
	}

	/** The last bar stays as a log line. */
	endProgress(): void {
		if (this.#closed) return;
		this.#display.endProgress();
		this.draw();
	}

	/** Closes the port; what is printed afterwards goes nowhere. */
	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#shell.dialogue.close();
		this.#display.detach();
		this.#serial.close();
	}

	/** Not while a command answers. */
	private draw(): void {
		if (!this.#shell.dialogue.answering) this.#display.draw();
	}

	/** For the shell, and the port. Takes keys and moves answers until there is nothing to do or little room for output: the rest waits in the port. A
	 *  loop, so that a long paste of lines does not pile up calls. */
	wake(): void {
		/* `reset` and the like may close the console from within a command. */
		while (!this.#closed && this.#display.hasRoom) {
			if (this.#shell.dialogue.receiving) {
				if (!this.pending() || !this.receive()) break;
			} else if (this.#shell.dialogue.waiting) break;
			else if (this.#shell.dialogue.answering) this.#shell.dialogue.step();
			else if (!this.pending()) break;
			else {
				const key = this.#keys.decode(this.#typed[this.#next++]);
				if (key !== undefined) this.#shell.type(key);
			}
		}
		if (this.#display.idle) this.#display.tellLost();
		this.draw();
	}

	/** Bytes are a file's. @returns whether any were taken */
	private receive(): boolean {
		const count = this.#shell.dialogue.receive(this.#typed.subarray(this.#next, this.#count));
		this.#next += count;
		return count > 0;
	}

	/** For the port: it takes so many bytes. */
	writable(bytes: number): void {
		this.#display.writable(bytes);
		this.wake();
	}

	/** For the display. */
	bottom(bar: string | undefined): string {
		return this.#shell.bottom(bar);
	}

	/** For the shell: whether there is a byte to look at. */
	pending(): boolean {
		if (this.#next < this.#count) return true;
		/* Into a buffer: asked for a number of bytes, the SDK's port on ESP32 gives that many, there or not. */
		this.#count = this.#serial.read(this.#typed) ?? 0;
		this.#next = 0;
		return this.#count > 0;
	}
}
