// SPDX-License-Identifier: Apache-2.0
//
// The pure parts: address literals to bytes, numbers and flags to codes and sentences.

import assert from "node:assert/strict";
import test from "node:test";
import { toHex } from "../../modules/bytes/hex.js";
import { addressBytes } from "../../modules/tls/address.js";
import type { Findings } from "../../modules/tls/findings.js";
import { failureOf, numberFailure } from "../../modules/tls/failure.js";

const clock = { seconds: Date.UTC(2026, 0, 2) / 1000, source: "sntp" };
const nothing: Findings = { flags: 0, trust: 0, depth: 0, from: 0, to: 0, alert: -1, subject: "CN=a", issuer: "CN=b" };

test("addressBytes() gives the bytes of IPv4 and IPv6 literals", () => {
	const cases: [string, string][] = [
		["127.0.0.1", "7f000001"],
		["255.255.255.255", "ffffffff"],
		["::", "00000000000000000000000000000000"],
		["::1", "00000000000000000000000000000001"],
		["2001:db8::a:b", "20010db80000000000000000000a000b"],
		["1:2:3:4:5:6:7:8", "00010002000300040005000600070008"],
		["1:2:3:4:5:6:7::", "00010002000300040005000600070000"],
		["::ffff:192.0.2.1", "00000000000000000000ffffc0000201"],
	];
	for (const [text, hex] of cases) assert.equal(toHex(addressBytes(text) ?? new Uint8Array(0)), hex);
});

test("addressBytes() takes names and broken literals for no address", () => {
	for (const text of [
		"server.test",
		"1.2.3",
		"1.2.3.4.5",
		"1.2.3.256",
		"01.2.3.4",
		"1:2",
		":::",
		"1::2::3",
		"1:2:3:4:5:6:7:8:9",
		"g::",
	])
		assert.equal(addressBytes(text), undefined, text);
});

test("a failure of verification is told by the gravest flag, with the clock that judged", () => {
	const expired = failureOf(
		-0x2700,
		{ ...nothing, flags: 0x01, to: Date.UTC(2020, 4, 6, 7, 8) / 1000 },
		"handshake",
		clock,
	);
	assert.equal(expired.code, "TLS_EXPIRED");
	assert.equal(expired.number, 0x2700);
	assert.equal(expired.message, 'certificate "CN=a" expired on 2020-05-06 07:08 by clock 2026-01-02 00:00 from sntp');
	assert.equal(failureOf(-0x2700, { ...nothing, flags: 0x0d, trust: 7 }, "handshake", clock).code, "TLS_SIGNATURE");
	assert.equal(failureOf(-0x2700, { ...nothing, flags: 0x08, trust: 99 }, "handshake", clock).code, "TLS_NOT_TRUSTED");
	assert.equal(failureOf(-0x2700, { ...nothing, flags: 0x100 }, "handshake", clock).code, "TLS_CERTIFICATE");
});

test("alerts are told by name when they can be seen, and by when they came", () => {
	const early = failureOf(-0x7780, { ...nothing, alert: 48 }, "handshake", clock);
	assert.equal(early.code, "TLS_REFUSED");
	assert.equal(early.alert, 48);
	assert.match(early.message, /unknown CA/);
	assert.equal(failureOf(-0x7780, nothing, "fresh", clock).code, "TLS_REFUSED_LATE");
	assert.equal(failureOf(-0x7780, nothing, "open", clock).code, "TLS_ALERT");
});

test("a status with an inner error keeps its whole number and is known by the outer one", () => {
	assert.equal(numberFailure(-(0x7200 + 0x12)).code, "TLS_RECORD");
	assert.equal(numberFailure(-(0x7200 + 0x12)).number, 0x7212);
	assert.equal(numberFailure(-0x2180).code, "TLS_CERTIFICATE");
	assert.equal(numberFailure(-0x1234).code, "TLS_HANDSHAKE");
});
