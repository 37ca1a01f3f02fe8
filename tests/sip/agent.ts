// SPDX-License-Identifier: Apache-2.0
//
// A user agent server on a virtual clock, with everything around it in the test's hands.

import { decodeLatin1, encodeLatin1 } from "../../modules/bytes/text.js";
import { Agent, type Note } from "../../modules/sip/agent.js";
import { Authority, type Credentials } from "../../modules/sip/authority.js";
import type { DebugPort } from "../../modules/debug/port.js";
import type { Effect } from "../../modules/sip/coalescer.js";
import { SIPError } from "../../modules/sip/error.js";
import { readDatagram } from "../../modules/sip/framing.js";
import type { Peer } from "../../modules/sip/response.js";
import { Transactions } from "../../modules/sip/transactions.js";
import { FakeClock } from "../fakes/clock.js";
import { Random } from "../harness/random.js";

export const pbx: Peer = Object.freeze({ transport: "UDP", address: "192.0.2.200", port: 5060 });

export class Bench {
	readonly clock = new FakeClock();
	readonly notes: Note[] = [];
	/** Nobody looks at the wire, until there is a `line`. */
	readonly debug: { line: DebugPort["line"] } = { line: undefined };
	/** What was triggered: requester, and whether a restart was asked for. */
	readonly triggers: [requester: string, restart: boolean][] = [];
	enabled = true;
	trusted = (address: string): boolean => address === pbx.address;
	credentials: Credentials | undefined;
	effect: Effect = "triggered";
	readonly agent: Agent;

	constructor() {
		const random = new Random(4475);
		const fill = (bytes: Uint8Array): void => bytes.set(random.bytes(bytes.length));
		const { ticks } = this.clock;
		this.agent = new Agent({
			enabled: () => this.enabled,
			trusts: (address) => this.trusted(address),
			credentials: () => this.credentials,
			authority: new Authority({ realm: "gateway", ticks, random: fill }),
			transactions: new Transactions(ticks),
			request: (requester, restart) => {
				this.triggers.push([requester, restart]);
				return this.effect;
			},
			onNote: (note) => this.notes.push(note),
			debug: this.debug,
			random: fill,
		});
	}

	/** @returns text of the response, empty for none; the code of an error that a datagram ends with */
	send(datagram: Uint8Array | string, peer = pbx): string {
		const bytes = typeof datagram === "string" ? encodeLatin1(datagram) : datagram;
		try {
			const message = readDatagram(bytes);
			const response = message === undefined ? undefined : this.agent.receive(message, peer);
			return response === undefined ? "" : decodeLatin1(response.bytes);
		} catch (error) {
			if (error instanceof SIPError) return error.code;
			throw error;
		}
	}

	/** @returns port that the response to a datagram goes to */
	port(datagram: Uint8Array, peer: Peer): number | undefined {
		const message = readDatagram(datagram);
		return message === undefined ? undefined : this.agent.receive(message, peer)?.port;
	}
}

/** @returns 0 for what is no response */
export function statusOf(response: string): number {
	return response.startsWith("SIP/2.0 ") ? Number(response.slice(8, 11)) : 0;
}

/** Lines to a message. */
export function lines(...all: string[]): string {
	return `${all.join("\r\n")}\r\n\r\n`;
}

/** A NOTIFY that a trusted source is obeyed for. @param name makes it another one */
export function notify(name: string, event = "check-sync;reboot=false", ...more: string[]): string {
	return lines(
		"NOTIFY sip:gw@192.0.2.9 SIP/2.0",
		`Via: SIP/2.0/UDP 192.0.2.200:5060;branch=z9hG4bK${name};rport`,
		"Max-Forwards: 70",
		"From: <sip:pbx@192.0.2.200>;tag=9f3a",
		"To: <sip:gw@192.0.2.9>",
		`Call-ID: ${name}@192.0.2.200`,
		"CSeq: 1 NOTIFY",
		`Event: ${event}`,
		...more,
		"Content-Length: 0",
	);
}

/** Value of a field of a response. */
export function field(response: string, name: string): string | undefined {
	const line = response.split("\r\n").find((text) => text.startsWith(`${name}: `));
	return line?.slice(name.length + 2);
}
