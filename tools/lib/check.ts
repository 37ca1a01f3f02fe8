// SPDX-License-Identifier: Apache-2.0
//
// The checks that run no code of ours: types, lint, format. `npm test` runs them all before the tests.
// Usage: tsx tools/lib/check.ts types|lint|format|format-write|all

import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Files of the project with one of the extensions, relative to its root. */
export function projectFiles(extensions: readonly string[], folder = ""): string[] {
	return readdirSync(join(root, folder)).flatMap((name) => {
		if (name.startsWith(".") || name === "node_modules" || (folder === "" && (name === "build" || name === "run")))
			return [];
		const path = join(folder, name);
		if (statSync(join(root, path)).isDirectory()) return projectFiles(extensions, path);
		return extensions.some((extension) => name.endsWith(extension)) ? [path] : [];
	});
}

function run(title: string, command: string, args: string[]): boolean {
	const started = Date.now();
	const bin = join(root, "node_modules/.bin");
	const env = { ...process.env, PATH: `${bin}:${process.env.PATH ?? ""}` };
	const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit", env });
	const seconds = ((Date.now() - started) / 1000).toFixed(1);
	console.log(`${status === 0 ? "ok  " : "FAIL"} ${title} (${seconds} s)${error ? `: ${error.message}` : ""}`);
	return status === 0;
}

function formatC(write: boolean): boolean {
	const files = projectFiles([".c", ".h"]);
	if (files.length === 0) return true;
	return run("format of C", "clang-format", [...(write ? ["-i"] : ["--dry-run", "-Werror"]), ...files]);
}

const checks: Record<string, () => boolean> = {
	types: () =>
		run("types of the firmware", "tsc", ["-p", "tsconfig.firmware.json"]) &&
		run("types of tools and tests", "tsc", ["-p", "tsconfig.json"]) &&
		run("types of the web pages", "tsc", ["-p", "modules/web/assets/tsconfig.json"]) &&
		run("ESP32 boards, without the SDK", process.execPath, [
			"--import",
			"tsx",
			"tools/check-esp32-lib/main.ts",
			"--without-sdk",
		]),
	lint: () => run("lint", "eslint", ["--max-warnings", "0", "."]),
	format: () => {
		const scripts = run("format of scripts", "prettier", ["--check", "--log-level", "warn", "."]);
		return formatC(false) && scripts;
	},
};

/** Runs all checks, also after one has failed. */
export function runAllChecks(): boolean {
	return Object.values(checks).reduce((ok, check) => check() && ok, true);
}

function main(name: string): boolean {
	if (name === "all") return runAllChecks();
	if (name === "format-write") {
		return run("format of scripts", "prettier", ["--write", "--log-level", "warn", "."]) && formatC(true);
	}
	const check = checks[name];
	if (check !== undefined) return check();
	console.error("usage: tsx tools/lib/check.ts types|lint|format|format-write|all");
	return false;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = main(process.argv[2] ?? "") ? 0 : 1;
