// SPDX-License-Identifier: Apache-2.0
//
// The files of one run, one after another, each on its own: a failed one does not stop the others, but for the second ini, without
// which the first one would be half a configuration.

import { describeError } from "./error.js";
import type { UpdateRecord } from "./events.js";
import { isKept } from "./file-kinds.js";
import { forgetSecondIni, hasSecondIni } from "./ini-step.js";
import type { UpdateContext } from "./interfaces.js";
import type { FileOutcome, Run } from "./outcome.js";
import { isSecondIni, planEntry, planSteps, type PlanEntry } from "./plan.js";
import type { FetchHooks } from "./file-step.js";
import { fetchPlanned, planSettings } from "./provided.js";
import { templateFaults } from "./template.js";

/** A file of the plan and what came of it. */
export interface Taken {
	file: string;
	outcome: FileOutcome;
}

export interface RunHooks extends FetchHooks {
	/** A file begins. */
	onFile(file: string): void;
}

/** Firmware that is ready and waits for the restart is not overwritten by other firmware of the same run. */
const waiting: FileOutcome = Object.freeze({
	result: "skipped",
	code: "UPDATE_STAGED",
	reason: "other firmware is ready and waits for the restart",
	reached: false,
});

export function isChange(outcome: FileOutcome): boolean {
	return outcome.result === "applied" || outcome.result === "installed";
}

function fileRecord(file: string, outcome: FileOutcome): UpdateRecord {
	const { result, code, reason } = outcome;
	return code === undefined ? { event: "file", file, result, reason } : { event: "file", file, result, code, reason };
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

function reportTemplate({ settings, report }: UpdateContext): void {
	for (const { code, reason } of templateFaults(settings))
		report({ event: "file", file: "template", result: "skipped", code, reason });
}

/** Fetches the files of the plan. */
export async function fetchFiles(run: Run, hooks: RunHooks): Promise<Taken[]> {
	const { context } = run;
	const settings = planSettings(context);
	const outcomes: Taken[] = [];
	let staged = false;
	for (let step = 0; step < planSteps && run.abort.error === undefined; step++) {
		const entry = planEntry(step, settings, context.board.mac);
		if (entry === undefined) {
			if (isSecondIni(step)) forgetSecondIni(run);
			continue;
		}
		if (!isWanted(context, entry)) continue;
		hooks.onFile(entry.file);
		const outcome: FileOutcome = entry.file === "cmp" && staged ? waiting : await fetchPlanned(run, entry, hooks);
		context.report(fileRecord(entry.file, outcome));
		outcomes.push({ file: entry.file, outcome });
		if (entry.file === "ini2") withoutSecond(run, outcomes, outcome);
		staged ||= outcome.result === "installed";
	}
	reportTemplate(context);
	return outcomes;
}

/** What a file that was replaced, refused or broken off has left in the store; it only takes room, so a fault waits for the next run. */
export function clearUp({ files, report }: UpdateContext): void {
	try {
		files?.collect();
	} catch (error) {
		report({ event: "file", file: "store", result: "failed", ...describeError(error) });
	}
}
