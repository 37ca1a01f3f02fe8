// SPDX-License-Identifier: Apache-2.0
//
// Runs the unit tests of the pure modules once more under XS on Linux: engines differ in numbers, strings and memory.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import test from "node:test";
import { build, projectRoot } from "../../tools/build/index.js";
import { writeBundle } from "./bundle.js";

interface Result {
	file: string;
	name: string;
	result: "pass" | "fail" | "skip";
	error?: string;
	reason?: string;
	todo?: boolean | string;
}

interface Run {
	results: Result[];
	ended: boolean;
	status: number | string;
	/** all it printed besides records */
	text: string;
}

const deadlineMs = 18 * 60_000;

async function runProgram(executable: string): Promise<Run> {
	const child = spawn(executable, [], { cwd: projectRoot, stdio: ["ignore", "pipe", "pipe"], timeout: deadlineMs });
	const run: Run = { results: [], ended: false, status: "running", text: "" };
	child.stderr.on("data", (chunk: Buffer) => (run.text += chunk.toString("utf8")));
	const closed = new Promise<number | string>((resolve) => {
		child.on("close", (status, signal) => resolve(status ?? signal ?? "unknown"));
	});
	for await (const line of createInterface({ input: child.stdout })) {
		if (!line.startsWith("{")) {
			run.text += `${line}\n`;
			continue;
		}
		const record = JSON.parse(line) as Result | { end: true };
		if ("end" in record) run.ended = true;
		else run.results.push(record);
	}
	run.status = await closed;
	return run;
}

test("the pure modules pass their unit tests under XS", async (t) => {
	const bundle = writeBundle(projectRoot);
	const { executable } = await build({ manifest: bundle.manifest, name: "xs-tests" });
	const run = await runProgram(executable);
	for (const { file, name, result, error, reason, todo } of run.results) {
		const options = { skip: result === "skip" ? (reason ?? "") || true : false, todo: todo ?? false };
		await t.test(`${file}: ${name}`, options, () => {
			if (result === "fail") assert.fail(error ?? "failed");
		});
	}
	for (const { file, reason } of bundle.nodeOnly) t.diagnostic(`only under Node: ${file}: ${reason}`);
	assert.ok(run.ended, `the program ended early (${run.status}): ${run.text.trim()}`);
	const files = new Set(run.results.map((result) => result.file));
	const silent = bundle.tests.filter((file) => !files.has(file));
	assert.deepEqual(silent, [], "test files without a test");
});
