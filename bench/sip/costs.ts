// SPDX-License-Identifier: Apache-2.0
//
// Processor time of one NOTIFY in a program that does nothing else: its head, its fields, all with the answer.

import { build } from "../../tools/build/index.js";
import { say } from "../lib/gateway.js";
import { untilEnd } from "../lib/program.js";

async function partCost(program: string, part: string): Promise<{ us: number; bytes: number }> {
	const { cpu, record } = await untilEnd(program, { part });
	return { us: (cpu * 1e6) / Number(record.rounds), bytes: Number(record.bytes) };
}

export async function costs(): Promise<void> {
	const { executable } = await build({ manifest: "bench/sip/manifest.json", name: "bench-sip" });
	const { us: nothing } = await partCost(executable, "nothing");
	for (const part of ["head", "fields", "all"]) {
		const { us, bytes } = await partCost(executable, part);
		say(`CPU, ${part.padEnd(6)} of a NOTIFY of ${bytes} bytes   ${Math.round(us - nothing)} us`);
	}
}
