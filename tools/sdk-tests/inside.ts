// SPDX-License-Identifier: Apache-2.0
//
// The second half of the command, a process of its own because it may run in another network: starts the peers, runs the tests
// of a job file, prints TAP. Exit status 0 when all passed, were skipped, or differ as explained; otherwise 1.

import { readFileSync } from "node:fs";
import { differences } from "./differences.js";
import { startPeers } from "./peers.js";
import type { PlannedTest } from "./plan.js";
import { runTests } from "./run.js";
import { TapWriter } from "./tap.js";

export interface Job {
	executable: string;
	tests: PlannedTest[];
}

const { executable, tests } = JSON.parse(readFileSync(process.argv[2], "utf8")) as Job;
const peers = await startPeers();
const tap = new TapWriter(differences, (text) => process.stdout.write(text));
process.stdout.write("TAP version 13\n");
if (typeof peers === "string") process.stdout.write(`# no peers: ${peers}\n`);
await runTests({
	executable,
	tests,
	peer: typeof peers === "string" ? undefined : peers.address,
	onResult: (result) => tap.add(result),
});
if (typeof peers !== "string") peers.stop();
process.exitCode = tap.end().failed === 0 ? 0 : 1;
