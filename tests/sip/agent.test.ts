// SPDX-License-Identifier: Apache-2.0
//
// What the user agent server answers, and whom: fields that go back, retransmissions, sizes, who is obeyed.

import assert from "node:assert/strict";
import test from "node:test";
import { Bench, field, lines, notify, pbx, statusOf } from "./agent.js";

test("a NOTIFY from a trusted source triggers, once, and its retransmission is answered the same", () => {
	const bench = new Bench();
	const first = bench.send(notify("one"));
	assert.equal(statusOf(first), 200);
	bench.clock.advance(31_000);
	assert.equal(bench.send(notify("one")), first);
	assert.deepEqual(bench.triggers, [["SIP UDP 192.0.2.200", false]]);
	assert.equal(bench.agent.counts.get("retransmitted"), 1);
	bench.clock.advance(1_001);
	bench.send(notify("one"));
	assert.equal(bench.triggers.length, 2, "timer J is over");
});

test("over TCP nothing is sent twice: the same request is another one", () => {
	const bench = new Bench();
	const peer = { ...pbx, transport: "TCP" as const };
	bench.send(notify("one"), peer);
	bench.send(notify("one"), peer);
	assert.equal(bench.triggers.length, 2);
});

test("without a branch of RFC 3261 the other fields tell a retransmission", () => {
	const bench = new Bench();
	const old = (id: string): string => notify(id).replace(/;branch=[^;]+/, "");
	bench.send(old("a"));
	bench.send(old("a"));
	assert.equal(bench.triggers.length, 1);
	bench.send(old("b"));
	assert.equal(bench.triggers.length, 2);
});

test("the table of transactions is bounded: the oldest goes", () => {
	const bench = new Bench();
	for (let i = 0; i <= 32; i++) bench.send(notify(`n${i}`));
	assert.equal(bench.triggers.length, 33);
	bench.send(notify("n32"));
	assert.equal(bench.triggers.length, 33);
	bench.send(notify("n0"));
	assert.equal(bench.triggers.length, 34);
});

test("reboot=true asks for a restart, and no value for none", () => {
	const bench = new Bench();
	for (const event of ["check-sync", "check-sync;reboot=false", "check-sync;reboot=true", "CHECK-SYNC ; reboot = True"])
		bench.send(notify(event.replace(/[^a-zA-Z]/g, ""), event));
	assert.deepEqual(
		bench.triggers.map(([, restart]) => restart),
		[false, false, true, true],
	);
});

test("the response has the fields of the request, rport and received, and a tag", () => {
	const bench = new Bench();
	const request = notify("one").replace("rport", "rport;x=y").replace("192.0.2.200:5060", "198.51.100.7:5070");
	const response = bench.send(request, { ...pbx, port: 6001 });
	assert.match(
		response,
		/^SIP\/2\.0 200 OK\r\nVia: SIP\/2\.0\/UDP 198\.51\.100\.7:5070;branch=z9hG4bKone;x=y;received=192\.0\.2\.200;rport=6001\r\n/,
	);
	assert.equal(field(response, "From"), "<sip:pbx@192.0.2.200>;tag=9f3a");
	assert.match(field(response, "To") ?? "", /^<sip:gw@192\.0\.2\.9>;tag=[0-9a-f]{8}$/);
	assert.equal(field(response, "Call-ID"), "one@192.0.2.200");
	assert.equal(field(response, "CSeq"), "1 NOTIFY");
	assert.ok(response.endsWith("Content-Length: 0\r\n\r\n"));
});

test("all Via values go back in order, folds as spaces, and a received that was forged does not", () => {
	const bench = new Bench();
	const via =
		"SIP/2.0/UDP a.example.com;received=203.0.113.1;branch=z9hG4bKm,\r\n SIP/2.0/TCP b.example.com\r\nv: SIP/2.0/TLS c";
	const response = bench.send(notify("m").replace(/SIP\/2\.0\/UDP [^\r]+/, via));
	assert.ok(
		response.includes(
			"\r\nVia: SIP/2.0/UDP a.example.com;branch=z9hG4bKm;received=192.0.2.200,   SIP/2.0/TCP b.example.com\r\nVia: SIP/2.0/TLS c\r\n",
		),
		response,
	);
});

