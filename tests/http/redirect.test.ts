// SPDX-License-Identifier: Apache-2.0
//
// Redirects of a session: where they lead, when they end, and that credentials and the client's certificate stay at home.

import test from "node:test";
import assert from "node:assert/strict";
import type { TCPOptions } from "../../modules/ecma419/tcp.js";
import { resolveReference } from "../../modules/http/reference.js";
import { parseURL } from "../../modules/http/url.js";
import { address, otherAddress, response, SessionBench } from "./session-bench.js";

const ok = response(200, [], "fine");
const to = (location: string, status = 302): string => response(status, [`Location: ${location}`], "moved");
const path = (request: string): string => request.split(" ")[1] ?? "";

test("resolveReference() resolves the examples of RFC 3986 section 5.4", () => {
	const base = parseURL("http://a/b/c/d;p?q");
	const cases: [string, string][] = [
		["g:h", "g:h"],
		["g", "http://a/b/c/g"],
		["./g", "http://a/b/c/g"],
		["g/", "http://a/b/c/g/"],
		["/g", "http://a/g"],
		["//g", "http://g"],
		["?y", "http://a/b/c/d;p?y"],
		["g?y", "http://a/b/c/g?y"],
		["#s", "http://a/b/c/d;p?q"],
		["g#s", "http://a/b/c/g"],
		["g?y#s", "http://a/b/c/g?y"],
		[";x", "http://a/b/c/;x"],
		["g;x", "http://a/b/c/g;x"],
		["", "http://a/b/c/d;p?q"],
		[".", "http://a/b/c/"],
		["./", "http://a/b/c/"],
		["..", "http://a/b/"],
		["../", "http://a/b/"],
		["../g", "http://a/b/g"],
		["../..", "http://a/"],
		["../../g", "http://a/g"],
		["../../../g", "http://a/g"],
		["../../../../g", "http://a/g"],
		["/./g", "http://a/g"],
		["/../g", "http://a/g"],
		["g.", "http://a/b/c/g."],
		["..g", "http://a/b/c/..g"],
		["./../g", "http://a/b/g"],
		["./g/.", "http://a/b/c/g/"],
		["g/./h", "http://a/b/c/g/h"],
		["g/../h", "http://a/b/c/h"],
		["g;x=1/../y", "http://a/b/c/y"],
		["g?y/../x", "http://a/b/c/g?y/../x"],
		["http:g", "http:g"],
		["https://u:p@x:1/./y/../z?q", "https://u:p@x:1/z?q"],
		["//[::1]:8/../y", "http://[::1]:8/y"],
	];
	for (const [reference, expected] of cases) assert.equal(resolveReference(base, reference), expected, reference);
	assert.equal(resolveReference(parseURL("https://a:444"), "x"), "https://a:444/x");
});

test("all five kinds of redirect are followed with the same GET and the same headers", () => {
	for (const status of [301, 302, 303, 307, 308]) {
		const bench = new SessionBench();
		bench.script([to("../new?x=1#part", status), ok]);
		const result = bench.fetch("http://h/a/old", { headers: [["If-None-Match", '"1"']] });
		assert.deepEqual([result.end, result.statuses, result.body], ["done", [200], "fine"]);
		assert.match(bench.asked[1]!, /^GET \/new\?x=1 HTTP\/1\.1\r\n/);
		assert.equal(bench.header(1, "If-None-Match"), '"1"');
	}
});

test("a 3xx without Location, and other 3xx, are the caller's", () => {
	for (const [first, status] of [
		[response(302), 302],
		[response(300, ["Location: /x"]), 300],
		[response(305, ["Location: /x"]), 305],
		[response(201, ["Location: /x"]), 201],
	] as [string, number][]) {
		const bench = new SessionBench();
		bench.script([first, ok]);
		const result = bench.fetch("http://h/");
		assert.deepEqual([result.end, result.statuses, bench.asked.length], ["done", [status], 1]);
	}
});

test("five redirects are followed, a sixth is not", () => {
	for (const [count, end] of [
		[5, "done"],
		[6, "HTTP_REDIRECT_LIMIT"],
	] as [number, string][]) {
		const bench = new SessionBench();
		bench.serve((_, index) => (index < count ? to(`/${index + 1}`) : ok));
		const result = bench.fetch("http://h/0");
		assert.equal(result.end, end);
		assert.equal(bench.asked.length, 6);
		assert.equal(result.error?.status, end === "done" ? undefined : 302);
	}
	const none = new SessionBench();
	none.script([to("/x")]);
	assert.equal(none.fetch("http://h/", { redirects: 0 }).end, "HTTP_REDIRECT_LIMIT");
	assert.equal(none.asked.length, 1);
});

test("a redirect back to where it came from ends at once", () => {
	for (const chain of [["/"], ["/#again"], ["/a", "/"], ["/a", "/b", "http://H:80/a"]]) {
		const bench = new SessionBench();
		bench.serve((_, index) => to(chain[index] ?? "/never"));
		assert.equal(bench.fetch("http://h/").end, "HTTP_REDIRECT_LOOP", chain.join());
		assert.equal(bench.asked.length, chain.length);
	}
});

test("a Location that is no URL of ours is refused", () => {
	for (const fields of [
		["Location: ftp://h/x"],
		["Location: http://h/a b"],
		["Location: http:///x"],
		["Location: javascript:alert(1)"],
		["Location: http://h:99999/"],
		["Location: /a", "Location: /b"],
	]) {
		const bench = new SessionBench();
		bench.script([response(302, fields), ok]);
		const result = bench.fetch("http://h/");
		assert.deepEqual([result.end, result.error?.status, bench.asked.length], ["HTTP_REDIRECT", 302, 1], fields.join());
	}
});

