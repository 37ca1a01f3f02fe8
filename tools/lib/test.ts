// SPDX-License-Identifier: Apache-2.0
//
// `npm test`: the checks, then all tests with node's runner, two files at a time.
// Usage: npm test [-- [--no-checks] [PATH...]]; a PATH is a test file or a folder of them, and then no checks run. Without one, all
// but those of hosts/riscv-virt.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { projectFiles, runAllChecks } from "./check.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Their compiler and emulator are not everybody's: `npm run test:riscv`. */
const onlyByName = "tests/riscv-virt/";

function selectFiles(paths: string[]): string[] {
	const all = projectFiles([".test.ts"], "tests");
	if (paths.length === 0) return all.filter((file) => !file.startsWith(onlyByName));
	return paths.flatMap((path) => {
		const wanted = relative(root, resolve(path));
		const found = all.filter((file) => file === wanted || file.startsWith(`${wanted}/`));
		if (!existsSync(path) || found.length === 0) throw new Error(`no tests in ${path}`);
		return found;
	});
}

/** A test file that builds for the first time compiles the engine first. */
const fileTimeoutMs = 20 * 60_000;

function runTests(files: string[]): boolean {
	// Node 20 reports to a file or pipe in TAP unless told: people and logs read the other form better.
	const runner = ["--test", "--test-reporter=spec", "--test-concurrency=2", `--test-timeout=${fileTimeoutMs}`];
	const { status } = spawnSync(process.execPath, ["--import", "tsx", ...runner, ...files], {
		cwd: root,
		stdio: "inherit",
	});
	return status === 0;
}

const paths = process.argv.slice(2).filter((argument) => argument !== "--no-checks");
const checksWanted = paths.length === 0 && !process.argv.includes("--no-checks");
const checked = !checksWanted || runAllChecks();
const passed = runTests(selectFiles(paths));
if (!checked) console.error("tests ran, but a check before them failed: see above");
process.exitCode = checked && passed ? 0 : 1;
