// SPDX-License-Identifier: Apache-2.0
//
// A gateway that listens for SIP and trusts loopback.

import { Bench, type BenchOptions } from "../../tests/e2e/bench.js";
import { freePort } from "../../tests/harness/loopback.js";
import { pause } from "../lib/gateway.js";

export interface Started {
	bench: Bench;
	port: number;
}

/** @param more lines of its factory ini */
export async function start(more: string[] = [], credentials?: BenchOptions["credentials"]): Promise<Started> {
	const port = await freePort();
	const ini = ["EnableSIPRemoteReset = 1", "AutoUpdateOnStartup = 0", "SIPNotifySources = '127.0.0.1'", ...more, ""];
	const args = ["--port", `sip=${port}`, "--listen", "127.0.0.1"];
	const bench = await Bench.make({ ini: ini.join("\r\n"), args, credentials });
	bench.powerOn();
	await bench.until((event) => event.event === "boot");
	await pause(500);
	return { bench, port };
}