test("credentials go to their origin only, also on the way back to it", () => {
	for (const [url, options] of [
		["http://u:p@h/start", {}],
		["http://h/start", { credentials: [{ user: "u", password: "p" }] }],
	] as const) {
		const bench = new SessionBench();
		const needs = (request: string, then: string): string =>
			request.includes("\r\nAuthorization: ") ? then : response(401, ['WWW-Authenticate: Basic realm="r"']);
		bench.serve((request) => needs(request, path(request) === "/start" ? to("http://other/there") : ok));
		bench.script([to("http://h/back")], otherAddress);
		const result = bench.fetch(url, options);
		assert.deepEqual([result.end, result.body], ["done", "fine"]);
		const there = bench.asked.filter((request) => request.includes("/there"));
		assert.equal(there.length, 1);
		assert.ok(!there[0]!.includes("Authorization"));
		assert.ok(bench.asked.at(-1)!.includes("\r\nAuthorization: Basic "));
	}
});

test("another origin that asks for credentials gets none: other port, other host, other scheme", () => {
	const ask = response(401, ['WWW-Authenticate: Basic realm="r", Digest realm="r", nonce="n"']);
	for (const [location, at, port] of [
		["http://h:81/", address, 81],
		["http://other/", otherAddress, 80],
		["http://x:y@other/", otherAddress, 80],
	] as [string, string, number][]) {
		const bench = new SessionBench();
		bench.script([to(location)]);
		bench.script([ask], at, port);
		const result = bench.fetch("http://u:p@h/");
		assert.deepEqual([result.end, result.error?.status], ["HTTP_UNAUTHORIZED", 401]);
		assert.equal(bench.asked.length, 2);
		assert.equal(bench.header(1, "Authorization"), undefined);
	}
});

/** A bench whose https goes in the clear to port 443; notes how each socket was asked for. */
function secureBench(): { bench: SessionBench; opened: string[] } {
	const opened: string[] = [];
	const bench: SessionBench = new SessionBench({
		secure: (url, { identified }) => {
			opened.push(`${url.host} ${identified}`);
			return (options: TCPOptions) => new bench.network.TCP(options);
		},
	});
	return { bench, opened };
}

test("a redirect from https to http is refused, from http to https followed without credentials", () => {
	const down = secureBench().bench;
	down.script([to("http://h/")], address, 443);
	down.script([ok]);
	assert.equal(down.fetch("https://h/").end, "HTTP_REDIRECT_DOWNGRADE");
	assert.equal(down.asked.length, 1);
	const { bench: up, opened } = secureBench();
	up.script([to("https://h/")]);
	up.script([ok], address, 443);
	assert.equal(up.fetch("http://u:p@h/").end, "done");
	assert.equal(up.header(1, "Authorization"), undefined);
	assert.deepEqual(opened, ["h false"]);
});

test("the client's certificate is for the origin that was asked for, and a connection that showed it for no other request", () => {
	const { bench, opened } = secureBench();
	bench.serve((request) => (path(request) === "/away" ? to("https://other/x") : ok), address, 443);
	bench.script([ok], otherAddress, 443);
	const run = (url: string): string => {
		const result = bench.get(url);
		bench.clock.advance(1000);
		return result.end;
	};
	assert.equal(run("https://h/away"), "done");
	assert.equal(run("https://other/x"), "done");
	assert.deepEqual(opened, ["h true", "other false", "other true"]);
});

const untilOf = (host: string): number => host.length * 1000;

/** A bench whose sockets to port 443 say that they are verified, but for one host. */
function provingBench(unproved: string): SessionBench {
	const bench: SessionBench = new SessionBench({
		secure: (url) => (options: TCPOptions) =>
			Object.assign(new bench.network.TCP(options), {
				verified: url.host !== unproved,
				verifiedUntil: untilOf(url.host),
			}),
	});
	return bench;
}

test("a response is verified when it and all redirects before it came over verified TLS", () => {
	const cases: [string, string, boolean][] = [
		["https://h/stay", "", true],
		["https://h/away", "", true],
		["https://h/away", "other", false],
		["https://h/away", "h", false],
		["http://h/away", "", false],
		["http://h/stay", "", false],
	];
	for (const [url, unproved, expected] of cases) {
		const bench = provingBench(unproved);
		for (const port of [80, 443])
			bench.serve((request) => (path(request) === "/away" ? to("https://other/x") : ok), address, port);
		bench.script([ok], otherAddress, 443);
		let verified: boolean | undefined;
		const result = bench.get(url, { onHeaders: () => (verified = result.request.verified) });
		assert.equal(result.request.verified, false);
		bench.clock.advance(1000);
		assert.equal(result.end, "done");
		assert.deepEqual([verified, result.request.verified], [expected, expected], `${url} ${unproved}`);
		const until = untilOf(url.endsWith("away") ? "other" : "h");
		assert.equal(result.request.verifiedUntil, expected ? until : undefined);
	}
});

test("https without TLS in the client is an error of the redirect too", () => {
	const bench = new SessionBench();
	bench.script([to("https://h/")]);
	assert.equal(bench.fetch("http://h/").end, "HTTP_NO_TLS");
	assert.equal(bench.clock.pending, 0);
});
