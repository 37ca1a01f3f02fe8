// SPDX-License-Identifier: Apache-2.0
//
// What an answer costs the gateway's listener and Debian's Kamailio, which answers the same requests from a transaction of its own: both get so
// many requests a second over UDP, in turns, as many as a gateway answers with the two fifths of its time that listeners may take.

import { createSocket } from "node:dgram";
import { join } from "node:path";
import { Kamailio } from "../../tests/e2e/kamailio.js";
import { pause } from "../lib/gateway.js";
import { cpuOf, cpuOfAll, interleave, median } from "../lib/measure.js";
import { type Method, sipRequest } from "./message.js";
import { start } from "./start.js";

export const perSecond = 500;
const seconds = 2;

export interface SIPRate {
	/** Of those sent, 0 to 1. */
	answered: number;
	perCPUSecond: number;
}

let runs = 0;

/** @param cpu processor seconds so far of those who answer */
async function load(port: number, method: Method, cpu: () => number): Promise<SIPRate> {
	const socket = createSocket("udp4");
	const run = ++runs;
	let [sent, answered] = [0, 0];
	socket.on("message", (bytes) => {
		if (bytes.toString("latin1").startsWith("SIP/2.0 200")) answered++;
	});
	const used = cpu();
	const begin = performance.now();
	await new Promise<void>((resolve) => {
		const timer = setInterval(() => {
			const due = Math.min(seconds * perSecond, ((performance.now() - begin) / 1000) * perSecond);
			while (sent < due) socket.send(sipRequest(method, "UDP", `${run}-${sent++}`), port, "127.0.0.1");
			if (sent < seconds * perSecond) return;
			clearInterval(timer);
			resolve();
		}, 2);
	});
	await pause(500);
	const spent = cpu() - used;
	socket.close();
	return { answered: answered / sent, perCPUSecond: answered / spent };
}

function middle(all: readonly SIPRate[]): SIPRate {
	const of = (name: keyof SIPRate): number => median(all.map((one) => one[name]));
	return { answered: of("answered"), perCPUSecond: of("perCPUSecond") };
}

export type SIPRates = Record<Method, { ours: SIPRate; theirs: SIPRate }>;

export async function sipRates(rounds: number): Promise<SIPRates> {
	const { bench, port } = await start();
	const kamailio = await Kamailio.start({ folder: join(bench.folder, "kamailio"), port });
	const ours = (method: Method) => () => load(port, method, () => cpuOf(bench.firmwarePid));
	const theirs = (method: Method) => () => load(kamailio.port, method, () => cpuOfAll(kamailio.pid));
	try {
		const callers = [ours("NOTIFY"), theirs("NOTIFY"), ours("OPTIONS"), theirs("OPTIONS")];
		const [notify, notifyPeer, options, optionsPeer] = (await interleave(rounds, callers)).map(middle);
		return {
			NOTIFY: { ours: notify, theirs: notifyPeer },
			OPTIONS: { ours: options, theirs: optionsPeer },
		};
	} finally {
		await kamailio.close();
		await bench.close();
	}
}
