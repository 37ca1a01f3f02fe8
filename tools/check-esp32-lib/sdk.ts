// SPDX-License-Identifier: Apache-2.0
//
// The part that needs the SDK (MODDABLE): mcconfig generates each board's makefile; its TypeScript is checked, compiled by xsc and linked
// by xsl; for `lin` the program is built and started without a window. With IDF_PATH too, mcconfig builds the firmware.

import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Report, run } from "./report.js";
import { emitScripts, writeProgramCheck } from "./scripts.js";

export interface SDKOptions {
	root: string;
	/** MODDABLE */
	sdk: string;
	/** IDF_PATH, where there is one */
	idf: string | undefined;
}

const tools = "build/bin/lin/release";
/** Seconds that the program for `lin` runs. */
const runSeconds = "4";

function environment({ root, sdk }: SDKOptions): NodeJS.ProcessEnv {
	const path = [join(sdk, tools), join(root, "node_modules/.bin"), process.env.PATH ?? ""].join(":");
	return { ...process.env, MODDABLE: sdk, PATH: path };
}

/** Where mcconfig puts what it makes for a board. */
function outputs(root: string, board: string): { output: string; temporary: string; binary: string } {
	const output = join(root, "build/check-esp32/sdk");
	const name = root.replace(/\/$/, "").split("/").at(-1) ?? "";
	const platform = board === "lin" ? "lin/mc" : board;
	return {
		output,
		temporary: join(output, "tmp", platform, "release", name),
		binary: join(output, "bin", platform, "release", name),
	};
}

/** What make is told for xsl's output alone: nothing of ESP-IDF is looked at, and its configuration counts as made. */
function linkArguments(temporary: string, board: string): string[] {
	const chip = board.includes("esp32c3")
		? "esp32c3"
		: board.includes("esp32c6")
			? "esp32c6"
			: board.includes("esp32s3")
				? "esp32s3"
				: "esp32";
	const header = join(temporary, `xsProj-${chip}`, "build/config/sdkconfig.h");
	return ["IDF_PATH=/nowhere", "IDF_VERSION=none", "-o", header];
}

function buildLin({ root, sdk }: SDKOptions, temporary: string, binary: string, env: NodeJS.ProcessEnv): void {
	run("make", ["-f", join(temporary, "makefile"), "build"], { cwd: root, env });
	const driver = join(root, "build/check-esp32/headless");
	const flags = run("pkg-config", ["--cflags", "--libs", "glib-2.0"], { cwd: root }).trim().split(/\s+/);
	const source = join(root, "hosts/lin/headless/headless.c");
	const include = `-I${join(sdk, "build/simulators/modules")}`;
	run("gcc", ["-Wall", "-Wextra", "-DmxLinux=1", include, source, "-o", driver, ...flags, "-ldl"], { cwd: root });
	const output = run(driver, [join(binary, "mc.so"), runSeconds], { cwd: root, env });
	if (!output.includes("automatic update")) throw new Error(`the program did not start:\n${output}`);
}

/** All steps for one board. */
export function checkWithSDK(report: Report, board: string, options: SDKOptions): void {
	const { root, idf } = options;
	const env = environment(options);
	const { output, temporary, binary } = outputs(root, board);
	const modules = join(temporary, "modules");
	const makefile = join(temporary, "makefile");
	mkdirSync(output, { recursive: true });
	const steps: [string, () => void][] = [
		["mcconfig generates", () => run("mcconfig", ["-p", board, "-o", output, "manifest.json"], { cwd: root, env })],
		["types with the SDK's typings", () => run("tsc", ["-p", writeProgramCheck(modules)], { cwd: root, env })],
		[
			"xsc and xsl",
			() => {
				emitScripts(modules);
				const target = join(temporary, "mc.xs.c");
				const rest = board === "lin" ? [] : linkArguments(temporary, board);
				run("make", ["-f", makefile, ...rest, target], { cwd: root, env });
				if (!existsSync(target)) throw new Error(`no ${target}`);
			},
		],
	];
	if (board === "lin") steps.push(["build and start", () => buildLin(options, temporary, binary, env)]);
	else if (idf !== undefined) {
		const build = ["-m", "-p", board, "-t", "build", "-o", output, "manifest.json"];
		steps.push(["firmware", () => run("mcconfig", build, { cwd: root, env })]);
	}
	for (const [name, work] of steps) if (!report.step(`${board}: ${name}`, work)) return;
}
