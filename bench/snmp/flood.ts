// SPDX-License-Identifier: Apache-2.0
//
// A source that floods an agent of SNMP with v2c gets, a few on their way at a time, and how many of them are answered.

import { createSocket } from "node:dgram";
import { pduType } from "../../modules/snmp/pdu.js";
import { oid, request } from "../../tests/snmp/support.js";
import { pause } from "../lib/gateway.js";

/** Requests on their way at a time. */
export const window = 4;
const object = "1.3.6.1.2.1.1.3.0";

export class Flood {
	readonly #socket = createSocket("udp4");
	readonly #port: number;
	readonly #timer: NodeJS.Timeout;
	#id = 0;
	sent = 0;
	answered = 0;

	constructor(port: number) {
		this.#port = port;
		this.#socket.on("message", () => {
			this.answered++;
			this.#send();
		});
		for (let i = 0; i < window; i++) this.#send();
		/* What is dropped must not end the flood. */
		this.#timer = setInterval(() => this.#send(), 1);
	}

	end(): void {
		clearInterval(this.#timer);
		this.#socket.close();
	}

	#send(): void {
		const binding = { oid: oid(object), tag: 5, value: undefined };
		this.#socket.send(
			request(pduType.get, [binding], { community: "look", requestId: ++this.#id }),
			this.#port,
			"127.0.0.1",
		);
		this.sent++;
	}
}

export interface Rate {
	perSecond: number;
	/** For a second of processor time of all who answer. */
	perCPUSecond: number;
}

/** @param cpu processor seconds so far of those who answer */
export async function rate(port: number, seconds: number, cpu: () => number): Promise<Rate> {
	const flood = new Flood(port);
	await pause(300);
	const [before, used] = [flood.answered, cpu()];
	await pause(seconds * 1000);
	const [count, spent] = [flood.answered - before, cpu() - used];
	flood.end();
	await pause(100);
	return { perSecond: count / seconds, perCPUSecond: count / spent };
}
