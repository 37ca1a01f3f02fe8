// SPDX-License-Identifier: Apache-2.0
//
// Asking for provisioning: repetition, who may answer, what is passed over, on virtual time.

import assert from "node:assert/strict";
import test from "node:test";
import { fromHex } from "../../modules/bytes/text.js";
import { InformClient } from "../../modules/dhcp/client.js";
import type { Reply } from "../../modules/dhcp/packet.js";
import { FakeClock } from "../fakes/clock.js";
import { FakeNetwork } from "../fakes/datagrams.js";

const mac = fromHex("00908f1dd0d3");

function make({ tftp = true, connected = true } = {}) {
	const clock = new FakeClock();
	const network = new FakeNetwork();
	const replies: Reply[] = [];
	const found = { silences: 0, address: connected ? "10.77.0.9" : undefined };
	const client = new InformClient({
		...{ io: network.UDP, timer: clock.timer, mac, hostName: "acl_1954003", tftp },
		random: (bytes) => bytes.forEach((_, i) => (bytes[i] = i % 2 === 0 ? 0x80 : 0)),
		address: () => found.address,
		onReply: (reply) => replies.push(reply),
		onSilence: () => found.silences++,
	});
	return { clock, network, replies, found, client };
}

/** A DHCPACK with option 67, to the transaction of the fake random source. */
function acknowledgement(changes: Record<number, number> = {}): Uint8Array {
	const packet = new Uint8Array(240 + 32);
	packet.set([2, 1, 6, 0, 0x80, 0, 0x80, 0]);
	packet.set(mac, 28);
	packet.set(fromHex("63825363350105"), 236);
	packet.set([67, 10, ...[..."http://h/a"].map((letter) => letter.charCodeAt(0)), 255], 243);
	for (const [at, value] of Object.entries(changes)) packet[Number(at)] = value;
	return packet;
}

/** Option 55 of a request. */
function asked(bytes: Uint8Array): number[] {
	for (let at = 240; bytes[at] !== 255; at += 2 + bytes[at + 1])
		if (bytes[at] === 55) return [...bytes.subarray(at + 2, at + 2 + bytes[at + 1])];
	return [];
}

test("RFC 2131 section 4.1: four tries after 4, 8 and 16 s, then a pause that doubles up to an hour", () => {
	const { clock, network, found, client } = make();
	client.start();
	const times: number[] = [];
	for (let second = 0; second < 400; second++) {
		while (times.length < network.sent.length) times.push(second);
		clock.advance(1000);
	}
	assert.deepEqual(times.slice(0, 6), [0, 4, 12, 28, 120, 124]);
	assert.equal(found.silences, 3);
	assert.deepEqual([network.sent[3].bytes[8], network.sent[3].bytes[9]], [0, 28], "secs");
	clock.advance(30 * 3_600_000);
	const before = network.sent.length;
	clock.advance(2 * 3_600_000);
	assert.ok(network.sent.length - before <= 8, "at most once an hour in the end");
});

test("a request goes to everybody at port 67, from port 68, and asks for what counts", () => {
	const { network, client } = make();
	client.start();
	assert.deepEqual([network.sent[0].address, network.sent[0].port, network.sent[0].from], ["255.255.255.255", 67, 68]);
	assert.deepEqual(asked(network.sent[0].bytes), [12, 42, 66, 67, 160]);
});

test("without DHCPRequestTFTPParams option 66 is not asked for", () => {
	const { network, client } = make({ tftp: false });
	client.start();
	assert.deepEqual(asked(network.sent[0].bytes), [12, 42, 67, 160]);
});

test("where port 68 is taken, another one will do", () => {
	const { network, client } = make();
	network.taken.add(68);
	client.start();
	assert.equal(network.sent[0].from, undefined);
});

test("the first answer to this transaction and this gateway counts, all others are passed over", () => {
	const { clock, network, replies, client } = make();
	client.start();
	network.deliver(acknowledgement({ 4: 1 }), "10.77.0.1", 67); // another transaction
	network.deliver(acknowledgement({ 28: 1 }), "10.77.0.1", 67); // another gateway
	network.deliver(acknowledgement({ 242: 2 }), "10.77.0.1", 67); // an offer
	network.deliver(acknowledgement(), "10.77.0.1", 6700); // another port
	network.deliver(new Uint8Array(5), "10.77.0.1", 67);
	assert.equal(replies.length, 0);
	network.deliver(acknowledgement(), "10.77.0.1", 67);
	assert.equal(replies.length, 1);
	assert.equal(network.open.length, 0);
	assert.equal(clock.pending, 0);
});

test("without an address, or where sending fails, a try is lost and the next one comes", () => {
	const { clock, network, found, client, replies } = make({ connected: false });
	client.start();
	assert.equal(network.sent.length, 0);
	found.address = "10.77.0.9";
	network.fault = new Error("no route");
	clock.advance(4000);
	assert.equal(network.open.length, 0);
	network.fault = undefined;
	clock.advance(8000);
	assert.equal(network.sent.length, 1);
	network.deliver(acknowledgement(), "10.77.0.1", 67);
	assert.equal(replies.length, 1);
});

test("stop() ends it: no socket, no timer", () => {
	const { clock, network, client } = make();
	client.start();
	client.stop();
	assert.deepEqual([network.open.length, clock.pending], [0, 0]);
	network.deliver(acknowledgement(), "10.77.0.1", 67);
	clock.advance(100_000);
	assert.equal(network.sent.length, 1);
});
