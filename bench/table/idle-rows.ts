// SPDX-License-Identifier: Apache-2.0
//
// A round without news, measured in a network namespace of its own, which needs root; without it there are no such rows.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { projectRoot } from "../../tools/build/index.js";
import { gatewayProgram } from "../../tests/e2e/bench.js";
import type { Row } from "../lib/table.js";
import type { IdleResult } from "./idle.js";

export async function idleRows(rounds: number): Promise<Row[]> {
	if (process.getuid?.() !== 0) {
		console.error("rows of a round without news: they need root, for a network namespace");
		return [];
	}
	/* Built out here, where set-up has a network. */
	await gatewayProgram();
	const script = `ip link set lo up && exec "${process.execPath}" --import tsx bench/table/idle.ts ${rounds}`;
	const options = { cwd: projectRoot, timeout: 300_000 };
	const { stdout } = await promisify(execFile)("unshare", ["--net", "sh", "-c", script], options);
	const { two, one, curl, flashBytes } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as IdleResult;
	const by = "curl -z";
	const what = "nothing new, two files, https";
	return [
		{ what: `${what}`, ours: two.bytes, peer: curl.bytes, by, unit: "bytes" },
		{ what: `${what}`, ours: two.packets, peer: curl.packets, by, unit: "packets" },
		{ what: `${what}`, ours: two.cpuMs, peer: curl.cpuMs, by, unit: "CPU ms" },
		{ what: `${what}`, ours: two.ms, peer: curl.ms, by, unit: "ms" },
		{ what: `${what}: the second, connection kept`, ours: two.bytes - one.bytes, unit: "bytes", target: { most: 600 } },
		{ what: `${what}: written to flash`, ours: flashBytes, unit: "bytes", target: { most: 0 } },
	];
}
