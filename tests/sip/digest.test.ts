// SPDX-License-Identifier: Apache-2.0
//
// Digest challenges: with a right answer, a wrong one, one that was overheard, an old one, and ones that were not offered.

import assert from "node:assert/strict";
import test from "node:test";
import { md5 } from "../../modules/bytes/md5.js";
import { sha256 } from "../../modules/bytes/sha256.js";
import { encodeLatin1, encodeUTF8, toHex } from "../../modules/bytes/text.js";
import { Nonces } from "../../modules/sip/nonces.js";
import { hmacSHA256 } from "../../modules/sip/hmac.js";
import { Bench, notify, pbx, statusOf } from "./agent.js";

const stranger = { ...pbx, address: "203.0.113.5" };
const user = "opérateur";
const password = 'pass "word"';

function makeBench(algorithms: ("SHA-256" | "MD5")[] = ["SHA-256", "MD5"]): Bench {
	const bench = new Bench();
	bench.trusted = () => false;
	bench.credentials = { user, password, algorithms };
	return bench;
}

const parameter = (response: string, name: string): string => new RegExp(`${name}="([^"]*)"`).exec(response)?.[1] ?? "";

let serial = 0;

function challenge(bench: Bench, peer = stranger): string {
	return bench.send(notify(`c${serial++}`), peer);
}

interface Answer {
	hash?: "SHA-256" | "MD5";
	algorithm?: string | undefined;
	password?: string;
	name?: string;
	qop?: string | undefined;
	nc?: string;
	nonce: string;
}

/** Value of Authorization, computed here and not by the code under test (RFC 7616 section 3.4). */
function authorization({ hash = "SHA-256", nonce, nc = "00000001", ...given }: Answer): string {
	const algorithm = "algorithm" in given ? given.algorithm : hash;
	const qop = "qop" in given ? given.qop : "auth";
	const h = (text: string): string => toHex((hash === "MD5" ? md5 : sha256)(encodeUTF8(text)));
	const name = given.name ?? user;
	const uri = "sip:somebody@elsewhere";
	const a1 = h(`${name}:gateway:${given.password ?? password}`);
	const middle = qop === undefined ? nonce : `${nonce}:${nc}:cafe:${qop}`;
	const response = h(`${a1}:${middle}:${h(`NOTIFY:${uri}`)}`);
	const quoted = String.fromCharCode(...encodeUTF8(name));
	return [
		`Digest username="${quoted}", realm="gateway", nonce="${nonce}", uri="${uri}", response="${response}"`,
		...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
		...(qop === undefined ? [] : [`qop=${qop}, nc=${nc}, cnonce="cafe"`]),
	].join(", ");
}

function answer(bench: Bench, value: string, peer = stranger): string {
	return bench.send(notify(`a${serial++}`, "check-sync", `Authorization: ${value}`), peer);
}

const isStale = (response: string): boolean => response.includes("stale=true");

test("both algorithms are offered in the order of the settings, and each is taken", () => {
	for (const algorithms of [["SHA-256", "MD5"] as const, ["MD5", "SHA-256"] as const, ["SHA-256"] as const]) {
		const bench = makeBench([...algorithms]);
		const response = challenge(bench);
		assert.equal(statusOf(response), 401);
		assert.deepEqual(
			[...response.matchAll(/^WWW-Authenticate: Digest .*algorithm=([A-Z0-9-]+)/gm)].map((match) => match[1]),
			algorithms,
		);
		for (const hash of algorithms) {
			const nonce = parameter(challenge(bench), "nonce");
			assert.equal(statusOf(answer(bench, authorization({ hash, nonce }))), 200, hash);
		}
		assert.equal(bench.triggers.length, algorithms.length);
	}
});

test("a retransmission of the answered request is answered, though its count was taken", () => {
	const bench = makeBench();
	const nonce = parameter(challenge(bench), "nonce");
	const request = notify("again", "check-sync", `Authorization: ${authorization({ nonce })}`);
	assert.equal(statusOf(bench.send(request, stranger)), 200);
	assert.equal(statusOf(bench.send(request, stranger)), 200);
	assert.equal(bench.triggers.length, 1);
});

test("an overheard answer is taken once: counts may come in any order, but none twice", () => {
	const bench = makeBench();
	const nonce = parameter(challenge(bench), "nonce");
	const send = (count: number): string =>
		answer(bench, authorization({ nonce, nc: count.toString(16).padStart(8, "0") }));
	for (const count of [1, 3, 2, 40, 39, 9]) assert.equal(statusOf(send(count)), 200, String(count));
	for (const count of [1, 3, 2, 40, 39, 9, 8]) {
		const response = send(count);
		assert.equal(statusOf(response), 401, String(count));
		assert.ok(isStale(response));
	}
	assert.equal(bench.triggers.length, 6);
	assert.equal(bench.agent.counts.get("refused: replayed"), 7);
});

