// SPDX-License-Identifier: Apache-2.0
//
// One run: the files of the plan one after another, each on its own (a failed one does not stop the others), then one
// verdict and at most one restart.

import { describeError } from "./error.js";
import type { UpdateRecord, Verdict } from "./events.js";
import { isKept } from "./file-kinds.js";
import { fetchFile } from "./file-step.js";
import { forgetSecondIni, hasSecondIni } from "./ini-step.js";
import type { UpdateContext } from "./interfaces.js";
import type { FileOutcome, Run } from "./outcome.js";
import { hasStandingFile, isSecondIni, planEntry, planSteps, type PlanEntry } from "./plan.js";
import { templateFaults } from "./template.js";

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

interface Taken {
	file: string;
	outcome: FileOutcome;
}

export interface RunHooks {
	/** A file begins. */
	onFile(file: string): void;
	/** A server answered completely. */
	onReached(): void;
}

/** A refusal that only says that there is nothing newer. */
const quiet: readonly string[] = Object.freeze(["UPDATE_VERSION", "UPDATE_FAILED_BEFORE"]);

/** Firmware that is ready and waits for the restart is not overwritten by other firmware of the same run. */
const waiting: FileOutcome = Object.freeze({
	result: "skipped",
	code: "UPDATE_STAGED",
	reason: "other firmware is ready and waits for the restart",
	reached: false,
});

function isFault(outcome: FileOutcome): boolean {
	if (outcome.result === "failed") return true;
	return outcome.code !== undefined && outcome.result !== "skipped" && !quiet.includes(outcome.code);
}

function isChange(outcome: FileOutcome): boolean {
	return outcome.result === "applied" || outcome.result === "installed";
}

function fileRecord(file: string, outcome: FileOutcome): UpdateRecord {
	const { result, code, reason } = outcome;
	return code === undefined ? { event: "file", file, result, reason } : { event: "file", file, result, code, reason };
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

/** What the files have brought comes into force together. */
function switchOver(run: Run, end: RunEnd, outcomes: readonly Taken[]): RunEnd {
	const { context, trial, clock } = run;
	if (!trial.staged) return end;
	const slot = outcomes.find(({ outcome }) => outcome.slot !== undefined)?.outcome.slot;
	try {
		trial.switchOver(slot, hasStandingFile(context.settings), clock.floorChange());
		return { ...end, switched: true };
	} catch (error) {
		const { code, reason } = describeError(error);
		context.report({ event: "file", file: "store", result: "failed", code, reason });
		context.settings.reload();
		const { version } = context.board.application;
		return {
			verdict: "failed",
			reason: `${code}: ${reason}`,
			version,
			again: false,
			reached: end.reached,
			asked: true,
			switched: false,
		};
	}
}

/** Whether there is somebody to take the file. */
function isWanted({ certificates, files }: UpdateContext, { file }: PlanEntry): boolean {
	if (file === "ini" || file === "ini2" || file === "cmp") return true;
	return isKept(file) ? files !== undefined : certificates !== undefined;
}

/**
 * The first ini has put everything to its values, and the second one, which is in force, has not come: together with the first
 * one it would be a configuration that nobody has written. So the first one is not taken either, in this run.
 */
function withoutSecond(run: Run, outcomes: Taken[], second: FileOutcome): void {
	if (!run.iniApplied || isChange(second) || !hasSecondIni(run)) return;
	run.trial.abandon();
	run.context.settings.reload();
	run.iniApplied = false;
	const first = outcomes.find(({ file }) => file === "ini");
	if (first === undefined) return;
	const reason = `not taken without the second one: ${second.reason}`;
	const code = second.code ?? "UPDATE_SECOND_INI";
	first.outcome = { result: "skipped", code, reason, reached: first.outcome.reached };
	run.context.report(fileRecord("ini", first.outcome));
}

async function fetchOne(run: Run, entry: PlanEntry, hooks: RunHooks, staged: boolean): Promise<FileOutcome> {
	if (entry.file === "cmp" && staged) return waiting;
	return fetchFile(run, entry, ({ reached }) => {
		if (reached) hooks.onReached();
	});
}

function reportTemplate({ settings, report }: UpdateContext): void {
	for (const { code, reason } of templateFaults(settings))
		report({ event: "file", file: "template", result: "skipped", code, reason });
}

async function fetchFiles(run: Run, hooks: RunHooks): Promise<Taken[]> {
	const { context } = run;
	const outcomes: Taken[] = [];
	let staged = false;
	for (let step = 0; step < planSteps; step++) {
		const entry = planEntry(step, context.settings, context.board.mac);
		if (entry === undefined) {
			if (isSecondIni(step)) forgetSecondIni(run);
			continue;
		}
		if (!isWanted(context, entry)) continue;
		hooks.onFile(entry.file);
		const outcome = await fetchOne(run, entry, hooks, staged);
		context.report(fileRecord(entry.file, outcome));
		outcomes.push({ file: entry.file, outcome });
		if (entry.file === "ini2") withoutSecond(run, outcomes, outcome);
		staged ||= outcome.result === "installed";
	}
	reportTemplate(context);
	return outcomes;
}

/** What a file that was replaced, refused or broken off has left in the store; it only takes room, so a fault waits for the next run. */
function clearUp({ files, report }: UpdateContext): void {
	try {
		files?.collect();
	} catch (error) {
		report({ event: "file", file: "store", result: "failed", ...describeError(error) });
	}
}

/** Does one run; what was staged is given up when it throws. Throws only for a fault of this program. */
export async function runPlan(run: Run, hooks: RunHooks): Promise<RunEnd> {
	try {
		const outcomes = await fetchFiles(run, hooks);
		if (!run.trial.staged) run.trial.abandon(); // a file that failed half-way
		const end = switchOver(run, conclude(run, outcomes), outcomes);
		clearUp(run.context);
		return end;
	} catch (error) {
		run.trial.abandon();
		run.context.settings.reload();
		throw error;
	}
}