test("a UDP response goes to the address of the request, to the port of Via without rport, and never to maddr", () => {
	const bench = new Bench();
	const port = (via: string): number | undefined => {
		const bytes = new Uint8Array(
			Array.from(notify("p").replace("192.0.2.200:5060;branch=z9hG4bKp;rport", via), (c) => c.charCodeAt(0)),
		);
		return bench.port(bytes, { ...pbx, port: 7000 });
	};
	assert.equal(port("192.0.2.200:5099;branch=z9hG4bKa;rport"), 7000);
	assert.equal(port("192.0.2.200:5099;branch=z9hG4bKb"), 5099);
	assert.equal(port("198.51.100.1;maddr=203.0.113.9;branch=z9hG4bKc"), 5060);
});

test("no response has more than three times the bytes of its request, or 1300", () => {
	const bench = new Bench();
	bench.trusted = () => false;
	bench.credentials = { user: "a", password: "b", algorithms: ["SHA-256", "MD5"] };
	const short = lines(
		"NOTIFY a:b SIP/2.0",
		"v:SIP/2.0/UDP a",
		"f:a:b",
		"t:a:b",
		"i:a",
		"CSeq:1 NOTIFY",
		"o:check-sync",
	);
	assert.equal(bench.send(short.replaceAll("a:b", "sip:b")), "", "a challenge would be larger");
	assert.equal(bench.agent.counts.get("unanswered"), 1);
	const usual = notify("usual");
	const challenge = bench.send(usual);
	assert.equal(statusOf(challenge), 401);
	assert.ok(challenge.length <= 3 * usual.length, `${challenge.length} for ${usual.length}`);
	const long = notify("long").replace("Call-ID: ", `Call-ID: ${"x".repeat(1200)}`);
	assert.equal(bench.send(long), "");
});

test("who is not in the list and has no password to give gets 403, and nothing happens", () => {
	const bench = new Bench();
	const response = bench.send(notify("x"), { ...pbx, address: "203.0.113.5" });
	assert.equal(statusOf(response), 403);
	assert.deepEqual(bench.triggers, []);
	assert.deepEqual(bench.notes, [
		{ result: "refused", transport: "UDP", address: "203.0.113.5", status: 403, reason: "source" },
	]);
});

test("switched off, NOTIFY is not an allowed method", () => {
	const bench = new Bench();
	bench.enabled = false;
	const response = bench.send(notify("x"));
	assert.equal(statusOf(response), 405);
	assert.equal(field(response, "Allow"), "OPTIONS");
	assert.deepEqual(bench.triggers, []);
});

test("before a restart the answer is 503, and the retransmission is taken when it is over", () => {
	const bench = new Bench();
	bench.effect = "refused";
	const response = bench.send(notify("x"));
	assert.equal(statusOf(response), 503);
	assert.equal(field(response, "Retry-After"), "30");
	bench.effect = "triggered";
	assert.equal(statusOf(bench.send(notify("x"))), 200);
});

test("refusals say what would be right", () => {
	const bench = new Bench();
	const other = (method: string): string => notify(method).replaceAll("NOTIFY", method);
	assert.equal(field(bench.send(other("INVITE")), "Allow"), "NOTIFY, OPTIONS");
	assert.equal(field(bench.send(other("FROBNICATE")), "Allow"), "NOTIFY, OPTIONS");
	assert.equal(field(bench.send(notify("e", "resync")), "Allow-Events"), "check-sync");
	assert.equal(field(bench.send(notify("r", "check-sync", "Require: b, A")), "Unsupported"), "b, a");
	const options = bench.send(other("OPTIONS"));
	assert.deepEqual(
		["Allow", "Allow-Events", "Accept"].map((name) => field(options, name)),
		["NOTIFY, OPTIONS", "check-sync", "text/plain, message/sipfrag"],
	);
	assert.deepEqual(bench.triggers, []);
});

test("nobody answers a response, an ACK, a keep-alive, or what has nobody to answer", () => {
	const bench = new Bench();
	for (const text of ["", "\r\n\r\n", "\0\0\0\0", lines("SIP/2.0 200 OK"), notify("a").replaceAll("NOTIFY", "ACK")])
		assert.equal(bench.send(text), "");
	assert.equal(bench.send(lines("NOTIFY sip:a@b SIP/2.0", "To: sip:a@b")), "");
	assert.equal(bench.send("jaK"), "SIP_LINE");
});
