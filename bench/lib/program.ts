// SPDX-License-Identifier: Apache-2.0
//
// Small programs of ours that do one thing and write a JSON line when it is done.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpuOf } from "./measure.js";

export interface Ended {
	/** Seconds of processor time until then. */
	cpu: number;
	/** Its line. */
	record: Record<string, unknown>;
}

/** Runs one until it writes its line. @throws Error when it names one */
export async function untilEnd(program: string, options: Record<string, string>): Promise<Ended> {
	const folder = mkdtempSync(join(tmpdir(), "upgate-bench-"));
	const events = join(folder, "events");
	const args = Object.entries(options).flatMap(([name, value]) => ["--option", `${name}=${value}`]);
	const child = spawn(program, ["--mac", "020000000001", "--events", events, ...args], { stdio: "inherit" });
	try {
		for (let i = 0; i < 6000 && child.exitCode === null; i++) {
			const text = existsSync(events) ? readFileSync(events, "utf8") : "";
			if (text.includes('"error"')) throw new Error(text);
			if (text.endsWith("\n"))
				return { cpu: cpuOf(child.pid ?? 0), record: JSON.parse(text) as Record<string, unknown> };
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		throw new Error("the program does not end as it should");
	} finally {
		child.kill("SIGKILL");
		rmSync(folder, { recursive: true });
	}
}

/** CPU seconds of a program of ours until it writes its JSON line. @throws Error when it names one */
export async function cpuUntilEnd(program: string, options: Record<string, string>): Promise<number> {
	return (await untilEnd(program, options)).cpu;
}
