// SPDX-License-Identifier: Apache-2.0
//
// Processor time of one NOTIFY in a program that does nothing else: its head, its fields, all with the answer.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "../../tools/build/index.js";
import { cpuOf, pause, say } from "../lib/gateway.js";

async function partCost(program: string, part: string): Promise<{ us: number; bytes: number }> {
	const folder = mkdtempSync(join(tmpdir(), "upgate-bench-"));
	const events = join(folder, "events");
	const args = ["--mac", "020000000001", "--events", events, "--option", `part=${part}`];
	const child = spawn(program, args, { stdio: "inherit" });
	try {
		for (let i = 0; i < 1200; i++) {
			const text = existsSync(events) ? readFileSync(events, "utf8") : "";
			if (text.endsWith("\n")) {
				const { rounds, bytes } = JSON.parse(text) as { rounds: number; bytes: number };
				return { us: (cpuOf(child.pid ?? 0) * 1000) / rounds, bytes };
			}
			await pause(50);
		}
		throw new Error("the program does not end");
	} finally {
		child.kill();
		rmSync(folder, { recursive: true });
	}
}

export async function costs(): Promise<void> {
	const { executable } = await build({ manifest: "bench/sip/manifest.json", name: "bench-sip" });
	const { us: nothing } = await partCost(executable, "nothing");
	for (const part of ["head", "fields", "all"]) {
		const { us, bytes } = await partCost(executable, part);
		say(`CPU, ${part.padEnd(6)} of a NOTIFY of ${bytes} bytes   ${Math.round(us - nothing)} us`);
	}
}
