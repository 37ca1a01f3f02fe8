// SPDX-License-Identifier: Apache-2.0
//
// Authentication of a session against scripted servers: what is sent, when it ends, and that nothing goes where it must not.

import test from "node:test";
import assert from "node:assert/strict";
import { encodeBase64 } from "../../modules/bytes/base64.js";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { challenge, credentials, digestOf, isRight, md5, ok } from "./digest-peer.js";
import { response, SessionBench } from "./session-bench.js";

const basic = (text: string): string => `Basic ${encodeBase64(encodeUTF8(text))}`;

test("credentials of the URL go out with the first request by Basic, in UTF-8", () => {
	const bench = new SessionBench();
	bench.script([ok]);
	const result = bench.fetch("http://J%C3%A4:p%3Aw@h/x");
	assert.deepEqual([result.end, result.statuses, result.body], ["done", [200], "fine"]);
	assert.equal(bench.asked.length, 1);
	assert.equal(bench.header(0, "Authorization"), basic("Jä:p:w"));
});

test("an empty user in the URL is none, an empty password is one", () => {
	const bench = new SessionBench();
	bench.script([ok]);
	bench.fetch("http://:p@h/");
	bench.fetch("http://u@h/");
	assert.equal(bench.header(0, "Authorization"), undefined);
	assert.equal(bench.header(1, "Authorization"), basic("u:"));
});

test("other credentials wait for a challenge, then Basic is remembered for the server", () => {
	const bench = new SessionBench();
	bench.script([challenge('Basic realm="r"'), ok]);
	const result = bench.get("http://h/a", { credentials });
	bench.clock.advance(1000);
	bench.fetch("http://h/b", { credentials });
	assert.deepEqual([result.end, result.statuses, result.body], ["done", [200], "fine"]);
	assert.equal(bench.asked.length, 3);
	assert.equal(bench.header(0, "Authorization"), undefined);
	for (const index of [1, 2]) assert.equal(bench.header(index, "Authorization"), basic("u:p"));
	assert.equal(bench.network.peers.length, 1);
});

test("Digest answers a challenge on the same connection, and counts on with the same nonce", () => {
	const bench = new SessionBench();
	bench.script([challenge(md5), ok]);
	const results = ["/a?b=c", "/d"].map((path) => {
		const result = bench.get(`http://h${path}`, { credentials });
		bench.clock.advance(1000);
		return result;
	});
	assert.deepEqual(
		results.map(({ end, body }) => [end, body]),
		[
			["done", "fine"],
			["done", "fine"],
		],
	);
	assert.equal(bench.asked.length, 3);
	assert.deepEqual(
		[1, 2].map((index) => [digestOf(bench, index).nc, digestOf(bench, index).uri]),
		[
			["00000001", "/a?b=c"],
			["00000002", "/d"],
		],
	);
	assert.ok(isRight(bench, 1, md5) && isRight(bench, 2, md5));
	assert.equal(bench.network.peers.length, 1);
});

test("every algorithm and quality of protection is answered", () => {
	for (const algorithm of ["", "MD5", "MD5-sess", "SHA-256", "sha-256-SESS"]) {
		for (const quality of ["", "auth", "auth-int", "auth,auth-int"]) {
			const bench = new SessionBench();
			const parts = [algorithm && `algorithm=${algorithm}`, quality && `qop="${quality}"`].filter(
				(part) => part !== "",
			);
			const offered = ['Digest realm="r", nonce="n1", opaque="o\\"o"', ...parts].join(", ");
			bench.script([challenge(offered), ok]);
			assert.equal(bench.fetch("http://h/", { credentials }).end, "done");
			assert.ok(isRight(bench, 1, offered), offered);
			const { opaque, qop, nc, algorithm: named } = digestOf(bench, 1);
			assert.equal(opaque, 'o"o');
			assert.equal(named, algorithm === "" ? undefined : algorithm);
			assert.equal(qop, quality === "" ? undefined : quality.split(",")[0]);
			assert.equal(nc, quality === "" ? undefined : "00000001");
		}
	}
});

