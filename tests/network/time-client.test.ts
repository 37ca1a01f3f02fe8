// SPDX-License-Identifier: Apache-2.0
//
// The clock is set from time servers, only by an answer to the very request, and asked for again at the right time.

import assert from "node:assert/strict";
import test from "node:test";
import type { ClockSource } from "../../modules/ecma419/board.js";
import type { Datagram, UDP, UDPConstructor, UDPOptions } from "../../modules/ecma419/udp.js";
import { TimeClient } from "../../modules/network/time-client.js";
import { decodeTimeResponse, encodeTimeRequest } from "../../modules/network/time-packet.js";
import { FakeClock } from "../fakes/clock.js";
import { FakeResolver } from "../fakes/resolver.js";

const cookie = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

/** Seconds since 1900 of 2026-01-02T03:04:05Z and half a second. */
const seconds = 2208988800 + Date.UTC(2026, 0, 2, 3, 4, 5) / 1000;

function response(changes: Record<number, number> = {}, at = seconds): Uint8Array {
	const packet = new Uint8Array(48);
	packet[0] = 0x24;
	packet[1] = 2;
	packet.set(cookie, 24);
	new DataView(packet.buffer).setUint32(40, at % 4294967296);
	packet[44] = 0x80;
	for (const [offset, value] of Object.entries(changes)) packet[Number(offset)] = value;
	return packet;
}

test("a request says version 4, client, and nothing but the cookie", () => {
	const packet = encodeTimeRequest(cookie);
	assert.equal(packet.length, 48);
	assert.equal(packet[0], 0x23);
	assert.ok(packet.slice(1, 40).every((byte) => byte === 0));
	assert.deepEqual(packet.slice(40), cookie);
});

test("a response gives milliseconds since 1970, also after 2036", () => {
	assert.equal(decodeTimeResponse(response(), cookie), Date.UTC(2026, 0, 2, 3, 4, 5, 500));
	const later = 2208988800 + Date.UTC(2040, 0, 1) / 1000;
	assert.equal(decodeTimeResponse(response({}, later), cookie), Date.UTC(2040, 0, 1, 0, 0, 0, 500));
});

test("what is no answer is refused", () => {
	const wrong: Record<number, number>[] = [
		{ 0: 0x23 },
		{ 0: 0xe4 },
		{ 1: 0 },
		{ 1: 16 },
		{ 24: 9 },
		{ 31: 9 },
		{ 40: 0, 41: 0, 42: 0, 43: 0, 44: 0 },
	];
	for (const changes of wrong) {
		assert.throws(() => decodeTimeResponse(response(changes), cookie), { code: "NETWORK_TIME" });
	}
	for (let length = 0; length < 48; length++) {
		assert.throws(() => decodeTimeResponse(response().slice(0, length), cookie), { code: "NETWORK_TIME" });
	}
});

interface Sent {
	bytes: Uint8Array;
	address: string;
	socket: { options: UDPOptions; inbox: Datagram[]; closed: boolean };
}

function make(servers: string[], { intervalMs = 3_600_000, names = {} as Record<string, string> } = {}) {
	const clock = new FakeClock();
	const sent: Sent[] = [];
	const set: [number, ClockSource][] = [];
	const io = class {
		options: UDPOptions;
		inbox: Datagram[] = [];
		closed = false;
		constructor(options: UDPOptions) {
			this.options = options;
		}
		write(bytes: Uint8Array, address: string): void {
			sent.push({ bytes, address, socket: this });
		}
		read(): Datagram | undefined {
			return this.inbox.shift();
		}
		close(): void {
			this.closed = true;
		}
	} as unknown as UDPConstructor;
	const client = new TimeClient({
		io,
		resolver: new FakeResolver(clock, names),
		timer: clock.timer,
		clock: {
			now: () => undefined,
			source: "none",
			set: (ms, source) => set.push([ms, source]),
			ticks: clock.ticks,
		},
		random: (bytes) => bytes.set(cookie),
		servers: () => servers,
		intervalMs: () => intervalMs,
		earliestMs: Date.UTC(2026, 0, 1),
	});
	const answer = (packet: Uint8Array, address: string, port = 123): void => {
		const { socket } = sent[sent.length - 1];
		const datagram = Object.assign(packet.slice().buffer, { address, port });
		socket.inbox.push(datagram);
		socket.options.onReadable?.call(socket as unknown as UDP, 1);
	};
	return { clock, sent, set, client, answer };
}

const names = { one: "192.0.2.1", two: "192.0.2.2" };

test("the clock is set with half the round trip, and again after the interval", () => {
	const { clock, sent, set, client, answer } = make(["one"], { names });
	client.start();
	clock.advance(1);
	assert.equal(sent[0].address, "192.0.2.1");
	clock.advance(100);
	answer(response(), "192.0.2.1");
	assert.deepEqual(set, [[Date.UTC(2026, 0, 2, 3, 4, 5, 550), "sntp"]]);
	assert.equal(sent[0].socket.closed, true);
	clock.advance(3_599_999);
	assert.equal(sent.length, 1);
	clock.advance(2);
	assert.equal(sent.length, 2);
});

test("packets of others, wrong ones and a time before the build set nothing", () => {
	const { clock, set, client, answer } = make(["one"], { names });
	client.start();
	clock.advance(1);
	answer(response(), "192.0.2.66");
	answer(response(), "192.0.2.1", 124);
	answer(response({ 24: 9 }), "192.0.2.1");
	answer(response({}, 2208988800 + Date.UTC(2025, 0, 1) / 1000), "192.0.2.1");
	assert.deepEqual(set, []);
	answer(response(), "192.0.2.1");
	assert.equal(set.length, 1);
});

test("a server that is not found or silent gives way to the next; a round without answer is repeated later and later", () => {
	const { clock, sent, set, client } = make(["nowhere", "one", "two"], { names });
	client.start();
	clock.advance(2);
	assert.deepEqual(
		sent.map(({ address }) => address),
		["192.0.2.1"],
	);
	clock.advance(5001);
	assert.equal(sent[1].address, "192.0.2.2");
	assert.equal(sent[0].socket.closed, true);
	clock.advance(5000);
	assert.equal(sent.length, 2);
	assert.equal(clock.pending, 1);
	clock.advance(15_010);
	assert.equal(sent.length, 3);
	clock.advance(10_010);
	clock.advance(29_000);
	assert.equal(sent.length, 4);
	clock.advance(1_010);
	assert.equal(sent.length, 5);
	assert.deepEqual(set, []);
});

test("stop() ends everything; no servers, no requests; interval 0 asks once", () => {
	const stopped = make(["one"], { names });
	stopped.client.start();
	stopped.clock.advance(1);
	stopped.client.stop();
	assert.equal(stopped.clock.pending, 0);
	assert.equal(stopped.sent[0].socket.closed, true);
	const none = make([]);
	none.client.start();
	assert.equal(none.clock.pending, 0);
	const once = make(["one"], { names, intervalMs: 0 });
	once.client.start();
	once.clock.advance(1);
	once.answer(response(), "192.0.2.1");
	assert.equal(once.clock.pending, 0);
	assert.equal(once.set.length, 1);
});
