// SPDX-License-Identifier: Apache-2.0
//
// What of a message may be shown. "hush" is the secret in all of these.

import assert from "node:assert/strict";
import test from "node:test";
import { fieldText, lineText, tellHead, withoutCredentials } from "../../modules/debug/redact.js";
import { Random } from "../harness/random.js";

const fields: [line: string, shown: string][] = [
	["Server: nginx/1.26", "Server: nginx/1.26"],
	['ETag: "5f-1a"', 'ETag: "5f-1a"'],
	["Authorization: Basic aHVzaA==", "Authorization: Basic ..."],
	["Authorization: Basic hush", "Authorization: Basic ..."],
	["Authorization: hush", "Authorization: ..."],
	["authorization: Bearer hush.hush", "authorization: Bearer ..."],
	["Proxy-Authorization: NTLM hush", "Proxy-Authorization: NTLM ..."],
	[
		'Authorization: Digest username="hush", realm="gw", nonce="hush", uri="/hush", response="hush", qop=auth, nc=00000001',
		'Authorization: Digest ... realm="gw" ... qop=auth ...',
	],
	[
		'WWW-Authenticate: Digest realm="a, b=\\"c\\"", nonce="hush", stale=true',
		'WWW-Authenticate: Digest realm="a, b=\\"c\\"" ... stale=true',
	],
	[
		'WWW-Authenticate: Basic realm="a", Digest realm="b", qop="auth"',
		'WWW-Authenticate: Basic realm="a" Digest realm="b" qop="auth"',
	],
	['Authorization: Digest realm="open, response=hush', "Authorization: Digest ..."],
	['Authorization: Digest realm="hush\\"', "Authorization: Digest ..."],
	['Authorization: Digest realm = "gw", x="', "Authorization: Digest ..."],
	["Authorization : Digest hush=hush", "Authorization: Digest ..."],
	["Cookie: session=hush", "Cookie: (12 characters)"],
	["Set-Cookie: s=hush; Secure", "Set-Cookie: (14 characters)"],
	["X-Api-Key: hush", "X-Api-Key: (4 characters)"],
	["Location: https://user:hush@host/a?b=c", "Location: https://...@host/a?b=c"],
	["Location: /a?Token=hush&b=c&X-Amz-Signature=hush", "Location: /a?Token=...&b=c&X-Amz-Signature=..."],
	['From: "A@B" <sip:gw:hush@host:5060>;tag=1', 'From: "A@B" <sip:gw:...@host:5060>;tag=1'],
	["f: <SIPS:gw:hu,sh@host>", "f: <SIPS:gw:...@host>"],
	["Contact: gw:hush@host", "Contact: gw:...@host"],
	["hush", "(4 characters)"],
	["hush hush: hush", "(15 characters)"],
	[": hush", "(6 characters)"],
];

for (const [line, shown] of fields)
	test(`a field is shown without secrets: ${line}`, () => {
		assert.equal(lineText(line), shown);
	});

test("a URI keeps its host and loses its user", () => {
	for (const [text, shown] of [
		["GET http://a:hush@h/ HTTP/1.1", "GET http://...@h/ HTTP/1.1"],
		["GET /x?password=hush HTTP/1.1", "GET /x?password=... HTTP/1.1"],
		["NOTIFY sip:gw:hush@h SIP/2.0", "NOTIFY sip:gw:...@h SIP/2.0"],
		["NOTIFY sip:gw@h SIP/2.0", "NOTIFY sip:gw@h SIP/2.0"],
		["http://a:hush@b@h", "http://...@h"],
		["http://a:hu/sh@h", "http://...@h"],
		["nothing to hide", "nothing to hide"],
	])
		assert.equal(withoutCredentials(text), shown);
});

test("a head is told line by line, and a folded field is one field", () => {
	const told: string[] = [];
	const head =
		'NOTIFY sip:gw@h SIP/2.0\r\nAuthorization: Digest\r\n\tresponse="hush",\r\n hush: hush\r\nEvent: check-sync\r\n\r\n';
	tellHead((line) => told.push(line), "<", "UDP 192.0.2.1", head);
	assert.deepEqual(told, [
		"< UDP 192.0.2.1 NOTIFY sip:gw@h SIP/2.0",
		"<   Authorization: Digest ...",
		"<   Event: check-sync",
	]);
});

test("whatever credentials look like, none of their words is shown but those that are known", () => {
	const random = new Random(7616);
	const pieces = [
		"hush",
		'"',
		"=",
		",",
		" ",
		"\\",
		"\t",
		"nonce",
		"realm",
		"qop",
		"Digest",
		"response",
		"username",
		";",
		"a",
	];
	for (let round = 0; round < 3000; round++) {
		let value = "";
		for (let i = random.below(12); i >= 0; i--) value += random.pick(pieces);
		// What a stranger puts into a realm is for all to see.
		const shown = fieldText("Authorization", value).replace(/(realm|qop)=("([^"\\]|\\.)*"|[^ ]*)/g, "");
		assert.ok(!shown.includes("hush"), value);
	}
});