test("the strongest challenge is taken, in one field or several, in any order", () => {
	const sha = 'Digest realm="r", nonce="n2", qop="auth", algorithm=SHA-256';
	const unknown = 'Digest realm="r", nonce="n3", qop="auth", algorithm=SHA-512-256';
	const weak = 'Basic realm="r"';
	for (const fields of [
		[`${weak}, ${md5}, ${sha}`],
		[weak, sha, md5],
		[unknown, md5, sha, weak],
		["Negotiate", sha],
		[sha, '"broken'],
	]) {
		const bench = new SessionBench();
		bench.script([
			response(
				401,
				fields.map((field) => `WWW-Authenticate: ${field}`),
			),
			ok,
		]);
		assert.equal(bench.fetch("http://h/", { credentials }).end, "done");
		assert.ok(isRight(bench, 1, sha), fields.join());
	}
});

test("credentials for Digest only are never given away by Basic", () => {
	const bench = new SessionBench();
	bench.script([challenge('Basic realm="r"'), ok]);
	const result = bench.fetch("http://h/", { credentials: [{ user: "u", password: "p", digestOnly: true }] });
	assert.deepEqual([result.end, result.error?.status, bench.asked.length], ["HTTP_UNAUTHORIZED", 401, 1]);
	const second = new SessionBench();
	second.script([challenge('Basic realm="r"'), ok]);
	const list = [
		{ user: "u", password: "p", digestOnly: true },
		{ user: "x", password: "y" },
	];
	assert.equal(second.fetch("http://h/", { credentials: list }).end, "done");
	assert.equal(second.header(1, "Authorization"), basic("x:y"));
});

test("credentials of the URL win over the others", () => {
	const bench = new SessionBench();
	bench.script([challenge(md5), ok]);
	assert.equal(bench.fetch("http://me:secret@h/", { credentials }).end, "done");
	assert.equal(bench.header(0, "Authorization"), basic("me:secret"));
	assert.equal(digestOf(bench, 1).username, "me");
});

test("a server that refuses is not asked a second time with the same credentials", () => {
	const cases: [string, string, number][] = [
		["http://u:p@h/", 'Basic realm="r"', 1],
		["http://u:p@h/", `Basic realm="r", ${md5}`, 1],
		["http://u:p@h/", "Negotiate", 1],
		["http://u:p@h/", md5, 2],
		["http://h/", md5, 2],
		["http://h/", `${md5}, stale=false`, 2],
		["http://h/", 'Basic realm="r"', 2],
		["http://h/", `Basic realm="r", ${md5}`, 2],
	];
	for (const [url, offered, requests] of cases) {
		const bench = new SessionBench();
		bench.script([challenge(offered)]);
		const result = bench.fetch(url, { credentials });
		assert.deepEqual([result.end, result.statuses, result.error?.status], ["HTTP_UNAUTHORIZED", [], 401], offered);
		assert.equal(bench.asked.length, requests, `${url} ${offered}`);
		assert.equal(bench.network.open, 0);
		assert.equal(bench.clock.pending, 0);
	}
});

test("a server that asks in another way each time gets one answer", () => {
	const ways: ((count: number) => string)[] = [
		(count) => `Digest realm="r${count}", nonce="n"`,
		(count) => `Basic realm="r${count}"`,
		(count) => (count === 0 ? 'Basic realm="r"' : md5),
		(count) => (count === 0 ? md5 : 'Basic realm="r"'),
	];
	for (const way of ways) {
		const bench = new SessionBench();
		bench.serve((_, count) => challenge(way(count)));
		assert.equal(bench.fetch("http://h/", { credentials }).end, "HTTP_UNAUTHORIZED");
		assert.equal(bench.asked.length, 2, way.toString());
	}
});

test("what was refused is not sent unasked with the next request", () => {
	for (const offered of [md5, 'Basic realm="r"']) {
		const bench = new SessionBench();
		bench.script([challenge(offered), ok, challenge(offered), ok]);
		const ends = ["/1", "/2", "/3"].map((path) => {
			const result = bench.get(`http://h${path}`, { credentials });
			bench.clock.advance(1000);
			return result.end;
		});
		assert.deepEqual(ends, ["done", "HTTP_UNAUTHORIZED", "done"]);
		assert.equal(bench.header(3, "Authorization"), undefined);
	}
});

