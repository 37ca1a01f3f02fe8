// SPDX-License-Identifier: Apache-2.0
//
// `show sip`: the listener's ports, what it has done, what it holds.

import type { SIPStatus } from "../sip/server.js";
import type { Command } from "./commands.js";

function* showSIP({ ports, problems, counts, transactions, connections, held, waitMs }: SIPStatus): Iterable<string> {
	yield `listens       ${ports.length === 0 ? "no (EnableSIPRemoteReset = 0 closes it)" : ports.join(", ")}`;
	for (const problem of problems) yield `problem       ${problem}`;
	if (waitMs !== undefined)
		yield `next trigger  in ${Math.ceil(waitMs / 1000)} s, for requests that came since the last`;
	yield `transactions  ${transactions}`;
	yield `connections   ${connections}, ${held} bytes of buffers`;
	for (const [what, count] of counts) yield `${what.padEnd(32)} ${count}`;
}

export function sipCommands(server: { status(): SIPStatus }): Command[] {
	return [
		{
			words: "show sip",
			usage: "",
			help: "SIP listener: ports, requests and what became of them",
			run: () => showSIP(server.status()),
		},
	];
}
