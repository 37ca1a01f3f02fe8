// SPDX-License-Identifier: Apache-2.0
//
// The last lines of the log, within a bound of characters: what the console and the pages show of it.

export interface LogLine {
	/** Counts from 1 since start. */
	number: number;
	/** ISO 8601, or `null` without a clock. */
	time: string | null;
	text: string;
}

export interface LogRingOptions {
	/** Default 40. */
	lines?: number;
	/** Characters of one line. Default 200. */
	lineLength?: number;
	/** Characters of all. Default 3,000. */
	length?: number;
}

export class LogRing {
	readonly #options: LogRingOptions;
	/** Time in milliseconds to the base of 36, a space and the text, oldest first: as objects they would take half as much again. */
	readonly #lines: string[] = [];
	#length = 0;
	#number = 0;

	constructor(options: LogRingOptions = {}) {
		this.#options = options;
	}

	/** Number of the newest line, 0 when there was none. */
	get last(): number {
		return this.#number;
	}

	add(text: string, time: string | null): void {
		const { lines = 40, lineLength = 200, length = 3000 } = this.#options;
		const kept = text.slice(0, lineLength);
		this.#lines.push(`${time === null ? "" : Date.parse(time).toString(36)} ${kept}`);
		this.#number++;
		this.#length += kept.length;
		while (this.#lines.length > lines || this.#length > length)
			this.#length -= textOf(this.#lines.shift() ?? "").length;
	}

	/** Lines behind `number`, oldest first. */
	*after(number: number): IterableIterator<LogLine> {
		// By number: lines may come and go between two steps.
		for (let next = number + 1; next <= this.#number; next++) {
			const oldest = this.#number - this.#lines.length + 1;
			if (next < oldest) next = oldest;
			if (next <= this.#number) yield lineOf(next, this.#lines[next - oldest]);
		}
	}
}

function textOf(line: string): string {
	return line.slice(line.indexOf(" ") + 1);
}

function lineOf(number: number, line: string): LogLine {
	const time = line.slice(0, line.indexOf(" "));
	return { number, time: time === "" ? null : new Date(parseInt(time, 36)).toISOString(), text: textOf(line) };
}
