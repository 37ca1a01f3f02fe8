// SPDX-License-Identifier: Apache-2.0
//
// `show sip`: the listener's ports, what it has done, what it holds.

import type { SIPStatus } from "../sip/server.js";
import { commandTable, placed } from "./command-table.js";
import type { Command } from "./commands.js";

export interface SIPPorts {
	/** `undefined` while it is closed. */
	status(): SIPStatus | undefined;
	/** Bytes of the engine's heap that opening the listener took. */
	heap(): number;
}

function* showSIP(port: SIPPorts): Iterable<string> {
	const status = port.status();
	if (status === undefined) {
		yield "listens       no (EnableSIPRemoteReset = 0 closes it)";
		return;
	}
	const { ports, problems, counts, transactions, connections, held, waitMs } = status;
	yield `listens       ${ports.length === 0 ? "no" : ports.join(", ")}`;
	for (const problem of problems) yield `problem       ${problem}`;
	if (waitMs !== undefined)
		yield `next trigger  in ${Math.ceil(waitMs / 1000)} s, for requests that came since the last`;
	yield `transactions  ${transactions}`;
	yield `connections   ${connections}`;
	yield `heap          ${port.heap()} bytes idle, and now about ${held} for transactions and buffers`;
	for (const [what, count] of counts) yield `${what.padEnd(32)} ${count}`;
}

const table = commandTable<SIPPorts>({
	words: "show sip",
	usage: "",
	help: "SIP listener: ports, requests and what became of them, heap",
	run: showSIP,
});

export function sipCommands(port: SIPPorts): Iterable<Command> {
	return placed(table, port);
}
