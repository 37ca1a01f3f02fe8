// SPDX-License-Identifier: Apache-2.0
//
// What the operator may look at on the wire, and its way to the console. Off at each start.

import type { Command } from "upgate/console/commands";
import { placed } from "upgate/console/command-table";
import { debugTable } from "upgate/console/debug-commands";
import { Debug } from "upgate/debug/debug";
import type { DebugPort } from "upgate/debug/port";
import type { Gear } from "./gear.js";

const topics = Object.freeze(["http", "tls", "sip", "snmp"] as const);

const table = debugTable(topics);

/** For the modules that speak these protocols. */
export type DebugPorts = Readonly<Record<(typeof topics)[number], DebugPort>>;

export class Debugging {
	readonly ports: DebugPorts;
	readonly #debug: Debug;

	/** @param print takes lines for people */
	constructor({ timer, ticks }: Gear, print: (line: string) => void) {
		const debug = new Debug(topics, { timer, ticks, print });
		const [http, tls, sip, snmp] = topics.map((topic) => debug.port(topic));
		this.ports = { http, tls, sip, snmp };
		this.#debug = debug;
	}

	/** Its commands at the console. */
	commands(): Iterable<Command> {
		return placed(table, this.#debug);
	}
}
