// SPDX-License-Identifier: Apache-2.0
//
// Runs SIPp, Debian's load generator for SIP, with a scenario of bench/sip/scenarios.

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../tools/build/index.js";

export interface SippRun {
	/** 0: all calls went as the scenario says. */
	status: number | null;
	output: string;
	/** Counters of its last screen. */
	successful: number;
	failed: number;
	retransmissions: number;
}

/** @param args for SIPp beside scenario and addresses */
export async function sipp(port: number, scenario: string, args: string[]): Promise<SippRun> {
	const folder = mkdtempSync(join(tmpdir(), "upgate-sipp-"));
	const file = join(projectRoot, `bench/sip/scenarios/${scenario}.xml`);
	const all = [`127.0.0.1:${port}`, "-sf", file, "-i", "127.0.0.1", "-nostdin", "-timeout_error", ...args];
	const child = spawn("sipp", all, { cwd: folder, env: { ...process.env, TERM: "dumb" } });
	let output = "";
	for (const stream of [child.stdout, child.stderr])
		stream.on("data", (chunk: Buffer) => (output = (output + chunk.toString("latin1")).slice(-100_000)));
	try {
		const status = await new Promise<number | null>((resolve, reject) => {
			child.on("error", reject);
			child.on("close", resolve);
		});
		const last = (pattern: RegExp): number => Number([...output.matchAll(pattern)].at(-1)?.[1] ?? NaN);
		return {
			status,
			output,
			successful: last(/Successful call\s*\|[^|]*\|\s*(\d+)/g),
			failed: last(/Failed call\s*\|[^|]*\|\s*(\d+)/g),
			retransmissions: last(/-+>\s+\d+\s+(\d+)/g),
		};
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
