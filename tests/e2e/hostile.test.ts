// SPDX-License-Identifier: Apache-2.0
//
// The torture sets of SIP and SNMP, sent to the sockets of a whole gateway: after each message a good one is answered, over UDP, over TCP by
// a connection that comes after, and by the SNMP agent; and nothing of it makes the gateway restart. Senders are strangers to SIP here, since
// some of the set would be obeyed.

import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { connect } from "node:net";
import test, { after, before } from "node:test";
import { decodeLatin1 } from "../../modules/bytes/text.js";
import { pduType } from "../../modules/snmp/pdu.js";
import { freePort, isListening } from "../harness/loopback.js";
import { loadVectors } from "../harness/vectors.js";
import { lines } from "../sip/agent.js";
import { ask, loadSNMPVectors, request } from "../snmp/support.js";
import { Bench } from "./bench.js";
import { freeUDPPort } from "./snmp-programs.js";

const sipVectors = ["torture", "valid", "invalid"].flatMap((folder) =>
	loadVectors(`sip/vectors/${folder}`).filter(({ name }) => name.endsWith(".txt")),
);
const snmpVectors = [...loadSNMPVectors("valid"), ...loadSNMPVectors("invalid")];
const name = "1.3.6.1.2.1.1.5.0";
let bench: Bench;
let sip: number;
let snmp: number;

before(async () => {
	sip = await freePort();
	snmp = await freeUDPPort();
	const ini = ["EnableSIPRemoteReset = 1", "AutoUpdateOnStartup = 0", "DisableSNMP = 0"];
	ini.push("SNMPReadOnlyCommunityString_0 = 'look'", "SNMPRateLimit = 0", "");
	const args = ["--port", `sip=${sip}`, "--port", `snmp=${snmp}`, "--listen", "127.0.0.1"];
	bench = await Bench.make({ ini: ini.join("\r\n"), args });
	bench.powerOn();
	await bench.until((event) => event.event === "boot");
	assert.ok(await isListening(sip, () => true));
});

after(() => bench.close());

class Datagrams {
	readonly #socket: Socket = createSocket("udp4");
	readonly #port: number;
	#wanted: ((message: Buffer) => boolean) | undefined;
	#done: () => void = () => undefined;

	constructor(port: number) {
		this.#port = port;
		this.#socket.on("message", (message) => {
			if (this.#wanted?.(message) === true) this.#done();
		});
	}

	send(bytes: Uint8Array | string): void {
		this.#socket.send(bytes, this.#port, "127.0.0.1");
	}

	/** Sends it again while no answer comes, as every client over UDP does. */
	async ask(bytes: Uint8Array | string, wanted: (message: Buffer) => boolean, what: string): Promise<void> {
		this.#wanted = wanted;
		const answered = new Promise<true>((resolve) => (this.#done = () => resolve(true)));
		for (let i = 0; i < 60; i++) {
			this.send(bytes);
			if (await Promise.race([answered, new Promise<false>((resolve) => setTimeout(resolve, 500, false))])) return;
		}
		assert.fail(`no answer after ${what}`);
	}

	close(): void {
		this.#socket.close();
	}
}

const isAnswerTo =
	(id: string) =>
	(message: Buffer): boolean =>
		message.toString("latin1").startsWith("SIP/2.0 200") && message.includes(`Call-ID: ${id}@`);

function options(id: string, transport: string): string {
	return lines(
		"OPTIONS sip:gw@127.0.0.1 SIP/2.0",
		`Via: SIP/2.0/${transport} 127.0.0.1:5060;branch=z9hG4bK${id};rport`,
		"Max-Forwards: 70",
		"From: <sip:test@127.0.0.1>;tag=1",
		"To: <sip:gw@127.0.0.1>",
		`Call-ID: ${id}@127.0.0.1`,
		"CSeq: 1 OPTIONS",
		"Content-Length: 0",
	);
}

/** Sends over a connection of its own. @returns what came until it holds `wanted`, or the connection ended */
function overTCP(text: string, wanted: string | undefined): Promise<string> {
	return new Promise((resolve) => {
		let received = "";
		const socket = connect(sip, "127.0.0.1", () => socket.write(text, "latin1"));
		const end = (): void => {
			clearTimeout(deadline);
			socket.destroy();
			resolve(received);
		};
		// Who sends something bad does not wait for what comes of it.
		const deadline = setTimeout(end, wanted === undefined ? 20 : 30_000);
		socket.on("error", end);
		socket.on("close", end);
		socket.on("data", (chunk) => {
			received += chunk.toString("latin1");
			if (wanted !== undefined && received.includes(wanted)) end();
		});
	});
}

test("SIP over UDP: after each message of the set a good one is answered", async (t) => {
	const socket = new Datagrams(sip);
	t.after(() => socket.close());
	for (const [i, vector] of sipVectors.entries()) {
		socket.send(vector.bytes);
		await socket.ask(options(`udp${i}`, "UDP"), isAnswerTo(`udp${i}`), vector.name);
	}
});

test("SIP over TCP: after each message of the set the next connection is answered", async () => {
	for (const [i, vector] of sipVectors.entries()) {
		await overTCP(decodeLatin1(vector.bytes), undefined);
		const received = await overTCP(options(`tcp${i}`, "TCP"), `Call-ID: tcp${i}@`);
		assert.match(received, /^SIP\/2\.0 200 /, vector.name);
	}
});

test("SNMP: after each message of the set, and each cut short, a good one is answered", async (t) => {
	const socket = new Datagrams(snmp);
	t.after(() => socket.close());
	for (const [i, vector] of snmpVectors.entries()) {
		socket.send(vector.bytes);
		socket.send(vector.bytes.subarray(0, vector.bytes.length >> 1));
		const requestId = 1000 + i;
		const good = request(pduType.get, [ask(name)], { community: "look", requestId });
		const id = Buffer.from([0x02, 0x02, requestId >> 8, requestId & 0xff]);
		await socket.ask(good, (message) => message.includes(id) && message.includes("look"), vector.name);
	}
});

test("the gateway has not started again", () => {
	assert.equal(bench.all("boot").length, 1);
});
