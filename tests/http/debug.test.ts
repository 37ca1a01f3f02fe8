// SPDX-License-Identifier: Apache-2.0
//
// What is told of requests and responses: enough to see what went wrong, and no credentials.

import assert from "node:assert/strict";
import test from "node:test";
import { challenge, md5, ok } from "./digest-peer.js";
import { otherAddress, response, SessionBench } from "./session-bench.js";

function makeBench(): { bench: SessionBench; told: string[] } {
	const told: string[] = [];
	return { bench: new SessionBench({ debug: { line: (text) => told.push(text) } }), told };
}

test("a request and its response are told, and that the connection is used again", () => {
	const { bench, told } = makeBench();
	bench.script([response(200, ["Server: s", "X-Own: hush", "Set-Cookie: a=hush"], "fine")]);
	bench.get("http://h/a?b=c&token=hush", { headers: [["User-Agent", "gw/1"]] });
	bench.clock.advance(1000);
	bench.fetch("http://h/b");
	assert.deepEqual(told.slice(0, 13), [
		": connects to 10.0.0.1 port 80",
		"> GET /a?b=c&token=... HTTP/1.1",
		">   Host: h",
		">   Connection: keep-alive",
		">   Accept-Encoding: identity",
		">   Accept: */*",
		">   User-Agent: gw/1",
		"< HTTP/1.1 200 X",
		"<   Server: s",
		"<   X-Own: (4 characters)",
		"<   Set-Cookie: (6 characters)",
		"<   Content-Length: 4",
		": response complete, connection kept",
	]);
	assert.equal(told[13], ": connection to http://h:80 used again");
	assert.equal(told.at(-1), ": connection to http://h:80 closed");
});

test("a challenge, credentials of all kinds and a redirect show no secret", () => {
	const { bench, told } = makeBench();
	bench.script([challenge(md5), response(302, ["Location: http://me:hush@other/x?key=hush"])]);
	bench.script([ok], otherAddress);
	bench.script([response(401, ['WWW-Authenticate: Basic realm="r"'])], otherAddress, 81);
	bench.fetch("http://h/a", { credentials: [{ user: "gw-user", password: "hush" }] });
	bench.fetch("http://gw-user:hush@other:81/b");
	const all = told.join("\n");
	assert.ok(!/hush|gw-user|Z3ctdXNlcg|n1|response=/.test(all), all);
	assert.ok(told.includes('>   Authorization: Digest ... realm="r" ... algorithm=MD5 qop=auth ...'), all);
	assert.ok(told.includes('<   WWW-Authenticate: Digest realm="r" ... qop="auth" algorithm=MD5'));
	assert.ok(told.includes(": the server asks for credentials, and gets them"));
	assert.ok(told.includes(": redirect to http://other/x?key=..., without credentials"));
	assert.ok(told.includes(">   Authorization: Basic ..."));
	assert.ok(told.includes(": HTTP_UNAUTHORIZED: the server refused user name or password"));
});

test("why there is no response is told", () => {
	const { bench, told } = makeBench();
	bench.serve((_, count, peer) => {
		if (count === 0) return response(200);
		peer.close();
		return undefined;
	});
	bench.get("http://h/a");
	bench.clock.advance(1000);
	bench.fetch("http://h/b");
	assert.ok(
		told.some((line) => /^: HTTP_CLOSED: .*; sent again on a new connection$/.test(line)),
		told.join("\n"),
	);
	assert.match(told.at(-1) ?? "", /^: HTTP_CLOSED: [^;]*$/);
	bench.fetch("http://nobody/");
	assert.match(told.at(-1) ?? "", /^: HTTP_RESOLVE: /);
});
