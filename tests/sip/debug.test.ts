// SPDX-License-Identifier: Apache-2.0
//
// What is told of messages: start line and fields both ways, what was decided and why; no password and no digest.

import assert from "node:assert/strict";
import test from "node:test";
import { encodeLatin1 } from "../../modules/bytes/text.js";
import { SIPError } from "../../modules/sip/error.js";
import { readDatagram, StreamReader } from "../../modules/sip/framing.js";
import { Bench, lines, notify, pbx } from "./agent.js";

function makeBench(): { bench: Bench; told: string[] } {
	const bench = new Bench();
	const told: string[] = [];
	bench.debug.line = (text) => told.push(text);
	return { bench, told };
}

const digest = 'Authorization: Digest username="hush", realm="gw",\r\n nonce="hush", response="hush", algorithm=MD5';

test("a NOTIFY is told with its answer, and what became of it", () => {
	const { bench, told } = makeBench();
	bench.send(`\r\n\r\n${notify("one")}`);
	assert.deepEqual(told.slice(0, 10), [
		"< UDP 192.0.2.200 port 5060 NOTIFY sip:gw@192.0.2.9 SIP/2.0",
		"<   Via: SIP/2.0/UDP 192.0.2.200:5060;branch=z9hG4bKone;rport",
		"<   Max-Forwards: 70",
		"<   From: <sip:pbx@192.0.2.200>;tag=9f3a",
		"<   To: <sip:gw@192.0.2.9>",
		"<   Call-ID: one@192.0.2.200",
		"<   CSeq: 1 NOTIFY",
		"<   Event: check-sync;reboot=false",
		"<   Content-Length: 0",
		": triggered: check-sync",
	]);
	assert.equal(told[10], "> SIP/2.0 200 OK");
	assert.match(told[13], /^> {3}To: <sip:gw@192.0.2.9>;tag=[0-9a-f]{8}$/);
});

test("a stranger is refused or asked for a password, and neither his digest nor our nonce is told", () => {
	const { bench, told } = makeBench();
	const stranger = { ...pbx, address: "192.0.2.66" };
	bench.send(notify("one"), stranger);
	assert.ok(told.includes(": refused: source"));
	bench.credentials = { user: "gw", password: "hush", algorithms: ["MD5"] };
	bench.send(notify("two"), stranger);
	assert.ok(told.includes(": challenged: none"), told.join("\n"));
	bench.send(notify("three", "check-sync", digest, "Subject: hush", "Proxy-Authorization: Basic hush"), stranger);
	bench.send(notify("four").replace("sip:gw@192.0.2.9 SIP", "sip:gw:hush@192.0.2.9 SIP"), stranger);
	const all = told.join("\n");
	assert.ok(!all.includes("hush"), all);
	assert.ok(told.includes('<   Authorization: Digest ... realm="gw" ... algorithm=MD5'));
	assert.ok(told.includes("<   Subject: (4 characters)"));
	assert.match(all, /> {3}WWW-Authenticate: Digest realm="gateway" \.\.\..* qop="auth"/);
	assert.doesNotMatch(all, /nonce=/);
});

test("what is no SIP is told by its fault alone", () => {
	const { bench, told } = makeBench();
	bench.send(lines("Authorization: Digest hush", "From: <sip:a@b>"));
	assert.equal(told[0], "< UDP 192.0.2.200 port 5060 (no start line)");
	assert.ok(
		told.some((line) => line.startsWith(": refused: SIP_")),
		told.join("\n"),
	);
	bench.agent.unreadable(new SIPError("SIP_LINE", 0, "LF without CR"), "TCP", "192.0.2.1");
	assert.match(told.at(-1) ?? "", /^< TCP 192\.0\.2\.1 not readable: SIP_LINE, /);
	assert.ok(!told.join().includes("hush"));
	assert.equal(bench.agent.counts.get("unreadable: SIP_LINE"), 1);
});

test("a message of a stream is told without the one before it", () => {
	const { bench, told } = makeBench();
	const reader = new StreamReader();
	reader.write(encodeLatin1(notify("longer-than-the-second", "check-sync") + notify("b", "check-sync")));
	for (let item = reader.next(); item !== undefined && item !== "ping"; item = reader.next())
		bench.agent.receive(item, { ...pbx, transport: "TCP" });
	assert.equal(told.filter((line) => line.startsWith("< TCP")).length, 2);
	assert.equal(told.filter((line) => line.startsWith("<   Call-ID:")).length, 2);
});

test("nothing is told, and no text made, while nobody looks", () => {
	const bench = new Bench();
	let looks = 0;
	Object.defineProperty(bench.debug, "line", { get: () => void looks++ });
	bench.send(notify("one"));
	assert.ok(looks > 0);
	assert.equal(readDatagram(encodeLatin1(notify("one")))?.fault, undefined);
});
