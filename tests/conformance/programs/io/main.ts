// SPDX-License-Identifier: Apache-2.0
//
// Conformance of the IO classes: runs the suite that `--option suite=NAME` names.

import Board from "upgate/linux/board";
import { boardCases } from "./board-cases.js";
import { type Case, run } from "./cases.js";
import { fatalEnds } from "./fatal.js";
import { listenerCases } from "./listener-cases.js";
import { resolverCases } from "./resolver-cases.js";
import { serialCases, startSerialEcho } from "./serial-cases.js";
import { tcpCases } from "./tcp-cases.js";
import { tcpDataCases } from "./tcp-data-cases.js";
import { tcpEndCases } from "./tcp-end-cases.js";
import { timerCases } from "./timer-cases.js";
import { udpCases } from "./udp-cases.js";

export default function main(): void {
	const board = new Board();
	const option = (name: string): string | undefined => board.option(name);
	const port = (name: string): number => Number(option(`port.${name}`));
	const suites: Record<string, () => Case[]> = {
		tcp: () => [...tcpCases, ...tcpDataCases(port), ...tcpEndCases(port)],
		udp: () => udpCases,
		listener: () => listenerCases,
		resolver: () => resolverCases(option("hosts-name")),
		serial: () => serialCases,
		timer: () => timerCases,
		board: () => boardCases,
	};
	const suite = option("suite") ?? "";
	if (suite === "serial-echo") startSerialEcho();
	else if (suite in fatalEnds) fatalEnds[suite]();
	else void run(suites[suite]());
}
