// SPDX-License-Identifier: Apache-2.0
//
// Reads and answers one request a thousand times: the program whose CPU time bench/sip/run.ts measures. `--option part=PART`: nothing,
// head, fields or all. Writes one JSON line at the end, and stays until it is killed so that it can be looked at.

import Board from "upgate/linux/board";
import { encodeLatin1 } from "upgate/bytes/text";
import { Agent } from "upgate/sip/agent";
import { Authority } from "upgate/sip/authority";
import { readDatagram } from "upgate/sip/framing";
import { readRequest } from "upgate/sip/request";
import type { Peer } from "upgate/sip/response";
import { Transactions } from "upgate/sip/transactions";

const rounds = 1000;
const request = [
	"NOTIFY sip:gw@127.0.0.1:15060 SIP/2.0",
	"Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK-524287-1-0;rport",
	"Max-Forwards: 70",
	"From: <sip:sipp@127.0.0.1:5060>;tag=123SIPpTag1",
	"To: <sip:gw@127.0.0.1:15060>",
	"Call-ID: 1-123@127.0.0.1",
	"CSeq: 1 NOTIFY",
	"Event: check-sync;reboot=false",
	"Subscription-State: terminated",
	"User-Agent: SIPp (a load generator)",
	"Content-Length: 0",
	"",
	"",
].join("\r\n");

export default function main(): void {
	const board = new Board();
	const ticks = (): number => board.clock.ticks();
	const random = (bytes: Uint8Array): void => board.random(bytes);
	const agent = new Agent({
		enabled: () => true,
		trusts: () => true,
		credentials: () => undefined,
		authority: new Authority({ realm: "upgate", ticks, random }),
		transactions: new Transactions(ticks),
		request: () => "joined",
		random,
	});
	const peer: Peer = { transport: "UDP", address: "127.0.0.1", port: 5060 };
	const bytes = encodeLatin1(request);
	const message = readDatagram(bytes);
	if (message === undefined) return;
	const parts: Record<string, () => void> = {
		nothing: () => undefined,
		head: () => void readDatagram(bytes),
		fields: () => void readRequest(message.head, 0),
		all: () => void agent.receive(readDatagram(bytes) ?? message, peer),
	};
	const part = parts[board.option("part") ?? "nothing"];
	for (let i = 0; i < rounds; i++) part();
	board.event({ rounds, bytes: bytes.length, memory: board.memory() });
}
