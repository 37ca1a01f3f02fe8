// SPDX-License-Identifier: Apache-2.0
//
// Events to datagrams on virtual time: order, rate, queue, names, a network that is not there, and what is not told.

import assert from "node:assert/strict";
import test from "node:test";
import { decodeUTF8 } from "../../modules/bytes/text.js";
import type { ClockSource } from "../../modules/ecma419/board.js";
import { SyslogClient } from "../../modules/syslog/client.js";
import type { EventRecord } from "../../modules/syslog/event-message.js";
import type { Destination, SenderOptions } from "../../modules/syslog/sender.js";
import { FakeClock } from "../fakes/clock.js";
import { FakeResolver } from "../fakes/resolver.js";
import { FakeUDPNetwork } from "../fakes/udp-network.js";

const timeMs = Date.UTC(2026, 0, 2, 3, 4, 5);

class Bench {
	readonly clock = new FakeClock();
	readonly network = new FakeUDPNetwork(this.clock);
	readonly table: Record<string, string> = { log: "10.0.0.9" };
	readonly resolver = new FakeResolver(this.clock, this.table);
	destination: Destination | undefined = { host: "log", port: 514 };
	readonly wall: { now(): number; ticks(): number; set(): void; source: ClockSource } = {
		now: () => timeMs + this.clock.now,
		ticks: () => this.clock.now,
		set: () => undefined,
		source: "sntp",
	};
	readonly received: { text: string; at: number }[] = [];
	readonly client: SyslogClient;

	constructor(options: Omit<Partial<SenderOptions>, "clock"> = {}) {
		for (const end of ["10.0.0.9:514", "10.0.0.8:1514"]) {
			this.network.listen(end, ({ bytes }) => this.received.push({ text: decodeUTF8(bytes), at: this.clock.now }));
		}
		this.client = new SyslogClient({
			io: this.network.UDP,
			resolver: this.resolver,
			timer: this.clock.timer,
			clock: this.wall,
			destination: () => this.destination,
			facility: () => 16,
			hostName: () => "gw1",
			application: "upgate",
			...options,
		});
	}

	send(count = 1, event: EventRecord = trigger): void {
		for (let i = 0; i < count; i++) this.client.send(event);
	}

	get sequence(): number[] {
		return this.received.map(({ text }) => Number(/sequenceId="([0-9]+)"/.exec(text)?.[1]));
	}
}

const trigger: EventRecord = { event: "trigger", cause: "console", effect: "started", time: null, ticks: 0 };

const count = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

test("an event is one message with its fields as structured data", () => {
	const bench = new Bench();
	bench.send(1, {
		event: "file",
		file: "cmp",
		result: "refused",
		code: "IMAGE_KEY_UNKNOWN",
		reason: "signed by nobody trusted",
		time: null,
		ticks: 5,
	});
	assert.equal(bench.network.sent.length, 0, "not within the call");
	bench.clock.advance(10);
	assert.deepEqual(
		bench.received.map(({ text }) => text),
		[
			'<131>1 2026-01-02T03:04:05.000Z gw1 upgate - file [meta sequenceId="1"][timeQuality tzKnown="1" isSynced="1"]' +
				'[upgate@32473 file="cmp" result="refused" code="IMAGE_KEY_UNKNOWN"] ' +
				"firmware refused: signed by nobody trusted (IMAGE_KEY_UNKNOWN)",
		],
	);
	assert.equal(bench.network.open, 0, "the socket closes with the last message");
	assert.equal(bench.clock.pending, 0);
});

test("severities", () => {
	const at = { time: null, ticks: 0 };
	const request = { event: "request" as const, file: "ini", url: "http://s/a", bytes: 0, ms: 1, ...at };
	const boot = { event: "boot" as const, version: "1", model: "m", slot: 0, state: "valid", mac: "00", ...at };
	const events: [EventRecord, number][] = [
		[{ ...boot, reason: "power-on" }, 5],
		[{ ...boot, reason: "panic" }, 3],
		[{ ...request, status: 304 }, 6],
		[{ ...request, status: 404 }, 4],
		[{ ...request, status: 0, error: "HTTP_CONNECT" }, 4],
		[{ event: "tls", host: "s", version: "TLS1.3", suite: "x", verified: false, ...at }, 4],
		[{ event: "signature", verified: false, ...at }, 4],
		[{ event: "verdict", result: "rolled-back", version: "1", reason: "", ...at }, 3],
		[{ event: "verdict", result: "nothing-new", version: "1", reason: "", ...at }, 6],
		[{ event: "certificate", warning: "ends soon", ...at }, 4],
		[{ event: "restart", reason: "firmware 2", ...at }, 5],
		[trigger, 6],
	];
	const bench = new Bench();
	for (const [event] of events) bench.send(1, event);
	bench.clock.advance(10);
	const found = bench.received.map(({ text }) => Number(/^<([0-9]+)>/.exec(text)?.[1]) % 8);
	assert.deepEqual(
		found,
		events.map(([, severity]) => severity),
	);
});

test("without a clock, and on its floor, no time is told", () => {
	for (const source of ["none", "floor"] as const) {
		const bench = new Bench();
		bench.wall.source = source;
		bench.send();
		bench.clock.advance(10);
		assert.match(bench.received[0].text, /^<134>1 - gw1 .*isSynced="0"/);
	}
});

