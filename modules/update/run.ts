// SPDX-License-Identifier: Apache-2.0
//
// One run: the files of the plan one after another, each on its own (a failed one does not stop the others), then one
// verdict and at most one restart.

import { describeError, type Fault } from "./error.js";
import type { UpdateContext } from "./interfaces.js";
import type { Verdict } from "./events.js";
import { clearUp, type FileHooks, FileRun, isChange, type Taken } from "./run-files.js";
import type { FileOutcome, Run } from "./outcome.js";
import { canAskAgain } from "./provided.js";
import { sleep } from "./tasks.js";

export interface RunEnd {
	verdict: Verdict;
	reason: string;
	/** Version that runs, or that starts next. */
	version: string;
	/** Why the gateway has to restart; `undefined` when it need not. */
	restart?: string;
	/** Another run is wanted. */
	again: boolean;
	/** A server answered completely at least once. */
	reached: boolean;
	/** There was a file to fetch. */
	asked: boolean;
	/** Something new is in force, or will be after the restart. */
	switched: boolean;
}

/** The end of a run that a fault has broken off. */
export function failedEnd({ board }: UpdateContext, { code, reason }: Fault): RunEnd {
	return {
		verdict: "failed",
		reason: `${code}: ${reason}`,
		version: board.application.version,
		again: false,
		reached: false,
		asked: true,
		switched: false,
	};
}

/** A refusal that only says that there is nothing newer. */
const quiet: readonly string[] = Object.freeze(["UPDATE_VERSION", "UPDATE_FAILED_BEFORE"]);

function isFault(outcome: FileOutcome): boolean {
	if (outcome.result === "failed") return true;
	return outcome.code !== undefined && outcome.result !== "skipped" && !quiet.includes(outcome.code);
}

function verdictOf(changed: boolean, failed: boolean): Verdict {
	if (changed) return failed ? "updated-in-part" : "updated";
	return failed ? "failed" : "nothing-new";
}

function conclude(run: Run, outcomes: readonly Taken[]): RunEnd {
	const all = outcomes.map(({ outcome }) => outcome);
	const changed = all.some(isChange);
	const failed = all.some(isFault);
	const reason = outcomes.map(({ file, outcome }) => `${file} ${outcome.result}: ${outcome.reason}`).join("; ");
	const end: RunEnd = {
		verdict: verdictOf(changed, failed),
		reason: reason === "" ? "no URL is set" : reason,
		version: all.find((outcome) => outcome.version !== undefined)?.version ?? run.context.board.application.version,
		again: all.some((outcome) => outcome.again === true),
		reached: all.some((outcome) => outcome.reached),
		asked: all.length > 0,
		switched: false,
	};
	const restarts = all.map((outcome) => outcome.restart).filter((text) => text !== undefined);
	if (restarts.length > 0) end.restart = restarts.join(", ");
	return end;
}

function slotOf(outcomes: readonly Taken[]): 0 | 1 | undefined {
	return outcomes.find(({ outcome }) => outcome.slot !== undefined)?.outcome.slot;
}

/** What the files have brought lies ready until an operator releases it. */
function putBy({ installHold }: Run, end: RunEnd, outcomes: readonly Taken[]): RunEnd {
	const { reason, version, restart } = end;
	const slot = slotOf(outcomes);
	installHold.park({
		reason,
		version,
		...(restart === undefined ? {} : { restart }),
		...(slot === undefined ? {} : { slot }),
	});
	const { restart: _later, ...rest } = end;
	return { ...rest, verdict: "held", reason: `waits for "update release": ${reason}` };
}

/** What the files have brought comes into force together. */
function switchOver(run: Run, end: RunEnd, slot: 0 | 1 | undefined): RunEnd {
	const { context, trial, clock } = run;
	if (!trial.staged) return end;
	try {
		trial.switchOver(slot, canAskAgain(context), clock.floorChange());
		return { ...end, switched: true };
	} catch (error) {
		const { code, reason } = describeError(error);
		context.report({ event: "file", file: "store", result: "failed", code, reason });
		context.settings.reload();
		return { ...failedEnd(context, { code, reason }), reached: end.reached };
	}
}

/** Told how the run goes. */
export interface RunHooks extends Pick<FileHooks, "onFile" | "onReached"> {
	/** It is over, and nothing of it comes afterwards. */
	onEnd(end: RunEnd): void;
}

/** One run; what was staged is given up when it fails for a fault of this program. */
export class PlanRun implements FileHooks {
	readonly #run: Run;
	readonly #hooks: RunHooks;

	constructor(run: Run, hooks: RunHooks) {
		this.#run = run;
		this.#hooks = hooks;
	}

	/** Does all of it. */
	start(): void {
		new FileRun(this.#run, this).next();
	}

	/** For the files. */
	onFile(file: string): void {
		this.#hooks.onFile(file);
	}

	/** For the files. */
	onReached(): void {
		this.#hooks.onReached();
	}

	/** For the files. */
	fetched(outcomes: readonly Taken[]): void {
		void this.end(outcomes);
	}

	/** For the files. */
	failed(error: unknown): void {
		const { context } = this.#run;
		const end = failedEnd(context, giveUp(this.#run, error));
		if (!context.closed) clearUp(context);
		this.#hooks.onEnd(end);
	}

	/** In a job of its own, and with few variables, as what is written last stands on many calls anyway. */
	private async end(outcomes: readonly Taken[]): Promise<void> {
		const run = this.#run;
		let end: RunEnd;
		try {
			// The switch writes to the flash, as the last file has just done: others get their turn between.
			await (run.trial.staged ? sleep(run.context.timer, 0) : undefined);
			if (!run.trial.staged) run.trial.abandon(); // a file that failed half-way
			run.abort.check();
			end = conclude(run, outcomes);
			if (!run.context.closed) {
				if (run.installHold.on && run.trial.staged) end = putBy(run, end, outcomes);
				else end = switchOver(run, end, slotOf(outcomes));
			}
		} catch (error) {
			return this.failed(error);
		}
		if (!run.context.closed) clearUp(run.context);
		this.#hooks.onEnd(end);
	}
}

/** @returns what the run has failed for */
function giveUp({ trial, context }: Run, error: unknown): Fault {
	try {
		trial.abandon();
		context.settings.reload();
		return describeError(error);
	} catch (later) {
		return describeError(later);
	}
}

/**
 * Puts in force what an earlier run has put by. What does not stand up any more is dropped, and another run fetches it.
 * Throws only for a fault of this program.
 */
export async function installParked(run: Run): Promise<RunEnd> {
	const { context, installHold } = run;
	const { parked } = installHold;
	if (parked === undefined) return failedEnd(context, { code: "UPDATE_NOT_HELD", reason: "nothing lies ready" });
	try {
		await installHold.unpark(parked);
	} catch (error) {
		installHold.drop();
		return { ...failedEnd(context, describeError(error)), again: true };
	}
	const { reason, version, slot, restart } = parked;
	const end = {
		verdict: "updated" as const,
		reason,
		version,
		again: false,
		reached: false,
		asked: true,
		switched: false,
	};
	return switchOver(run, restart === undefined ? end : { ...end, restart }, slot);
}
