// SPDX-License-Identifier: Apache-2.0
//
// CPU time of a firmware update of 4 MB over https: what a running gateway needs from the trigger over connection, download,
// verification, erasing, writing and reading back to the restart; beside `curl`, `openssl dgst -verify` and `dd` of the
// same bytes, in turns. Both take them from the same nginx.
// Usage: npm run bench -- update [--rounds N] [--megabytes N]

import { parseArgs } from "node:util";
import { interleave, median } from "../lib/measure.js";
import { UpdateBench } from "./update-bench.js";

const { values } = parseArgs({
	options: { rounds: { type: "string", default: "9" }, megabytes: { type: "string", default: "4" } },
});
const bench = await UpdateBench.make(Number(values.megabytes) * 1024 * 1024);
try {
	const starts: number[] = [];
	const ours = async (): Promise<number> => {
		const { start, update } = await bench.gateway();
		starts.push(start);
		return update;
	};
	const [us, them] = (await interleave(Number(values.rounds), [ours, async () => (await bench.peers()).cpu])).map(
		median,
	);
	const row = (name: string, value: string): void => console.log(`  ${name.padEnd(34)} ${value.padStart(6)}`);
	console.log(`firmware of ${bench.bytes} bytes over https; CPU ms, median of ${values.rounds} in turns`);
	row("gateway, update", (us * 1000).toFixed(0));
	row("curl, openssl dgst -verify, dd", (them * 1000).toFixed(0));
	row("ratio", (us / them).toFixed(2));
	row("gateway, its start, until idle", (median(starts) * 1000).toFixed(0));
} finally {
	await bench.close();
}