test("a query is not told, in data or text", () => {
	const bench = new Bench();
	const url = "http://server/a.ini?token=s3cret";
	bench.send(1, { event: "request", file: "ini", url, status: 200, bytes: 1, ms: 1, time: null, ticks: 0 });
	bench.clock.advance(10);
	assert.match(bench.received[0].text, /GET http:\/\/server\/a.ini: status 200/);
	assert.ok(!bench.received[0].text.includes("s3cret"));
});

test("20 messages go at once, then 10 a second", () => {
	const bench = new Bench({ queueLength: 50 });
	bench.send(40);
	bench.clock.advance(50);
	assert.equal(bench.received.length, 20);
	bench.clock.advance(1000);
	assert.equal(bench.received.length, 30);
	bench.clock.advance(1000);
	assert.equal(bench.received.length, 40);
	assert.deepEqual(bench.sequence, count(1, 40));
	bench.clock.advance(60000);
	bench.send(20);
	bench.clock.advance(10);
	assert.equal(bench.received.length, 60, "the burst is there again");
});

test("what finds no room is lost, counted and told", () => {
	const bench = new Bench();
	bench.send(20);
	bench.clock.advance(100);
	assert.deepEqual(bench.sequence, count(1, 16));
	bench.send(2);
	bench.clock.advance(2000);
	assert.deepEqual(bench.sequence, [...count(1, 16), 21, 22, 23]);
	assert.match(bench.received[16].text, /^<132>.* lost .*\[upgate@32473 count="4"\] 4 messages lost$/);
});

test("the name is asked for once in ten minutes", () => {
	const bench = new Bench();
	for (let i = 0; i < 12; i++) {
		bench.send();
		bench.clock.advance(60000);
	}
	assert.deepEqual(bench.resolver.asked, ["log", "log"]);
	assert.equal(bench.received.length, 12);
});

test("a name that is not known yet: messages wait, with growing pauses", () => {
	const bench = new Bench();
	delete bench.table["log"];
	bench.send(3);
	bench.clock.advance(10000);
	assert.equal(bench.resolver.asked.length, 4, "after 0, 1, 3 and 7 s");
	bench.table["log"] = "10.0.0.9";
	bench.clock.advance(10000);
	assert.deepEqual(bench.sequence, [1, 2, 3]);
});

test("a resolver that never answers is asked again", () => {
	const bench = new Bench();
	bench.table["log"] = "never";
	bench.send();
	bench.clock.advance(15000);
	assert.equal(bench.resolver.asked.length, 2);
	bench.table["log"] = "10.0.0.9";
	bench.clock.advance(10000);
	assert.deepEqual(bench.sequence, [1]);
});

test("a network that is down: nothing is lost but what finds no room", () => {
	const bench = new Bench();
	bench.network.failure = new Error("network unreachable");
	bench.send(5);
	bench.clock.advance(2000);
	bench.network.failure = undefined;
	bench.network.refusal = new Error("no memory");
	bench.clock.advance(2000);
	assert.equal(bench.network.open, 0);
	bench.network.refusal = undefined;
	bench.clock.advance(10000);
	assert.deepEqual(bench.sequence, [1, 2, 3, 4, 5]);
});

test("pauses grow to five minutes and no further; timers do not pile up", () => {
	const bench = new Bench();
	bench.network.failure = new Error("network unreachable");
	for (let i = 0; i < 100; i++) {
		bench.send();
		bench.clock.advance(60000);
		assert.ok(bench.clock.pending <= 2);
	}
	bench.network.failure = undefined;
	bench.clock.advance(301000);
	assert.deepEqual(bench.sequence, count(1, 16));
});

test("a socket that fails is made anew", () => {
	const bench = new Bench();
	bench.send(21);
	bench.send(1);
	const slow = new Bench({ burst: 1 });
	slow.send(3);
	slow.clock.advance(50);
	assert.equal(slow.network.open, 1);
	slow.network.break();
	assert.equal(slow.network.open, 0);
	slow.clock.advance(5000);
	assert.deepEqual(slow.sequence, [1, 2, 3]);
});

test("another server in the settings: the next message goes there", () => {
	const bench = new Bench();
	bench.send();
	bench.clock.advance(10);
	bench.table["other"] = "10.0.0.8";
	bench.destination = { host: "other", port: 1514 };
	bench.send();
	bench.clock.advance(10);
	assert.deepEqual(
		bench.network.sent.map(({ to }) => to),
		["10.0.0.9:514", "10.0.0.8:1514"],
	);
});

test("switched off: nothing is sent, and what waits is dropped", () => {
	const bench = new Bench();
	bench.send(3);
	bench.destination = undefined;
	bench.send(3);
	bench.clock.advance(10000);
	assert.equal(bench.network.sent.length, 0);
	assert.equal(bench.clock.pending, 0);
	assert.deepEqual(bench.resolver.asked, []);
});

test("close() drops what waits; an answer of the resolver is late then", () => {
	const bench = new Bench();
	bench.send();
	bench.clock.advance(0);
	bench.client.close();
	bench.clock.advance(1000);
	assert.equal(bench.network.sent.length + bench.network.open, 0);
});
