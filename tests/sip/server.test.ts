// SPDX-License-Identifier: Apache-2.0
//
// The listener on sockets: ports, datagrams under load, connections with their bounds and deadlines.

import assert from "node:assert/strict";
import test from "node:test";
import { SIPServer, type SIPPolicy } from "../../modules/sip/server.js";
import { FakeClock } from "../fakes/clock.js";
import { FakeResolver } from "../fakes/resolver.js";
import { notify, statusOf } from "./agent.js";
import { Host } from "./sockets.js";

function makeServer(change: Partial<SIPPolicy> = {}) {
	const clock = new FakeClock();
	const host = new Host(clock);
	const triggers: string[] = [];
	const policy: SIPPolicy = {
		enabled: true,
		sources: "192.0.2.0/24",
		user: "",
		password: "",
		algorithms: ["MD5"],
		intervalMs: 60_000,
		...change,
	};
	/** Time that each request takes. */
	const cost = { ms: 0 };
	const server = new SIPServer({
		io: host,
		timer: clock.timer,
		ticks: clock.ticks,
		random: (bytes) => bytes.fill(5),
		resolver: new FakeResolver(clock),
		update: {
			trigger: (_, requester) => {
				triggers.push(requester);
				return "started";
			},
		},
		policy: () => {
			clock.now += cost.ms;
			return policy;
		},
		realm: "gateway",
	});
	return { clock, host, server, policy, triggers, cost };
}

const ports = { udp: 5060, tcp: 5060, tls: 0 };

test("ports open, move and close; one that cannot be had is a problem and no more", () => {
	const { host, server } = makeServer();
	server.open(ports);
	assert.deepEqual(server.status().ports, ["UDP 5060", "TCP 5060"]);
	host.taken.add("UDP 5070");
	server.open({ ...ports, udp: 5070 });
	assert.deepEqual([...host.open], ["TCP 5060"]);
	assert.deepEqual(server.status().problems, ["UDP 5070: UDP 5070 is in use"]);
	server.close();
	server.close();
	assert.equal(host.open.size, 0);
	assert.deepEqual(server.status().problems, []);
});

test("a TLS port opens only with somebody who accepts TLS", () => {
	const { host, server } = makeServer();
	server.open({ udp: 0, tcp: 0, tls: 5061 });
	assert.equal(host.open.size, 0);
	server.open({ udp: 0, tcp: 0, tls: 5061, secure: () => ({ accept: (options) => new host.TCP(options) }) });
	assert.deepEqual(server.status().ports, ["TLS 5061"]);
	const secure = (): never => {
		throw new Error("no certificate");
	};
	server.open({ udp: 0, tcp: 0, tls: 5061, secure });
	assert.equal(host.open.size, 0);
	assert.deepEqual(server.status().problems, ["TLS 5061: no certificate"]);
});

test("datagrams are answered to where they came from", () => {
	const { clock, host, server, triggers } = makeServer();
	server.open(ports);
	host.datagram(notify("a"), "192.0.2.200", 6000);
	host.datagram(notify("b"), "203.0.113.1", 6001);
	host.datagram("\r\n\r\n");
	host.datagram("nonsense");
	clock.advance(10);
	assert.deepEqual(
		host.sent.map(([address, port, text]) => [address, port, statusOf(text)]),
		[
			["192.0.2.200", 6000, 200],
			["203.0.113.1", 6001, 403],
		],
	);
	assert.deepEqual(triggers, ["SIP UDP 192.0.2.200"]);
	assert.equal(server.status().counts.get("unreadable: SIP_LINE"), 1);
	assert.equal(server.status().counts.get("keep-alive"), 1);
});

test("a socket that fails is told of, and can be opened again", () => {
	const { clock, host, server } = makeServer();
	server.open(ports);
	host.failUDP();
	clock.advance(1);
	assert.deepEqual(server.status().ports, ["TCP 5060"]);
	assert.equal(server.status().problems.length, 1);
	server.open(ports);
	assert.equal(server.status().ports.length, 2);
});

test("under a flood a turn is short, others get three fifths of the time, and nothing piles up", () => {
	const { clock, host, server, triggers, cost } = makeServer();
	cost.ms = 2;
	server.open(ports);
	for (let i = 0; i < 2000; i++) host.datagram(notify(`flood${i}`));
	clock.advance(1000);
	assert.equal(host.unread, 0);
	const { counts } = server.status();
	assert.equal((counts.get("received") ?? 0) + (counts.get("dropped") ?? 0), 2000);
	assert.ok((counts.get("dropped") ?? 0) > 800);
	assert.equal(triggers.length, 1);
	assert.ok(server.status().transactions <= 32);
	clock.advance(1000);
	host.datagram(notify("after"));
	clock.advance(10);
	assert.equal(host.sent.at(-1)?.[2].includes("flood"), false, "and the next one is answered");
});

