// SPDX-License-Identifier: Apache-2.0
//
// Attempts as lines for people: one line each in a list, and all that is known of one.

import type { AttemptFile, AttemptRecord } from "./attempt.js";

function timeText(time: string | null): string {
	return time === null ? "(no clock)" : `${time.slice(0, 10)} ${time.slice(11, 19)}Z`;
}

/** In the place of a cause: nobody asked for files, an operator let in force what lay ready. */
const released = "release";

function fileText({ file, result, code }: AttemptFile): string {
	return `${file} ${code ?? result}`;
}

/** Head of the list that `attemptLine` makes the lines of. */
export const attemptHead = "   no  time                  cause       verdict      files";

/** @returns one line of a list */
export function attemptLine(record: AttemptRecord): string {
	const { number, count, time, causes, verdict, files, reason, trial } = record;
	const what = files.length > 0 ? files.map(fileText).join(", ") : reason;
	const times = count > 1 ? ` (${count} times)` : "";
	const end = trial === undefined ? "" : `, ${trial.result}`;
	const cause = causes.length > 0 ? causes.join("+") : released;
	const left = `${String(number).padStart(5)}  ${timeText(time).padEnd(20)}  ${cause.padEnd(10)}`;
	return `${left}  ${verdict.padEnd(11)}  ${what}${end}${times}`;
}

function* fileLines({ file, result, code, reason, url, statuses, bytes, ms }: AttemptFile): Iterable<string> {
	yield `file          ${file} ${result}: ${reason}${code === undefined ? "" : ` (${code})`}`;
	if (url === "") return;
	yield `              ${url}`;
	const answers = statuses.map((status) => (status === 0 ? "no answer" : String(status))).join(", ");
	yield `              status ${answers}; ${bytes} bytes in ${ms} ms`;
}

/** @returns all that is known of an attempt */
export function* attemptLines(record: AttemptRecord): Iterable<string> {
	const { number, count, since, time, causes, requester, after, files, phases, flash, nextSeconds, trial } = record;
	yield `attempt       ${number}${count > 1 ? `, ${count} equal ones since ${timeText(since)}; the last:` : ""}`;
	yield `began         ${timeText(time)}${after === undefined ? "" : `, after ${after}`}`;
	yield `cause         ${causes.join(", ") || released}${requester === undefined ? "" : ` by ${requester}`}`;
	for (const file of files) yield* fileLines(file);
	if (flash !== undefined) yield `flash         ${flash.bytes} bytes, ${flash.erases} blocks erased, ${flash.ms} ms`;
	if (phases.length > 0) yield `phases        ${phases.map(({ phase, ms }) => `${phase} ${ms} ms`).join(", ")}`;
	const version = record.version === "" ? "" : ` (version ${record.version})`;
	yield `verdict       ${record.verdict}${version}${files.length > 0 ? "" : `: ${record.reason}`}`;
	if (trial !== undefined) yield `trial         ${trial.result} ${timeText(trial.time)}: ${trial.reason}`;
	if (nextSeconds !== undefined) yield `next          ${nextSeconds} s after the verdict`;
}
