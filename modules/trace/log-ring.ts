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
	readonly #lines: LogLine[] = [];
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
		this.#lines.push({ number: ++this.#number, time, text: kept });
		this.#length += kept.length;
		while (this.#lines.length > lines || this.#length > length) {
			const gone = this.#lines.shift();
			this.#length -= gone?.text.length ?? 0;
		}
	}

	/** Lines behind `number`, oldest first. */
	*after(number: number): IterableIterator<LogLine> {
		// By number: lines may come and go between two steps.
		for (let next = number + 1; next <= this.#number; next++) {
			const oldest = this.#lines.length > 0 ? this.#lines[0].number : this.#number;
			if (next < oldest) next = oldest;
			yield this.#lines[next - oldest];
		}
	}
}