test("a flood of strangers does not shut a listed source out", () => {
	const { clock, host, server, triggers, cost } = makeServer();
	cost.ms = 2;
	server.open(ports);
	for (let i = 0; i < 1000; i++) host.datagram(notify(`flood${i}`), "203.0.113.1", 6001);
	host.datagram(notify("pbx"), "192.0.2.200", 6000);
	for (let i = 0; i < 10_000 && host.unread > 0; i++) clock.advance(1);
	assert.ok((server.status().counts.get("dropped") ?? 0) > 500, "strangers have used up their time");
	assert.deepEqual(triggers, ["SIP UDP 192.0.2.200"]);
});

test("requests and pings over a connection are answered in order", () => {
	const { clock, host, server } = makeServer();
	server.open(ports);
	const stream = host.connect();
	clock.advance(1);
	stream.send(`\r\n\r\n${notify("a")}`);
	clock.advance(100);
	stream.send(notify("b").slice(0, 50));
	clock.advance(100);
	stream.send(notify("b").slice(50));
	clock.advance(100);
	assert.ok(stream.received.startsWith("\r\nSIP/2.0 200 OK\r\n"));
	assert.match(stream.received, /Call-ID: a@[\s\S]*Call-ID: b@/);
	assert.equal(server.status().connections, 1);
	assert.ok(server.status().held <= 1024);
	stream.hangUp();
	clock.advance(1);
	assert.equal(server.status().connections, 0);
	assert.equal(stream.closed, true);
});

test("a stream that cannot be read, or whose next message cannot be found, is closed after the answer", () => {
	const { clock, host, server } = makeServer();
	server.open(ports);
	const [first, second] = [host.connect(), host.connect()];
	clock.advance(1);
	first.send("hello\nworld\r\n\r\n");
	second.send(notify("a").replace("Content-Length: 0", "Content-Length: -1"));
	clock.advance(10);
	assert.deepEqual([first.closed, first.received], [true, ""]);
	assert.deepEqual([second.closed, statusOf(second.received)], [true, 400]);
	assert.equal(server.status().connections, 0);
});

test("silence ends a connection: 32 s for a message, 130 s between them", () => {
	const { clock, host, server } = makeServer();
	server.open(ports);
	const [silent, slow, usual] = [host.connect(), host.connect(), host.connect()];
	clock.advance(1);
	usual.send(notify("a"));
	slow.send(notify("b") + notify("c").slice(0, 40));
	for (let i = 0; i < 31; i++) {
		clock.advance(1000);
		slow.send("x");
	}
	assert.deepEqual([silent.closed, slow.closed, usual.closed], [false, false, false]);
	clock.advance(2000);
	assert.deepEqual([silent.closed, slow.closed, usual.closed], [true, true, false]);
	clock.advance(95_000);
	assert.equal(usual.closed, false);
	clock.advance(5_000);
	assert.equal(usual.closed, true);
	assert.equal(clock.pending, 0, "and no timer is left");
});

test("a fifth connection takes the place of the one that was silent longest", () => {
	const { clock, host, server } = makeServer();
	server.open(ports);
	const streams = [host.connect(), host.connect(), host.connect(), host.connect()];
	clock.advance(10);
	streams[0].send(notify("a"));
	clock.advance(10);
	const fifth = host.connect();
	clock.advance(10);
	assert.deepEqual(
		streams.map(({ closed }) => closed),
		[false, true, false, false],
	);
	fifth.send(notify("b"));
	clock.advance(10);
	assert.equal(statusOf(fifth.received), 200);
	assert.equal(server.status().connections, 4);
	server.close();
	assert.ok(fifth.closed);
});

test("who does not take answers is waited for once, with nothing read meanwhile, and then closed if he goes on", () => {
	const { clock, host, server } = makeServer();
	server.open(ports);
	const stream = host.connect();
	clock.advance(1);
	for (let i = 0; i < 40; i++) stream.send(notify(`n${i}`));
	clock.advance(100);
	const taken = stream.received.split("SIP/2.0 200").length - 1;
	assert.ok(taken >= 10 && taken < 40, `${taken} answers`);
	if (!stream.closed) {
		stream.drain();
		clock.advance(100);
		assert.ok(stream.received.split("SIP/2.0 200").length - 1 > taken);
	}
	assert.ok(server.status().held <= 1024);
});
