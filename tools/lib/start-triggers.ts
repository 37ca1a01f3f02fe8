// SPDX-License-Identifier: Apache-2.0
//
// Remote triggers of the gateway that `npm start` runs: the parameters that allow them, on loopback and with secrets made anew each time,
// and the lines a person types in another terminal.

import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { sipCommand, sipParameters, sipPort } from "./sip-demo.js";

export interface StartTriggers {
	/** Of the factory ini. */
	factory: string[];
	/** Of each ini that is fetched: what it does not name returns to its default. */
	fetched: string[];
	/** For the boot loader. */
	passed: string[];
	/** For people. */
	lines: string[];
}

/** Set to 1, it runs the update: acSysActionSetAutoUpdate under our enterprise. */
const autoUpdateObject = "1.3.6.1.4.1.63333.9.10.10.3.1.1.5.0";

/** @returns a UDP port of loopback that was free a moment ago */
async function freePort(): Promise<number> {
	const socket = createSocket("udp4");
	await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
	const { port } = socket.address();
	await new Promise<void>((resolve) => socket.close(() => resolve()));
	return port;
}

async function snmpTrigger(): Promise<StartTriggers> {
	const port = await freePort();
	const community = randomBytes(6).toString("hex");
	const parameters = ["DisableSNMP = 0", `SNMPReadWriteCommunityString_0 = '${community}'`];
	return {
		factory: parameters,
		fetched: parameters,
		passed: ["--port", `snmp=${port}`],
		lines: [`snmpset -v 2c -c ${community} 127.0.0.1:${port} ${autoUpdateObject} u 1`],
	};
}

/** @param file for the message; shown: the same for people */
async function sipTrigger(file: string, shown: string): Promise<StartTriggers> {
	const port = await sipPort();
	return {
		factory: [...sipParameters],
		fetched: [...sipParameters],
		passed: ["--port", `sip=${port}`],
		lines: [sipCommand(file, shown, port)],
	};
}

/** @param message file for the SIP message; shown: the same for people */
export async function startTriggers(message: { file: string; shown: string }): Promise<StartTriggers> {
	const all = await Promise.all([sipTrigger(message.file, message.shown), snmpTrigger()]);
	return {
		factory: all.flatMap(({ factory }) => factory),
		fetched: all.flatMap(({ fetched }) => fetched),
		passed: ["--listen", "127.0.0.1", ...all.flatMap(({ passed }) => passed)],
		lines: all.flatMap(({ lines }) => lines),
	};
}
