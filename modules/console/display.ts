// SPDX-License-Identifier: Apache-2.0
//
// What the terminal shows: whole lines, and below them the bottom line, which is erased for a line and drawn again after it. While
// nothing is typed, the bottom line shows the progress of a job.

import type { Serial } from "../ecma419/serial.js";
import { Output } from "./output.js";
import { printable } from "./printable.js";
import { progressBar } from "./progress.js";

/** Characters of lines that wait while the line carries a file; what is more is counted and lost. */
const mostHeld = 2048;

export interface DisplayOptions {
	/** Columns that a line may fill. */
	columns: number;
	/** False: no bottom line, no escape sequences, progress by quarters. */
	terminal: boolean;
	bottom: BottomLine;
}

export interface BottomLine {
	/** Asked at each drawing. @param bar what shows the progress of a job, while there is one */
	bottom(bar: string | undefined): string;
}

export class Display {
	readonly columns: number;
	readonly #terminal: boolean;
	readonly #bottom: BottomLine;
	readonly #output = new Output();
	#bar: string | undefined;
	#barQuarter = -1;
	/** What the bottom line shows is not what it should. */
	#stale = true;
	/** The terminal's bottom line is to be erased before a line is written: at the start, it may hold what a reset left. */
	#drawn: boolean;
	/** Log lines for which there was no room, not told yet. */
	#lost = 0;
	/** The line carries a file: what is said meanwhile, for afterwards. */
	#held: string[] | undefined;
	#heldLength = 0;

	constructor({ columns, terminal, bottom }: DisplayOptions) {
		this.columns = columns;
		this.#terminal = terminal;
		this.#bottom = bottom;
		this.#drawn = terminal;
	}

	attach(serial: Serial): void {
		this.#output.attach(serial);
	}

	detach(): void {
		this.#output.detach();
	}

	writable(bytes: number): void {
		this.#output.writable(bytes);
	}

	get hasRoom(): boolean {
		return this.#output.hasRoom;
	}

	/** From now on the line carries bytes that are no text: lines wait, and nothing is drawn. */
	hold(): void {
		this.#bar = undefined;
		this.#held = [];
		this.#heldLength = 0;
	}

	/** Bytes as they are, while lines wait. */
	send(bytes: Uint8Array): void {
		this.#output.send(bytes);
	}

	/** The line carries text again. */
	release(): void {
		const lines = this.#held;
		if (lines === undefined) return;
		this.#held = undefined;
		this.#stale = true;
		// Answers to the sender may stand where the cursor is.
		if (this.#terminal) this.#drawn = true;
		else this.#output.write("\r\n");
		for (const line of lines) this.write(line);
		this.tellLost();
	}

	/** Writes one whole line, in the place of the bottom line, which is then to be drawn anew. @returns false: no room */
	write(line: string): boolean {
		if (this.#held !== undefined) return this.keep(line);
		const erase = this.#drawn ? "\r\x1b[K" : "";
		if (!this.#output.write(`${erase}${printable(line)}\r\n`)) return false;
		this.#drawn = false;
		this.#stale = true;
		return true;
	}

	/** Writes a line that may be lost where there is no room; how many were is told later. */
	log(line: string): void {
		if (this.#held === undefined) this.tellLost();
		if (this.#lost > 0 || !this.#output.hasRoom || !this.write(line)) this.#lost++;
	}

	/** Tells of lost lines as soon as nothing else waits. */
	tellLost(): void {
		if (this.#lost === 0 || this.#held !== undefined || !this.#output.hasRoom) return;
		if (this.write(`(${this.#lost} log ${this.#lost === 1 ? "line" : "lines"} lost)`)) this.#lost = 0;
	}

	/** @returns whether the bar changed */
	progress(label: string, done: number, total: number): void {
		if (this.#held !== undefined) return;
		if (!this.#terminal) {
			const quarter = total > 0 ? Math.floor((done * 4) / total) : -1;
			if (quarter <= this.#barQuarter) return;
			this.#barQuarter = quarter;
			return this.log(progressBar(label, done, total, 72));
		}
		const bar = printable(progressBar(label, done, total, this.columns));
		if (bar === this.#bar) return;
		this.#bar = bar;
		this.#stale = true;
	}

	/** The last bar stays as a log line. */
	endProgress(): void {
		this.#barQuarter = -1;
		if (this.#bar === undefined) return;
		const bar = this.#bar;
		this.#bar = undefined;
		this.#stale = true;
		this.log(bar);
	}

	/** The bottom line shows something else now. */
	touch(): void {
		this.#stale = true;
	}

	/** No bytes wait. */
	get idle(): boolean {
		return this.#output.idle;
	}

	/** Draws the bottom line. Only when no output waits: a slow terminal gets fewer pictures, never a backlog of them. */
	draw(): void {
		if (!this.#stale || !this.#terminal || !this.#output.idle || this.#held !== undefined) return;
		this.#stale = false;
		this.#drawn = this.#output.write(`\r\x1b[K${this.#bottom.bottom(this.#bar)}`) || this.#drawn;
	}

	/** @returns false: no room */
	private keep(line: string): boolean {
		if (this.#held === undefined || this.#heldLength + line.length > mostHeld) return false;
		this.#held.push(line);
		this.#heldLength += line.length;
		return true;
	}
}
