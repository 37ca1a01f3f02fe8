// SPDX-License-Identifier: Apache-2.0
//
// One table of all that is compared: each row our figure, the same by others in the same run, their ratio, and what the design asks for.
// Medians of rounds in turns. bench/README.md explains the rows.
// Usage: npm run bench [-- table [--rounds N] [--only NAME]... [--json] [--sizes] [--plots]]

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { interleave, median } from "../lib/measure.js";
import { tableText, type Row } from "../lib/table.js";
import { UpdateBench } from "../update/update-bench.js";
import { flashRows } from "./flash.js";
import { idleRows } from "./idle-rows.js";
import { sipRows, snmpRows } from "./listeners.js";
import { handshakeRows, iniRows } from "./programs.js";
import { bytecode, sizeRows } from "./sizes.js";
import { startRows } from "./start.js";

async function updateRows(rounds: number): Promise<Row[]> {
	const bench = await UpdateBench.make(4 * 1024 * 1024);
	try {
		const ours = async (): Promise<number> => (await bench.gateway()).update;
		const [us, them] = (await interleave(rounds, [ours, async () => (await bench.peers()).cpu])).map(median);
		const by = "curl, openssl, dd";
		const target = { most: 1.5, of: "ratio" } as const;
		return [{ what: "firmware of 4 MB by https", ours: us * 1000, peer: them * 1000, by, unit: "CPU ms", target }];
	} finally {
		await bench.close();
	}
}

const groups: Record<string, (rounds: number) => Promise<Row[]>> = {
	update: updateRows,
	start: startRows,
	idle: idleRows,
	handshake: handshakeRows,
	ini: iniRows,
	snmp: snmpRows,
	sip: sipRows,
	flash: flashRows,
	size: sizeRows,
};

const { values } = parseArgs({
	options: {
		rounds: { type: "string", default: "5" },
		only: { type: "string", multiple: true },
		json: { type: "boolean", default: false },
		sizes: { type: "boolean", default: false },
		plots: { type: "boolean", default: false },
	},
});
const wanted = values.only ?? Object.keys(groups);
const unknown = wanted.find((name) => !(name in groups));
if (unknown !== undefined)
	throw new Error(`no rows are called ${unknown}; there are ${Object.keys(groups).join(", ")}`);
const begin = performance.now();
const rows: Row[] = [];
for (const name of wanted) {
	console.error(`${name} (${((performance.now() - begin) / 1000).toFixed(0)} s since the beginning)`);
	rows.push(...(await groups[name](Number(values.rounds))));
}
console.log(values.json ? JSON.stringify(rows, undefined, "\t") : tableText(rows));
if (values.sizes) {
	await sizeRows();
	for (const [folder, bytes] of bytecode()) console.log(`${folder.padEnd(32)} ${String(bytes).padStart(8)}`);
}
if (values.plots) {
	const program = fileURLToPath(new URL("../plots/run.ts", import.meta.url));
	const args = ["--import", "tsx", program, "--rounds", values.rounds];
	process.exitCode = spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1;
}
