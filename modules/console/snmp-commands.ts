// SPDX-License-Identifier: Apache-2.0
//
// The command `show snmp`: whether the agent listens, who may ask, what it has counted, and the heap. No community and no key is shown.

import type { Board } from "../ecma419/board.js";
import { commandTable, placed } from "./command-table.js";
import type { Command } from "./commands.js";

/** The agent as far as it is shown (module `snmp`). */
export interface SNMPStatus {
	listening: boolean;
	port: number;
	communities: number;
	users: readonly string[];
	managers: number;
	boots: number;
	/** Hexadecimal. */
	engineID: string;
	counters: Readonly<Record<string, number>>;
}

const shown: readonly (readonly [name: string, label: string])[] = Object.freeze([
	["inPkts", "requests"],
	["outPkts", "answers and notifications"],
	["sets", "objects set"],
	["repeated", "sets repeated, only answered"],
	["foreignSources", "of sources that may not ask"],
	["tooFast", "above the rate"],
	["inASNParseErrs", "not readable"],
	["inBadVersions", "of other versions"],
	["inBadCommunityNames", "with a wrong community"],
	["unknownUserNames", "of unknown users"],
	["wrongDigests", "with a wrong key"],
	["notInTimeWindows", "too old"],
	["unsupportedSecLevels", "with other security than the user's"],
	["informsLost", "informs not acknowledged"],
]);

export interface SNMPPorts {
	board: Pick<Board, "memory">;
	/** `undefined` while the agent is off. */
	status(): SNMPStatus | undefined;
}

function* showSNMP(ports: SNMPPorts): Iterable<string> {
	const status = ports.status();
	if (status === undefined) {
		yield "off (DisableSNMP = 1)";
		return;
	}
	yield `state       ${status.listening ? `listening, UDP port ${status.port}` : "on, but its port could not be opened"}`;
	yield `engine      ${status.engineID}, boots ${status.boots}`;
	yield `may ask     ${status.communities} communities; users: ${status.users.length > 0 ? status.users.join(", ") : "none"}`;
	yield `notifies    ${status.managers} managers`;
	for (const [name, label] of shown) {
		const count = status.counters[name] ?? 0;
		if (count > 0) yield `${String(count).padStart(10)}  ${label}`;
	}
	const { slots, chunks, native } = ports.board.memory();
	yield `heap        slots ${slots.now}, chunks ${chunks.now}, native ${native.now} bytes in use, of all together`;
}

const table = commandTable<SNMPPorts>({
	words: "show snmp",
	usage: "",
	help: "SNMP agent: state, what it has counted, heap",
	run: showSNMP,
});

export function snmpCommands(ports: SNMPPorts): Iterable<Command> {
	return placed(table, ports);
}
