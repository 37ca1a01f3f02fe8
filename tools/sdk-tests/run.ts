// SPDX-License-Identifier: Apache-2.0
//
// Runs planned tests one after the other, each in a fresh process of the program, with a deadline.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFlash } from "../flash-image-lib/index.js";
import type { PlannedTest } from "./plan.js";

/** The partition that the SDK's flash tests destroy, and what a table must have. */
const partitions = `
nvs,     data, nvs,   0x9000,  0x5000,
otadata, data, ota,   0xe000,  0x2000,
ota_0,   app,  ota_0, 0x10000, 0x20000,
ota_1,   app,  ota_1, 0x30000, 0x20000,
xs_test, data, 0x40,  0x50000, 0x20000,
`;
const outputLimit = 65_536;
/** For a test that compares with the clock, which also a busy machine can make fail. */
const timedAttempts = 20;

export interface TestResult {
	name: string;
	result: "pass" | "fail" | "skip";
	reason?: string;
	ms: number;
	/** how often it ran; more than once only when it compares with the clock */
	attempts: number;
}

export interface RunOptions {
	executable: string;
	tests: readonly PlannedTest[];
	/** for one test; the SDK's own time-outs are 5 s at most */
	deadlineMs?: number;
	/** address of the peers that stand for the Internet */
	peer?: string;
	/** called as each test has ended */
	onResult?: (result: TestResult) => void;
}

interface Ended {
	output: string;
	cause: string;
}

function programArguments(test: PlannedTest, flash: string, peer: string | undefined): string[] {
	const options = [`test=${test.specifier}`];
	if (test.isAsync) options.push("async=1");
	if (test.throws !== undefined) options.push(`throws=${test.throws}`);
	if (peer !== undefined) options.push(`peer=${peer}`);
	return ["--mac", "020000000001", "--flash", flash, ...options.flatMap((option) => ["--option", option])];
}

async function runProgram(executable: string, args: string[], deadlineMs: number): Promise<Ended> {
	const child = spawn(executable, args, { stdio: ["ignore", "pipe", "pipe"] });
	let output = "";
	let late = false;
	const collect = (bytes: Buffer): void => {
		output = (output + bytes.toString("utf8")).slice(-outputLimit);
	};
	child.stdout.on("data", collect);
	child.stderr.on("data", collect);
	const timer = setTimeout(() => {
		late = true;
		child.kill("SIGKILL");
	}, deadlineMs);
	const status = await new Promise<string>((resolve, reject) => {
		child.on("error", reject);
		child.on("close", (code, signal) => resolve(String(code ?? signal)));
	}).finally(() => clearTimeout(timer));
	return { output, cause: late ? `no end within ${String(deadlineMs)} ms` : `ended with ${status} and no result` };
}

type Report = Pick<TestResult, "result" | "reason">;

function readReport(line: string): Report | undefined {
	if (!line.startsWith('{"result":')) return undefined;
	return JSON.parse(line) as Report;
}

async function runOnce(test: PlannedTest, options: RunOptions, flash: string): Promise<Report> {
	const args = programArguments(test, flash, options.peer);
	const { output, cause } = await runProgram(options.executable, args, options.deadlineMs ?? 20_000);
	const lines = output.split("\n").map((line) => line.trim());
	for (const line of lines) {
		const report = readReport(line);
		if (report !== undefined) return report;
	}
	const told = lines.filter((line) => line !== "").join("\n");
	return { result: "fail", reason: told === "" ? cause : `${cause}:\n${told}` };
}

async function runTest(test: PlannedTest, options: RunOptions, flash: string): Promise<TestResult> {
	const { name, skip } = test;
	if (skip !== undefined) return { name, result: "skip", reason: skip, ms: 0, attempts: 0 };
	const started = Date.now();
	const most = test.isTimed ? timedAttempts : 1;
	let attempts = 1;
	let report = await runOnce(test, options, flash);
	for (; report.result === "fail" && attempts < most; attempts++) report = await runOnce(test, options, flash);
	return { name, ms: Date.now() - started, attempts, ...report };
}

/** @returns the results, in order; nothing is thrown for a test that fails */
export async function runTests(options: RunOptions): Promise<TestResult[]> {
	const folder = mkdtempSync(join(tmpdir(), "upgate-sdk-tests-"));
	const flash = join(folder, "flash");
	writeFileSync(flash, createFlash({ csv: partitions, size: 0x80000 }));
	try {
		const results: TestResult[] = [];
		for (const test of options.tests) {
			const result = await runTest(test, options, flash);
			results.push(result);
			options.onResult?.(result);
		}
		return results;
	} finally {
		rmSync(folder, { recursive: true });
	}
}
