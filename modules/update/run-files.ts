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
import { type FetchOwner, FileFetch } from "./file-fetch.js";
import { holdBack } from "./file-step.js";
import { isMissing, plannedURLs, planSettings } from "./provided.js";
import { templateFaults } from "./template.js";

/** A file of the plan and what came of it. */
export interface Taken {
	file: string;
	outcome: FileOutcome;
}

/** Told how the files go. */
export interface FileHooks {
	/** A file begins. */
	onFile(file: string): void;
	/** A server answered completely. */
	onReached(): void;
	/** All files are over. */
	fetched(outcomes: readonly Taken[]): void;
	/** A fault of this program, or of the store, has ended it. */
	failed(error: unknown): void;
}

const noURLs: readonly string[] = Object.freeze([]);

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

/** The files of the plan. Nothing of it waits but the file at work: it tells when it is over. */
export class FileRun implements FetchOwner {
	readonly #run: Run;
	readonly #hooks: FileHooks;
	/** The next step of the plan. */
	#step = 0;
	/** The file at work. */
	#entry: PlanEntry | undefined;
	/** Where it may be too: what the network has named. */
	#urls: readonly string[] = noURLs;
	/** What is over. */
	readonly #outcomes: Taken[] = [];
	/** There is firmware that waits for the restart. */
	#staged = false;

	constructor(run: Run, hooks: FileHooks) {
		this.#run = run;
		this.#hooks = hooks;
	}

	/** Goes on with the next file. @param outcome of the last one */
	next(outcome?: FileOutcome): void {
		let ended = outcome;
		try {
			do {
				if (ended !== undefined && this.#entry !== undefined) this.end(this.#entry, ended);
				this.#entry ??= this.plan();
				ended = this.#entry === undefined ? undefined : this.begin(this.#entry);
			} while (ended !== undefined);
		} catch (error) {
			return this.#hooks.failed(error);
		}
		if (this.#entry === undefined) this.#hooks.fetched(this.#outcomes);
	}

	/** For the fetch. */
	onReached(): void {
		this.#hooks.onReached();
	}

	/** For the fetch. */
	failed(error: unknown): void {
		this.#hooks.failed(error);
	}

	/** @returns the next file, `undefined` when there is none */
	private plan(): PlanEntry | undefined {
		const { context, abort } = this.#run;
		while (this.#step < planSteps && abort.error === undefined) {
			const step = this.#step++;
			const entry = planEntry(step, planSettings(context), context.board.mac);
			if (entry === undefined) {
				if (isSecondIni(step)) forgetSecondIni(this.#run);
				continue;
			}
			if (!isWanted(context, entry)) continue;
			this.#hooks.onFile(entry.file);
			this.#urls = plannedURLs(context, entry);
			return this.#urls.length === 0 ? entry : this.shift(entry);
		}
		reportTemplate(context);
		return undefined;
	}

	/** Where the settings have no URL, the network's are tried one after another. */
	private shift(entry: PlanEntry): PlanEntry {
		const [url, ...others] = this.#urls;
		this.#urls = others;
		return { ...entry, url, foreign: true };
	}

	/** @returns what becomes of a file that is not asked for */
	private begin(entry: PlanEntry): FileOutcome | undefined {
		const held = entry.file === "cmp" && this.#staged ? waiting : holdBack(this.#run, entry);
		if (held === undefined) void new FileFetch(this.#run, entry, this).go();
		return held;
	}

	private end(entry: PlanEntry, outcome: FileOutcome): void {
		const isNext = this.#urls.length > 0 && isMissing(outcome);
		this.#entry = isNext ? this.shift(entry) : undefined;
		if (isNext) return;
		const { file } = entry;
		this.#run.context.report(fileRecord(file, outcome));
		this.#outcomes.push({ file, outcome });
		if (file === "ini2") withoutSecond(this.#run, this.#outcomes, outcome);
		this.#staged ||= outcome.result === "installed";
	}
}

/** What a file that was replaced, refused or broken off has left in the store; it only takes room, so a fault waits for the next run. */
export function clearUp({ files, report }: UpdateContext): void {
	try {
		files?.collect();
	} catch (error) {
		report({ event: "file", file: "store", result: "failed", ...describeError(error) });
	}
}
