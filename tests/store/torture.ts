// SPDX-License-Identifier: Apache-2.0
//
// Power cuts at random for as long as one likes (Node only; not part of the test run):
//   node --import tsx tests/store/torture.ts [cuts] [first seed]
// Prints the counts; a failure prints seed and round, and ends with status 1.

import { Random } from "../harness/random.js";
import { doubt, tiny, walk } from "./support.js";

const wanted = Number(process.argv[2] ?? 100_000);
const firstSeed = Number(process.argv[3] ?? 1);
const { flash, start } = tiny();
const total = { cuts: 0, cutsInRecovery: 0, commits: 0 };
for (let seed = firstSeed; total.cuts + total.cutsInRecovery < wanted; seed++) {
	// Partitions that are nearly empty, half full and full; some with blocks that fail.
	const bad = seed % 5 === 0 ? 3 : 0;
	const result = walk(new Random(seed), 500, 4 + (seed % 3) * 6, seed % 2 === 0 ? 200 : 1500, bad);
	total.cuts += result.cuts;
	total.cutsInRecovery += result.cutsInRecovery;
	total.commits += result.commits;
	for (let i = 0; i < 50; i++) total.cutsInRecovery += doubt(new Random(seed * 50 + i), start, flash);
}
console.log(`${total.cuts} cuts in commits, ${total.cutsInRecovery} in recoveries, ${total.commits} commits done`);
