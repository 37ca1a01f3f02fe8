// SPDX-License-Identifier: Apache-2.0
//
// Gets that the gateway's agent and snmpd answer, in turns.

import { cpuOf, interleave, median } from "../lib/measure.js";
import { type Rate, rate } from "./flood.js";
import { gateway, startSNMPD } from "./start.js";

function middle(all: readonly Rate[]): Rate {
	const of = (name: keyof Rate): number => median(all.map((one) => one[name]));
	return { perSecond: of("perSecond"), perCPUSecond: of("perCPUSecond") };
}

/** @param seconds of each flood */
export async function rates(rounds: number, seconds: number): Promise<{ ours: Rate; theirs: Rate }> {
	const { bench, port, close } = await gateway(0);
	const snmpd = await startSNMPD();
	try {
		const [ours, theirs] = await interleave(rounds, [
			() => rate(port, seconds, () => cpuOf(bench.firmwarePid)),
			() => rate(snmpd.port, seconds, () => cpuOf(snmpd.pid)),
		]);
		return { ours: middle(ours), theirs: middle(theirs) };
	} finally {
		await snmpd.close();
		await close();
	}
}