test("an answer from another address than the challenged one is stale", () => {
	const bench = makeBench();
	const nonce = parameter(challenge(bench), "nonce");
	const response = answer(bench, authorization({ nonce }), { ...stranger, address: "203.0.113.6" });
	assert.equal(statusOf(response), 401);
	assert.ok(isStale(response));
});

test("a nonce expires, and one that was altered or invented is none", () => {
	const bench = makeBench();
	const nonce = parameter(challenge(bench), "nonce");
	for (let i = 0; i < nonce.length; i++) {
		const other = nonce.slice(0, i) + (nonce.charAt(i) === "0" ? "1" : "0") + nonce.slice(i + 1);
		assert.ok(isStale(answer(bench, authorization({ nonce: other }))), String(i));
	}
	for (const other of ["", "x", `${nonce}00`, nonce.toUpperCase().replace(/[0-9]/g, "A")])
		assert.ok(isStale(answer(bench, authorization({ nonce: other }))), other);
	bench.clock.advance(62_000);
	assert.ok(isStale(answer(bench, authorization({ nonce }))));
	assert.deepEqual(bench.triggers, []);
});

test("a wrong user or password is refused; after five the address has to wait a minute, and others have not", () => {
	const bench = makeBench();
	const attempt = (more: Partial<Answer>, peer = stranger): number => {
		const nonce = parameter(challenge(bench, peer), "nonce");
		return statusOf(answer(bench, authorization({ nonce, ...more }), peer));
	};
	assert.equal(attempt({ name: "root" }), 401);
	for (let i = 0; i < 4; i++) assert.equal(attempt({ password: `guess ${i}` }), 401);
	assert.equal(attempt({}), 403, "locked");
	assert.equal(attempt({}, { ...stranger, address: "203.0.113.6" }), 200);
	bench.clock.advance(60_000);
	assert.equal(attempt({}), 200);
	assert.ok(!JSON.stringify([bench.notes, [...bench.agent.counts.keys()]]).includes("guess"));
	assert.equal(bench.agent.counts.get("refused: password"), 5);
	assert.equal(bench.agent.counts.get("refused: locked"), 1);
});

test("a forged source cannot lock an address out: what was not challenged does not count", () => {
	const bench = makeBench();
	for (let i = 0; i < 20; i++) answer(bench, authorization({ nonce: "00".repeat(20), password: "guess" }));
	const nonce = parameter(challenge(bench), "nonce");
	assert.equal(statusOf(answer(bench, authorization({ nonce }))), 200);
});

test("-sess, auth-int, other algorithms and half an answer are refused plainly", () => {
	const bench = makeBench(["SHA-256"]);
	const nonce = parameter(challenge(bench), "nonce");
	for (const value of [
		authorization({ nonce, algorithm: "SHA-256-sess" }),
		authorization({ nonce, algorithm: "SHA-512-256" }),
		authorization({ nonce, hash: "MD5" }),
		authorization({ nonce, hash: "MD5", algorithm: undefined }),
		authorization({ nonce, qop: "auth-int" }),
		authorization({ nonce, nc: "1" }),
		'Digest realm="gateway"',
		'Digest realm="gateway',
	]) {
		assert.equal(statusOf(answer(bench, value)), 400, value);
	}
	assert.equal(bench.agent.counts.get("refused: digest"), 8);
	assert.deepEqual(bench.triggers, []);
});

test("credentials for another realm or scheme are none; without qop a nonce is good once", () => {
	const bench = makeBench();
	const nonce = parameter(challenge(bench), "nonce");
	for (const value of ["Basic b3A6cHc=", 'Digest realm="pbx", nonce="x", username="y"'])
		assert.equal(statusOf(answer(bench, value)), 401, value);
	const old = authorization({ nonce, qop: undefined, hash: "MD5", algorithm: undefined });
	assert.equal(statusOf(answer(bench, old)), 200);
	assert.equal(statusOf(answer(bench, old)), 401);
});

test("more nonces than are remembered: the forgotten ones are stale, never good again", () => {
	let now = 0;
	const nonces = new Nonces({ ticks: () => now, random: (bytes) => bytes.fill(7) });
	const given = Array.from({ length: 12 }, () => nonces.open(nonces.make("a"), "a"));
	for (const nonce of given) assert.equal(nonce && nonces.use(nonce, 1), "good");
	assert.deepEqual(
		given.map((nonce) => nonce && nonces.use(nonce, 1)),
		given.map((_, i) => (i < 4 ? "stale" : "replayed")),
	);
	now = 61_000;
	assert.equal(nonces.open(nonces.make("a"), "a")?.serial, 12);
});

test("HMAC-SHA-256 gives what RFC 4231 says", () => {
	const key = new Uint8Array(20).fill(0x0b);
	assert.equal(
		toHex(hmacSHA256(key, encodeLatin1("Hi There"))),
		"b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
	);
	assert.equal(
		toHex(hmacSHA256(encodeLatin1("Jefe"), encodeLatin1("what do ya want for nothing?"))),
		"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
	);
});
