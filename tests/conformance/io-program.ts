// SPDX-License-Identifier: Apache-2.0
//
// Builds the program of the IO conformance tests, runs one of its suites and gives its results. Our C is built with
// AddressSanitizer and UndefinedBehaviorSanitizer, unless UPGATE_SANITIZE=0 is in the environment.

import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import test from "node:test";
import { build } from "../../tools/build/index.js";

export interface CaseResult {
	title: string;
	ok: boolean;
	error?: string;
}

const suiteDeadlineMs = 120_000;
let executable: Promise<string> | undefined;

/** Path of the program; built at the first call. */
export function ioProgram(): Promise<string> {
	executable ??= build({
		manifest: "tests/conformance/programs/io/manifest.json",
		name: "io-conformance",
		sanitize: process.env.UPGATE_SANITIZE !== "0",
	}).then((result) => result.executable);
	return executable;
}

export async function start(suite: string, rest: string[] = []): Promise<ChildProcessWithoutNullStreams> {
	return spawn(await ioProgram(), ["--mac", "020000000001", "--option", `suite=${suite}`, ...rest], {
		stdio: ["pipe", "pipe", "pipe"],
	});
}

/** Gives the program's output line by line; ends when the program closes it. */
async function* lines(child: ChildProcessWithoutNullStreams): AsyncGenerator<string> {
	let rest = "";
	for await (const chunk of child.stdout) {
		const parts = (rest + (chunk as Buffer).toString("latin1")).split("\n");
		rest = parts.pop() ?? "";
		for (const part of parts) yield part.trim();
	}
}

/** Runs a suite to its end. A line `? text` is a prompt: the text is sent back as input. */
export async function runSuite(suite: string, rest: string[] = []): Promise<CaseResult[]> {
	const child = await start(suite, rest);
	const timer = setTimeout(() => child.kill("SIGKILL"), suiteDeadlineMs);
	const results: CaseResult[] = [];
	let errors = "";
	child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
	let done: number | undefined;
	for await (const line of lines(child)) {
		if (line.startsWith("? ")) child.stdin.write(line.slice(2));
		if (!line.startsWith("{")) continue;
		const record = JSON.parse(line) as CaseResult & { done?: number };
		if (record.done === undefined) results.push(record);
		else {
			done = record.done;
			break;
		}
	}
	clearTimeout(timer);
	child.kill("SIGKILL");
	assert.equal(results.length, done, `the program ended early after ${JSON.stringify(results.at(-1))}: ${errors}`);
	return results;
}

/** One test for each case that the program reports. */
export async function testSuite(suite: string, rest: string[], least: number): Promise<void> {
	const results = await runSuite(suite, rest);
	test(`the ${suite} suite has run`, () => {
		assert.ok(results.length >= least, `${String(results.length)} cases`);
	});
	for (const { title, ok, error } of results) {
		test(title, () => {
			assert.ok(ok, error);
		});
	}
}
