// SPDX-License-Identifier: Apache-2.0
//
// What is remembered of one attempt of the Automatic Update: who asked, what was fetched, what came of it, when the next one is.
// Leaves out how it is stored (attempt-format.ts) and shown (attempt-text.ts). No field holds a secret.

/** All tries of one file. */
export interface AttemptFile {
	/** As the plan calls it: `ini`, `cmp`, `root`... */
	file: string;
	/** How it ended, see FileResult of module `update`. */
	result: string;
	/** Why it was not taken; absent when nothing went wrong. */
	code?: string;
	/** One line for people. */
	reason: string;
	/** Without credentials and query; empty when nothing was asked. */
	url: string;
	/** Status of the response to each request, 0 for none; the newest of them beyond a bound. */
	statuses: number[];
	/** Body bytes of all tries. */
	bytes: number;
	/** Milliseconds of all tries. */
	ms: number;
}

/** Flash work on the idle slot. */
export interface AttemptFlash {
	bytes: number;
	/** Blocks erased. */
	erases: number;
	ms: number;
}

/** What came of the trial of what an attempt has brought. */
export interface TrialEnd {
	result: "confirmed" | "rolled-back";
	reason: string;
	/** ISO 8601, `null` without a clock. */
	time: string | null;
}

/** One attempt, or several equal ones after each other, told by the last of them. */
export interface AttemptRecord {
	/** Counts attempts from 1, over restarts. Of several equal ones the first. */
	number: number;
	/** Equal attempts that this record stands for, at least 1. */
	count: number;
	/** When the first of them began: ISO 8601, `null` without a clock. */
	since: string | null;
	/** When the last of them began. */
	time: string | null;
	/** Who asked: `start-up`, `console`, `interval`...; none where an operator has ended a maintenance hold. */
	causes: string[];
	requester?: string;
	/** Set for the first attempt after a start: why the gateway had started. */
	after?: string;
	files: AttemptFile[];
	/** What was reached when, milliseconds after the beginning: `tls`, each file's end, `flash`, `verdict`. */
	phases: { phase: string; ms: number }[];
	flash?: AttemptFlash;
	/**
	 * `nothing-new`, `updated`, `held`, `failed`; `switch` or `rollback` by hand; `confirmed` or `rolled-back` where it is no longer known
	 * what was on trial.
	 */
	verdict: string;
	/** Version that runs, or starts next; empty when not known. */
	version: string;
	/** One line for people. */
	reason: string;
	/** Seconds from the verdict to the next attempt by itself; absent when none was planned. */
	nextSeconds?: number;
	/** Absent while it is not over, or nothing was on trial. */
	trial?: TrialEnd;
}

/** Most that a record holds; more is dropped, the oldest first. */
export const attemptLimits = Object.freeze({ files: 16, statuses: 4, phases: 20, causes: 4, text: 120, name: 40 });

/** @returns what the verdict says where it only repeats what the files have said */
export function joinReasons(files: readonly AttemptFile[]): string {
	return files.map(({ file, result, reason }) => `${file} ${result}: ${reason}`).join("; ");
}

/** Whether two attempts differ in nothing but when they were and how long they took. One that has changed something is equal to none. */
export function isRepeat(before: AttemptRecord, now: AttemptRecord): boolean {
	if (now.verdict !== "nothing-new" && now.verdict !== "failed") return false;
	if (before.verdict !== now.verdict || before.version !== now.version || now.after !== undefined) return false;
	if (before.files.length !== now.files.length) return false;
	return now.files.every(({ file, result, code, url }, i) => {
		const other = before.files[i];
		return other.file === file && other.result === result && other.code === code && other.url === url;
	});
}

/** The record that stands for `before` and `now`, which repeats it. */
export function mergeRepeat(before: AttemptRecord, now: AttemptRecord): AttemptRecord {
	const merged: AttemptRecord = { ...now, number: before.number, count: before.count + 1, since: before.since };
	if (before.after !== undefined) merged.after = before.after;
	return merged;
}
