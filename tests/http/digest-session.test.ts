// SPDX-License-Identifier: Apache-2.0
//
// Digest over several requests of a session: nonces that go stale, realms, domains, and what Authentication-Info proves.

import test from "node:test";
import assert from "node:assert/strict";
import { encodeLatin1, toHex } from "../../modules/bytes/text.js";
import { parseChallenges } from "../../modules/http/challenge.js";
import { expectedRspauth, newHash, readDigestChallenge } from "../../modules/http/digest.js";
import { challenge, credentials, digestOf, isRight, md5, ok } from "./digest-peer.js";
import { response, SessionBench } from "./session-bench.js";

test("stale asks for one more try with the new nonce, and a storm of them ends", () => {
	const stale = (nonce: string): string => challenge(`Digest realm="r", nonce="${nonce}", qop="auth", stale=true`);
	const bench = new SessionBench();
	bench.script([challenge(md5), stale("n2"), ok]);
	assert.equal(bench.fetch("http://h/", { credentials }).end, "done");
	assert.deepEqual([digestOf(bench, 2).nonce, digestOf(bench, 2).nc], ["n2", "00000001"]);
	const storm = new SessionBench();
	storm.serve((_, count) => stale(`n${count}`));
	const result = storm.fetch("http://h/", { credentials });
	assert.equal(result.end, "HTTP_UNAUTHORIZED");
	assert.equal(storm.asked.length, 4);
});

test("a nonce that was good for one request may be stale for the next, and a refusal then is one", () => {
	const bench = new SessionBench();
	const stale = challenge('Digest realm="r", nonce="n2", qop="auth", stale="TRUE"');
	bench.script([challenge(md5), ok, stale, ok, challenge(md5)]);
	const ends = ["/1", "/2", "/3"].map((path) => {
		const result = bench.get(`http://h${path}`, { credentials });
		bench.clock.advance(1000);
		return result.end;
	});
	assert.deepEqual(ends, ["done", "done", "HTTP_UNAUTHORIZED"]);
	assert.equal(bench.asked.length, 5);
});

test("another realm of the same server gets an answer of its own", () => {
	const bench = new SessionBench();
	const second = 'Digest realm="second", nonce="m", qop="auth"';
	bench.script([challenge(md5), ok, challenge(second), ok]);
	for (const path of ["/1", "/2"]) {
		const result = bench.get(`http://h${path}`, { credentials });
		bench.clock.advance(1000);
		assert.equal(result.end, "done");
	}
	assert.ok(isRight(bench, 3, second));
});

test("a nonce with a domain is used unasked below it only", () => {
	const bench = new SessionBench();
	const offered = `${md5}, domain="/in http://H/also http://other/ nonsense "`;
	bench.serve((request) => (request.includes("Authorization") ? ok : challenge(offered)));
	for (const path of ["/in/1", "/in/2", "/also", "/out"]) {
		assert.equal(bench.get(`http://h${path}`, { credentials }).end, "");
		bench.clock.advance(1000);
	}
	const sent = bench.asked.map((_, index) => bench.header(index, "Authorization") !== undefined);
	assert.deepEqual(sent, [false, true, true, true, false, true]);
});

test("userhash and charset are answered as asked", () => {
	const bench = new SessionBench();
	bench.script([challenge(`${md5}, charset=UTF-8`), ok]);
	bench.fetch("http://h/", { credentials: [{ user: "Jä", password: "p" }] });
	assert.match(bench.header(1, "Authorization") ?? "", /^Digest username\*=UTF-8''J%C3%A4, realm=/);
	const hashed = new SessionBench();
	hashed.script([challenge(`${md5}, userhash=true`), ok]);
	hashed.fetch("http://h/", { credentials });
	const hash = newHash("MD5");
	hash.update(encodeLatin1("u:r"));
	assert.equal(digestOf(hashed, 1).username, toHex(hash.digest()));
	assert.equal(digestOf(hashed, 1).userhash, "true");
});