test("without credentials, or without a challenge that makes sense, the first 401 is the end", () => {
	for (const [fields, code, own] of [
		[[`WWW-Authenticate: ${md5}`], "HTTP_UNAUTHORIZED", []],
		[[], "HTTP_UNAUTHORIZED", credentials],
		[["WWW-Authenticate: Negotiate"], "HTTP_UNAUTHORIZED", credentials],
		[['WWW-Authenticate: Digest realm="r'], "HTTP_CHALLENGE", credentials],
		[['WWW-Authenticate: Digest realm="r"'], "HTTP_CHALLENGE", credentials],
	] as [string[], string, typeof credentials][]) {
		const bench = new SessionBench();
		bench.script([response(401, fields)]);
		const result = bench.fetch("http://h/", { credentials: own });
		assert.deepEqual([result.end, result.error?.status, bench.asked.length], [code, 401, 1]);
	}
});

test("get() refuses an Authorization of the caller and control characters in credentials", () => {
	const bench = new SessionBench();
	assert.throws(() => bench.session.get({ url: "http://h/", headers: [["authorization", "x"]] }), {
		code: "HTTP_HEADER_RESERVED",
	});
	assert.throws(() => bench.session.get({ url: "http://a%0d%0ab:c@h/" }), { code: "HTTP_CREDENTIALS" });
	assert.throws(() => bench.session.get({ url: "http://h/", credentials: [{ user: "u", password: "\u007f" }] }), {
		code: "HTTP_CREDENTIALS",
	});
	assert.equal(bench.clock.pending, 0);
});

test("no error message holds user or password", () => {
	const bench = new SessionBench();
	bench.script([challenge(md5)]);
	const { error } = bench.fetch("http://someuser:somepassword@h/");
	assert.ok(!`${error?.message} ${String(error?.cause)}`.includes("some"));
});

test("the body of a challenge is dropped, long, broken off or without end, and the answer goes out", () => {
	const head = `HTTP/1.1 401 X\r\nWWW-Authenticate: ${md5}\r\n`;
	for (const [rest, closes] of [
		["Content-Length: 100\r\n\r\nhalf", true],
		[`Content-Length: 500000\r\n\r\n${"x".repeat(500000)}`, false],
		["\r\nuntil the end", true],
		["Transfer-Encoding: chunked\r\n\r\nzz\r\n", false],
	] as [string, boolean][]) {
		const bench = new SessionBench();
		bench.serve((_, count, peer) => {
			if (count > 0) return ok;
			peer.send(head + rest);
			if (closes) peer.close();
			return undefined;
		});
		const result = bench.fetch("http://h/", { credentials });
		assert.deepEqual([result.end, result.body, bench.asked.length], ["done", "fine", 2], rest.slice(0, 20));
	}
});

test("cancel() at any moment of a challenge lets no call-back through", () => {
	for (let ms = 0; ms < 12; ms++) {
		const bench = new SessionBench();
		bench.script([challenge(md5), ok]);
		const result = bench.get("http://h/", { credentials });
		bench.clock.advance(ms);
		const { end, statuses } = result;
		const seen = [end, statuses.length];
		result.request.cancel();
		result.request.cancel();
		bench.clock.advance(100_000);
		assert.deepEqual([result.end, result.statuses.length], seen);
		assert.equal(bench.network.open, 0);
	}
});

test("the time for the whole request counts over all its exchanges", () => {
	const bench = new SessionBench();
	bench.serve((_, count, peer) => {
		bench.clock.timer.set(() => peer.clientClosed || peer.send(count === 0 ? challenge(md5) : ok), 600);
		return undefined;
	});
	assert.equal(bench.fetch("http://h/", { credentials, totalMs: 1000 }).end, "HTTP_TIMEOUT_TOTAL");
	assert.equal(bench.asked.length, 2);
});
