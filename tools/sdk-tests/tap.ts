// SPDX-License-Identifier: Apache-2.0
//
// Results as TAP 13. A test that fails as its explanation says is marked TODO; one that passes in spite of it counts as
// failed, so that the list of explanations stays true.

import type { TestResult } from "./run.js";

export interface Tally {
	passed: number;
	failed: number;
	skipped: number;
	/** failed as explained */
	explained: number;
}

function comment(text: string): string {
	return text
		.split("\n")
		.map((line) => `  # ${line}\n`)
		.join("");
}

export class TapWriter {
	readonly tally: Tally = { passed: 0, failed: 0, skipped: 0, explained: 0 };
	readonly #differences: Readonly<Record<string, string>>;
	readonly #write: (text: string) => void;
	#count = 0;

	/** @param differences why a test cannot pass, by its name */
	constructor(differences: Readonly<Record<string, string>>, write: (text: string) => void) {
		this.#differences = differences;
		this.#write = write;
	}

	add({ name, result, reason, ms, attempts }: TestResult): void {
		const difference = this.#differences[name];
		const title = `${String(++this.#count)} - ${name}`;
		if (result === "skip") {
			this.tally.skipped++;
			this.#write(`ok ${title} # SKIP ${reason ?? ""}\n`);
		} else if (result === "fail" && difference !== undefined) {
			this.tally.explained++;
			this.#write(`not ok ${title} # TODO ${difference}\n${comment(reason ?? "")}`);
		} else if (result === "pass" && difference === undefined) {
			this.tally.passed++;
			this.#write(`ok ${title} # ${String(ms)} ms${attempts > 1 ? `, attempt ${String(attempts)}` : ""}\n`);
		} else {
			this.tally.failed++;
			this.#write(`not ok ${title}\n${comment(reason ?? `passes, although explained as: ${difference}`)}`);
		}
	}

	end(): Tally {
		const { passed, failed, skipped, explained } = this.tally;
		this.#write(`1..${String(this.#count)}\n`);
		this.#write(
			`# ${String(passed)} passed, ${String(failed)} failed, ${String(explained)} differ as explained, ${String(skipped)} skipped\n`,
		);
		return this.tally;
	}
}
