// SPDX-License-Identifier: Apache-2.0
//
// Main module of the XS test program: imports each test file, runs its tests one after the other, prints one JSON
// line for each. The reader is tests/xs/xs.test.ts.

import { type Declared, takeDeclared } from "node:test";
import { testFiles } from "xs-tests/files";
import { exit, print } from "xs-tests/native";

function explain(error: unknown): { error: string } {
	if (!(error instanceof Error)) return { error: String(error) };
	return { error: error.stack ?? String(error) };
}

async function runTest(file: string, test: Declared): Promise<void> {
	const { name, options, body } = test;
	const skip = options.skip === undefined || options.skip === false ? undefined : options.skip;
	const todo = options.todo === undefined || options.todo === false ? undefined : options.todo;
	if (skip !== undefined) {
		print(JSON.stringify({ file, name, result: "skip", reason: skip === true ? "" : skip }));
		return;
	}
	const started = Date.now();
	try {
		await body();
		print(JSON.stringify({ file, name, result: "pass", ms: Date.now() - started, todo }));
	} catch (error) {
		print(JSON.stringify({ file, name, result: "fail", ms: Date.now() - started, todo, ...explain(error) }));
	}
}

async function runFile(file: string): Promise<number> {
	try {
		await import(file);
	} catch (error) {
		print(JSON.stringify({ file, name: "loads", result: "fail", ms: 0, ...explain(error) }));
	}
	const tests = takeDeclared();
	for (const test of tests) await runTest(file, test);
	return tests.length;
}

async function runAll(): Promise<void> {
	let count = 0;
	for (const file of testFiles) count += await runFile(file);
	print(JSON.stringify({ end: true, count }));
	exit(0);
}

export default function main(): void {
	runAll().catch((error: unknown) => {
		print(JSON.stringify({ file: "runner", name: "runs", result: "fail", ms: 0, ...explain(error) }));
		exit(1);
	});
}
