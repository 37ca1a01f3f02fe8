// SPDX-License-Identifier: Apache-2.0
//
// One file of a run: request, answer, retries with back-off, waits that the server asks for.
// Source: AudioCodes Automatic Update, "Querying provisioning server for updated files"; RFC 9110 section 15.

import { drawChance, maxTries, patienceMs, retryDelayMs } from "./backoff.js";
import { describeError } from "./error.js";
import type { Exchange } from "./exchange.js";
import { ask, type Asked, broken, hold, judge, prepare, requestRecord, startOver } from "./file-step.js";
import type { BegunImage } from "./image-step.js";
import type { PartialDownload } from "./journal.js";
import type { FileOutcome, Run } from "./outcome.js";
import type { PlanEntry } from "./plan.js";

/** Told how the file goes. */
export interface FetchOwner {
	/** A server answered completely: told before the next try. */
	onReached(): void;
	/** The file is over. @param outcome of the last try */
	next(outcome: FileOutcome): void;
	/** It has ended in a fault of this program, or of the store. */
	failed(error: unknown): void;
}

/** One file, fetched and taken in up to three tries. What is known of it stands here, and not in variables of the function that waits. */
export class FileFetch {
	readonly #run: Run;
	readonly #entry: PlanEntry;
	readonly #owner: FetchOwner;
	#failures = 0;
	/** All of the file is asked for, whatever is known or there. */
	#whole = false;
	#startTicks = 0;
	/** Until the answer is there. */
	#asked: Asked | undefined;
	/** What is asked the rest of. */
	#part: PartialDownload | undefined;
	#exchange: Exchange | undefined;
	#image: BegunImage["step"] | undefined;
	/** Before the next try. */
	#pause: Promise<void> | undefined;

	/** Does nothing before `go`. */
	constructor(run: Run, entry: PlanEntry, owner: FetchOwner) {
		this.#run = run;
		this.#entry = entry;
		this.#owner = owner;
		run.holds.clear(entry.url);
	}

	/**
	 * Does all of it. Never rejects. All of a download hangs on this function: each one more that waited between it and the bytes, or
	 * above it, would take a kilobyte of the chip's heap as long.
	 */
	async go(): Promise<void> {
		let outcome: FileOutcome | undefined;
		try {
			for (;;) {
				/* In a job of its own, at first too: on top of its callers, the request took half of the chip's stack for scripts. */
				await this.#pause;
				outcome = this.stopped();
				if (outcome !== undefined) break;
				this.#asked = prepare(this.#run, this.#entry, this.#whole);
				this.#part = this.#asked.part;
				this.#exchange = ask(this.#run, this.#entry, this.#asked);
				try {
					await this.#exchange.response();
					const answer = await judge(this.#run, this.#entry, this.#exchange, this.#asked);
					this.#asked = undefined;
					if ("rest" in answer) outcome = (this.#image = answer.step).conclude(await answer.rest);
					else outcome = answer;
				} catch (error) {
					outcome = broken(error, this.#part);
				}
				outcome = this.endTry(outcome);
				if (outcome !== undefined) break;
			}
		} catch (error) {
			return this.#owner.failed(error);
		}
		this.#owner.next(outcome);
	}

	/** An operator has stopped the run between two tries. */
	private stopped(): FileOutcome | undefined {
		const { abort, context } = this.#run;
		this.#startTicks = context.board.clock.ticks();
		if (this.#failures === 0 || abort.error === undefined) return undefined;
		return { result: "failed", ...describeError(abort.error), reached: false };
	}

	/** @returns what the file has come to; `undefined`: another try, after `#pause` */
	private endTry(outcome: FileOutcome): FileOutcome | undefined {
		const run = this.#run;
		const entry = this.#entry;
		this.endExchange();
		if (outcome.reached) this.#owner.onReached();
		this.#pause = undefined;
		if (outcome.startOver === true) {
			startOver(run, entry, outcome);
			this.#whole = true;
			return undefined;
		}
		const { retryAfterMs } = outcome;
		const chance = drawChance((bytes) => run.context.board.random(bytes));
		if (retryAfterMs !== undefined && retryAfterMs > patienceMs) return hold(run, entry, outcome, retryAfterMs, chance);
		if (outcome.retry !== true || ++this.#failures === maxTries) return outcome;
		this.#pause = run.abort.sleep(run.context.timer, retryDelayMs(this.#failures, chance, retryAfterMs));
		return undefined;
	}

	private endExchange(): void {
		const { context } = this.#run;
		const exchange = this.#exchange;
		this.#image?.close();
		exchange?.cancel();
		const ms = context.board.clock.ticks() - this.#startTicks;
		if (exchange !== undefined) context.report(requestRecord(this.#entry, exchange, this.#part?.stored, ms));
		this.#image = this.#exchange = this.#asked = undefined;
	}
}
