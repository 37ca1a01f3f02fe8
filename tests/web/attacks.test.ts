// SPDX-License-Identifier: Apache-2.0
//
// The pages of a real gateway and those who should not get in: without log-in, from other sites, with guesses, with bad bodies.
// node-only: a gateway over https

import test, { after, before } from "node:test";
import assert from "node:assert/strict";
import { pbkdf2Sync } from "node:crypto";
import { routes } from "../../modules/web/routes.js";
import { password, Site, type Visitor } from "./site.js";

const secret = "hidden-treasure-9";
let site: Site;
let owner: Visitor;

before(async () => {
	const ini = `HostName = 'lobby'\nAutoUpdateOnStartup = 0\nAUPDDigestPassword = '${secret}'\nIniFileURL = 'http://user:${secret}@192.0.2.9/a.ini'\n`;
	site = await Site.open({ ini });
	owner = site.visitor();
});
after(() => site.close());

const codeOf = ({ json }: { json: Record<string, unknown> }): unknown =>
	(json.error as { code?: string } | undefined)?.code;

test("while there is no password, nothing is shown and nothing changed but by setting one", async () => {
	const guest = site.visitor();
	assert.equal((await guest.ask("/api/session")).json.state, "setup");
	for (const { method, path, open } of routes.filter((route) => !route.open)) {
		const answer = await guest.ask(path, method === "POST" ? { body: {} } : {});
		assert.deepEqual([answer.status, codeOf(answer)], [401, "WEB_LOGIN"], `${path} ${open}`);
	}
	assert.equal(codeOf(await guest.enter("/api/login")), "WEB_SETUP");
});

test("a site whose name leads here cannot set the first password, nor one that another site sends", async () => {
	const guest = site.visitor();
	const body = { password: "attackers choice" };
	for (const [headers, status] of [
		[{ host: "rebound.evil.example" }, 421],
		[{ origin: "https://evil.example" }, 403],
		[{ "sec-fetch-site": "cross-site" }, 403],
		[{ "content-type": "text/plain" }, 415],
	] as [Record<string, string>, number][])
		assert.equal((await guest.ask("/api/setup", { body, headers })).status, status);
	assert.equal(codeOf(await guest.enter("/api/setup", "short")), "WEB_PASSWORD");
	assert.equal((await guest.ask("/api/session")).json.state, "setup");
});

test("the first password opens the pages, and cannot be set a second time", async () => {
	const answer = await owner.enter("/api/setup");
	assert.equal(answer.status, 200);
	assert.match(
		answer.headers["set-cookie"]![0]!,
		/^__Host-upgate=[0-9a-f]{32}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
	);
	assert.equal((await owner.ask("/api/status")).status, 200);
	const guest = site.visitor();
	assert.equal(codeOf(await guest.enter("/api/setup", "another password")), "WEB_SETUP");
});

test("a request that changes something needs cookie, token, and our own origin", async () => {
	const ask = (headers: Record<string, string>) => owner.ask("/api/logout", { body: {}, headers });
	for (const [headers, status] of [
		[{ cookie: "" }, 401],
		[{ "x-csrf-token": "" }, 403],
		[{ "x-csrf-token": "0".repeat(32) }, 403],
		[{ origin: "https://127.0.0.1" }, 403],
		[{ origin: "null" }, 403],
		[{ "sec-fetch-site": "same-site" }, 403],
	] as [Record<string, string>, number][])
		assert.equal((await ask(headers)).status, status, JSON.stringify(headers));
	assert.equal((await owner.ask("/api/status")).status, 200);
	assert.equal((await owner.ask("/api/update")).status, 405);
	assert.equal((await owner.ask("/api/update", { method: "PUT" })).status, 501);
});

test("every answer carries a strict policy, and none is stored", async () => {
	for (const path of ["/", "/app.js", "/app.css", "/api/session", "/api/status", "/api/nothing", "/nothing"]) {
		const { headers } = await owner.ask(path);
		assert.match(
			String(headers["content-security-policy"]),
			/^default-src 'none'; script-src 'self';.*frame-ancestors 'none'$/,
		);
		assert.doesNotMatch(String(headers["content-security-policy"]), /unsafe|\*/);
		assert.equal(headers["x-content-type-options"], "nosniff");
		if (path.startsWith("/api/")) assert.equal(headers["cache-control"], "no-store");
	}
	const first = await owner.ask("/app.js");
	assert.equal((await owner.ask("/app.js", { headers: { "if-none-match": String(first.headers.etag) } })).status, 304);
	for (const path of ["/../etc/passwd", "/%2e%2e/x", "/app.js/", "/APP.JS"])
		assert.equal((await owner.ask(path)).status, 404, path);
});

test("no secret stands in any answer", async () => {
	const paths = routes.filter(({ method, path }) => method === "GET" && path !== "/api/events").map(({ path }) => path);
	const pages = ["sip", "update", "certificates", "snmp", "web", "network", "general"].map(
		(id) => `/api/page?id=${id}`,
	);
	let seen = "";
	for (const path of [...paths, ...pages]) seen += (await owner.ask(path)).body.toString("utf8");
	assert.ok(seen.includes("IniFileURL") && seen.includes("192.0.2.9"));
	for (const word of [secret, password, "PRIVATE KEY"]) assert.ok(!seen.includes(word), word);
});

