// SPDX-License-Identifier: Apache-2.0
//
// The SIP listener under load: processor time of one request, part by part; rounds of 500 NOTIFY a second for 30 seconds from SIPp, with
// what the gateway makes of them, the console's delay, and the heap when all transactions of the round are over; requests over one
// connection of TCP and of TLS; how long an update takes, quiet and under the same load.
// Usage: npm run bench -- sip [--rate N] [--seconds N] [--rounds N] [--only costs|load|streams|update]

import { parseArgs } from "node:util";
import { loadAverage, say } from "../lib/gateway.js";
import { costs } from "./costs.js";
import { loadRounds } from "./load.js";
import { streams } from "./streams.js";
import { updates } from "./updates.js";

const { values } = parseArgs({
	options: {
		rate: { type: "string", default: "500" },
		seconds: { type: "string", default: "30" },
		rounds: { type: "string", default: "3" },
		only: { type: "string" },
	},
});
const [rate, seconds, rounds] = [values.rate, values.seconds, values.rounds].map(Number);
const parts: Record<string, () => Promise<void>> = {
	costs,
	load: () => loadRounds({ rate, seconds, rounds }),
	streams,
	update: () => updates(rate, rounds),
};
for (const [name, run] of Object.entries(parts)) {
	if (values.only !== undefined && values.only !== name) continue;
	await run();
	say(`  (load average of the machine ${loadAverage()})`);
}