/** A response with an Authentication-Info made from the request that it answers. */
function informed(
	bench: SessionBench,
	offered: string,
	change: (info: Record<string, string>) => void,
	body = "fine",
): string {
	const sent = digestOf(bench, -1);
	const read = readDigestChallenge(parseChallenges(offered)[0]!)!;
	const request = { challenge: read, user: "u", password: "p", method: "GET", uri: sent.uri!, cnonce: sent.cnonce! };
	const hash = newHash(read.hash);
	hash.update(encodeLatin1(body));
	const rspauth = expectedRspauth({ ...request, count: Number(`0x${sent.nc!}`) }, read.quality, toHex(hash.digest()));
	const info: Record<string, string> = {
		rspauth: `"${rspauth}"`,
		cnonce: `"${sent.cnonce!}"`,
		nc: sent.nc!,
		qop: sent.qop!,
	};
	change(info);
	const list = Object.entries(info).map(([name, value]) => `${name}=${value}`);
	return response(200, [`Authentication-Info: ${list.join(", ")}`], body);
}

test("Authentication-Info that proves the password is accepted, any other refused", () => {
	const cases: [string, (info: Record<string, string>) => void][] = [
		["done", () => undefined],
		["done", (info) => delete info.rspauth],
		["done", (info) => (info.rspauth = info.rspauth!.toUpperCase())],
		["HTTP_AUTHENTICATION_INFO", (info) => (info.rspauth = `"${"0".repeat(32)}"`)],
		["HTTP_AUTHENTICATION_INFO", (info) => (info.rspauth = '""')],
		["HTTP_AUTHENTICATION_INFO", (info) => (info.cnonce = '"other"')],
		["HTTP_AUTHENTICATION_INFO", (info) => (info.nc = "00000002")],
		["HTTP_AUTHENTICATION_INFO", (info) => (info.qop = "auth-conf")],
		["HTTP_AUTHENTICATION_INFO", (info) => (info.x = '"open')],
	];
	for (const quality of ["auth", "auth-int"]) {
		for (const [end, change] of cases) {
			const bench = new SessionBench();
			const offered = `Digest realm="r", nonce="n1", algorithm=SHA-256, qop="${quality}"`;
			bench.serve((_, count) => (count === 0 ? challenge(offered) : informed(bench, offered, change)));
			const result = bench.fetch("http://h/", { credentials });
			assert.equal(result.end, end, `${quality} ${change.toString()}`);
			assert.equal(result.body, end === "done" || result.statuses.length > 0 ? "fine" : "");
		}
	}
});

test("a body that differs from what auth-int vouches for is refused at its end", () => {
	const bench = new SessionBench();
	const offered = 'Digest realm="r", nonce="n1", qop="auth-int"';
	bench.serve((_, count) => {
		if (count === 0) return challenge(offered);
		return informed(bench, offered, () => undefined).replace("fine", "evil");
	});
	const result = bench.fetch("http://h/", { credentials });
	assert.deepEqual([result.body, result.end], ["evil", "HTTP_AUTHENTICATION_INFO"]);
});

test("nextnonce is used from then on, counted from one, with another cnonce", () => {
	const bench = new SessionBench();
	bench.serve((_, count) => {
		if (count === 0) return challenge(md5);
		return count === 1 ? informed(bench, md5, (info) => (info.nextnonce = '"n2"')) : ok;
	});
	for (const path of ["/1", "/2", "/3"]) {
		bench.get(`http://h${path}`, { credentials });
		bench.clock.advance(1000);
	}
	assert.deepEqual(
		[1, 2, 3].map((index) => [digestOf(bench, index).nonce, digestOf(bench, index).nc]),
		[
			["n1", "00000001"],
			["n2", "00000001"],
			["n2", "00000002"],
		],
	);
	assert.notEqual(digestOf(bench, 1).cnonce, digestOf(bench, 2).cnonce);
	assert.ok(isRight(bench, 2, md5));
});
