// SPDX-License-Identifier: Apache-2.0
//
// What the benchmarks share: medians, CPU time of processes, lines of a table.

import { execFile } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { promisify } from "node:util";

/** The middle one; of an even count the upper of the two. */
export function median(values: readonly number[]): number {
	return [...values].sort((a, b) => a - b)[values.length >> 1];
}

/** CPU time of a process that still runs, all its threads, seconds (proc(5), schedstat). */
export function cpuOf(pid: number): number {
	const threads = readdirSync(`/proc/${pid}/task`).map((thread) =>
		Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ")[0]),
	);
	return threads.reduce((total, one) => total + one, 0) / 1e9;
}

/** The same of a process and all that descend from it, as far as they run. */
export function cpuOfAll(pid: number): number {
	const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1").trim().split(" ");
	const rest = children.filter((text) => text !== "").map((text) => cpuOfAll(Number(text)));
	return rest.reduce((total, one) => total + one, cpuOf(pid));
}

export interface Timed {
	/** User and system time of all that the script started, seconds, to the millisecond. */
	cpu: number;
	seconds: number;
	stdout: string;
}

/**
 * Runs a script of bash and takes the time of it, bash itself left out as far as it starts programs only.
 * @param values become variables of the script
 * @param status what it has to end with
 * @throws Error with what the script wrote, when it ends otherwise
 */
export async function timed(script: string, values: Record<string, string> = {}, status = 0): Promise<Timed> {
	const whole = `TIMEFORMAT=$'\\n%3U %3S %3R'; time { ${script}\n}`;
	const env = { PATH: process.env.PATH, LC_ALL: "C", ...values };
	const run = promisify(execFile)("bash", ["-o", "pipefail", "-c", whole], { env, timeout: 120_000 });
	const { stdout, stderr } = await run.catch((error: { code?: unknown; stdout: string; stderr: string }) => {
		if (error.code === status) return error;
		throw new Error(`ended with ${String(error.code)}: ${error.stderr}`);
	});
	const [user, system, seconds] = (stderr.trim().split("\n").at(-1) ?? "").split(" ").map(Number);
	return { cpu: user + system, seconds, stdout };
}

/** Calls each in turn, so many rounds, so that what else the machine does meets all alike. @returns results by caller */
export async function interleave<T>(rounds: number, callers: readonly (() => Promise<T>)[]): Promise<T[][]> {
	const results = callers.map((): T[] => []);
	for (let round = 0; round < rounds; round++)
		for (const [i, caller] of callers.entries()) results[i].push(await caller());
	return results;
}
