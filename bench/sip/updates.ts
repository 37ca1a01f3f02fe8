// SPDX-License-Identifier: Apache-2.0
//
// How long an update of ini and firmware takes from its trigger, a NOTIFY, to its verdict: after a single one, and when it is the first
// of a load that goes on. In turns, so that what else the machine does meets both alike.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startProvisioningServer } from "../../tools/provisioning-lib/server.js";
import { firmware, isVerdict, mac } from "../../tests/e2e/bench.js";
import { sipp } from "../../tests/e2e/sipp.js";
import { pause, ratioLine, say } from "../lib/gateway.js";
import { start } from "./start.js";

/** Seconds that the load goes on. */
const loadSeconds = 10;

/** @returns milliseconds of the gateway's clock */
async function updateTime(rate: number): Promise<number> {
	const { bench, port } = await start();
	const server = await startProvisioningServer({ root: bench.www, port: 0, log: () => undefined });
	try {
		writeFileSync(join(bench.www, "firmware.cmp"), await firmware("1.1.0"));
		const ini = [`AutoCmpFileUrl = '${server.url}/firmware.cmp'`, "EnableSIPRemoteReset = 1"];
		ini.push("SIPNotifySources = '127.0.0.1'", "");
		writeFileSync(join(bench.www, `config_${mac}.ini`), ini.join("\r\n"));
		bench.type(`set IniFileURL ${server.url}/config_<MAC>.ini`);
		bench.type("save");
		await bench.printed("saved");
		await pause(300);
		const args = rate === 0 ? ["-m", "1"] : ["-m", String(rate * loadSeconds), "-r", String(rate)];
		const load = sipp(port, "notify", [...args, "-timeout", "30"]);
		const begin = await bench.until(({ event, cause }) => event === "trigger" && cause === "notify");
		const end = await bench.until(isVerdict("updated"));
		await load;
		return Number(end.ticks) - Number(begin.ticks);
	} finally {
		await server.close();
		await bench.close();
	}
}

export async function updates(rate: number, rounds: number): Promise<void> {
	const quiet: number[] = [];
	const busy: number[] = [];
	for (let i = 0; i < rounds; i++) {
		quiet.push(await updateTime(0));
		busy.push(await updateTime(rate));
	}
	say(`\nupdate of ini and firmware over http, trigger to verdict, ${rounds} times each`);
	say(ratioLine("one NOTIFY", quiet, quiet));
	say(ratioLine(`${rate} NOTIFY a second`, busy, quiet));
}