test("wrong values change nothing, and each is told at its field", async () => {
	const ask = (values: unknown) => owner.ask("/api/settings", { body: { values } as object });
	const { status, json } = await ask([
		["EnableSIPRemoteReset", "1"],
		["AutoUpdateFrequency", "-5"],
		["AutoUpdatePredefinedTime", "25:00"],
		["IniFileURL", "gopher://x/"],
		["NTPServerIP", "a b"],
		["NoSuchThing", "1"],
		["ResetNow", "1"],
	]);
	assert.equal(status, 422);
	const { fields } = json.error as { fields: { name: string; message: string }[] };
	assert.deepEqual(
		fields.map(({ name }) => name),
		["AutoUpdateFrequency", "AutoUpdatePredefinedTime", "IniFileURL", "NTPServerIP", "NoSuchThing", "ResetNow"],
	);
	assert.match(fields[0]!.message, /0 to 65536 min/);
	assert.match((await owner.ask("/api/page?id=sip")).body.toString(), /"name":"EnableSIPRemoteReset"[^}]*"text":"0"/);
	const hidden = await ask([["IniFileURL", "http://***@192.0.2.9/b.ini"]]);
	assert.equal(hidden.status, 422);
	const many = Array.from({ length: 65 }, () => ["HostName", "a"]);
	for (const values of [
		undefined,
		null,
		5,
		{ a: "1" },
		[1],
		[["a", 1]],
		[["a", null]],
		[["a"]],
		[["a", "1", "2"]],
		many,
	])
		assert.equal(codeOf(await ask(values)), "WEB_BODY", JSON.stringify(values));
	assert.equal((await ask([["__proto__", "1"]])).status, 422);
	assert.equal(
		codeOf(await owner.ask("/api/settings", { body: "{", headers: { "content-type": "application/json" } })),
		"WEB_BODY",
	);
	const long = { body: { values: [["HostName", "x".repeat(9000)]] } };
	assert.equal((await owner.ask("/api/settings", long)).status, 413);
});

test("guesses are slowed down, the right word too while the wait is on", async () => {
	const guest = site.visitor();
	for (let i = 0; i < 3; i++) assert.equal(codeOf(await guest.enter("/api/login", `guess ${i}`)), "WEB_PASSWORD");
	const waiting = await guest.enter("/api/login");
	assert.deepEqual([waiting.status, codeOf(waiting)], [429, "WEB_WAIT"]);
	assert.ok(Number(waiting.headers["retry-after"]) >= 1);
	assert.equal((await owner.ask("/api/status")).status, 200, "who is in stays in");
});

test("a new password ends the other sessions; log-out ends one's own", async () => {
	await new Promise((resolve) => setTimeout(resolve, 2500));
	const other = site.visitor();
	assert.equal((await other.enter()).status, 200);
	const next = "another horse battery";
	assert.equal((await owner.ask("/api/password", { body: { old: password, password: next } })).status, 200);
	assert.equal((await other.ask("/api/status")).status, 401);
	assert.equal((await owner.ask("/api/status")).status, 200);
	const { cookie } = owner;
	assert.equal((await owner.ask("/api/logout", { body: {} })).json.state, "login");
	owner.cookie = cookie;
	assert.equal((await owner.ask("/api/status")).status, 401);
	assert.equal((await owner.enter("/api/login", next)).status, 200);
	assert.notEqual(owner.cookie, cookie);
});

test("with DisableWebConfig the pages show and change nothing", async () => {
	assert.equal((await owner.ask("/api/settings", { body: { values: [["DisableWebConfig", "1"]] } })).status, 200);
	for (const { path } of routes.filter(({ changes }) => changes === true))
		assert.equal(codeOf(await owner.ask(path, { body: {} })), "WEB_READ_ONLY", path);
	assert.equal((await owner.ask("/api/page?id=sip")).status, 200);
});

test("the password stands in the flash as PBKDF2 says, and not as it is", async () => {
	await site.bench.powerOff();
	const { readFileSync } = await import("node:fs");
	const flash = readFileSync(site.bench.flash);
	assert.ok(!flash.includes("another horse battery") && !flash.includes(password));
	const hashes: boolean[] = [];
	// The record: version 1, 10,000 rounds, salt, hash.
	const head = Buffer.from([1, 0, 0, 0x27, 0x10]);
	for (let at = flash.indexOf(head); at >= 0; at = flash.indexOf(head, at + 1)) {
		const salt = flash.subarray(at + 5, at + 21);
		hashes.push(
			pbkdf2Sync("another horse battery", salt, 10_000, 32, "sha256").equals(flash.subarray(at + 21, at + 53)),
		);
	}
	assert.ok(hashes.includes(true));
});
