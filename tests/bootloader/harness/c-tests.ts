// SPDX-License-Identifier: Apache-2.0
//
// Compiles a C test program with sanitizers into a temporary folder, runs it there and reads its report.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const projectRoot = fileURLToPath(new URL("../../..", import.meta.url));

/** Runs `action` with a new folder and removes the folder. */
export function inTemporaryFolder<T>(action: (folder: string) => T): T {
	const folder = mkdtempSync(join(tmpdir(), "upgate-test-"));
	const remove = (): void => rmSync(folder, { recursive: true, force: true });
	try {
		const result = action(folder);
		if (result instanceof Promise) return result.finally(remove) as T;
		remove();
		return result;
	} catch (error) {
		remove();
		throw error;
	}
}

export interface CTests {
	/** C file with `main`, relative to the project; prints "ok TITLE" or "not ok TITLE" per test */
	source: string;
	/** sources under test */
	with: string[];
	include?: string[];
	/** further arguments of the program */
	arguments?: string[];
}

/**
 * @returns titles of the tests, all of which passed
 * @throws AssertionError when one failed, a sanitizer complained or the program does not compile
 */
export function runCTests(tests: CTests): string[] {
	return inTemporaryFolder((folder) => {
		const program = join(folder, "test");
		const flags = ["-std=gnu17", "-D_GNU_SOURCE", "-g", "-O1", "-Wall", "-Wextra", "-Werror"];
		const sanitizers = ["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"];
		const includes = (tests.include ?? []).flatMap((include) => ["-I", include]);
		const sources = [tests.source, ...tests.with];
		execFileSync("gcc", [...flags, ...sanitizers, ...includes, "-o", program, ...sources, "-lutil"], {
			cwd: projectRoot,
		});
		const run = spawnSync(program, [folder, ...(tests.arguments ?? [])], { encoding: "utf8", timeout: 120_000 });
		assert.equal(run.status, 0, `${run.stdout}${run.stderr}`);
		return run.stdout
			.split("\n")
			.filter((line) => line.startsWith("ok "))
			.map((line) => line.slice(3));
	});
}
