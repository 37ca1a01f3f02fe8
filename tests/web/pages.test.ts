// SPDX-License-Identifier: Apache-2.0
//
// Where parameters stand, and the small parts: sessions, log, cookies and origins.

import test from "node:test";
import assert from "node:assert/strict";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { Headers } from "../../modules/http/headers.js";
import type { ServerExchange } from "../../modules/http-server/options.js";
import { parameters } from "../../modules/settings/registry.js";
import { findParameter } from "../../modules/settings/registry.js";
import { checkOrigin, checkOwnHost, checkToken, findSession, sessionCookie } from "../../modules/web/access.js";
import { readBytes, readJSON, textField } from "../../modules/web/body.js";
import { LogRing } from "../../modules/trace/log-ring.js";
import { findPage, isPlaced, pages } from "../../modules/web/pages.js";
import { Sessions } from "../../modules/web/sessions.js";

test("SIP Remote Reset stands where the manual says", () => {
	const page = findPage("sip")!;
	assert.deepEqual([...page.path], ["VoIP", "SIP Definitions", "Advanced Parameters"]);
	const group = page.groups.find(({ title }) => title === "Misc Parameters")!;
	assert.deepEqual({ ...group.fields[0] }, { name: "EnableSIPRemoteReset", label: "SIP Remote Reset" });
});

test("no page names a parameter twice or one that does not exist", () => {
	const names = pages.flatMap(({ groups }) => groups.flatMap(({ fields }) => fields.map(({ name }) => name)));
	assert.deepEqual(
		names.filter((name) => findParameter(parameters, name)?.name !== name),
		[],
	);
	assert.equal(new Set(names).size, names.length);
	assert.ok(names.every(isPlaced));
	const ids = pages.map(({ id }) => id);
	assert.equal(new Set(ids).size, ids.length);
});

function makeSessions(now = { ms: 0 }): { sessions: Sessions; now: { ms: number } } {
	let next = 0;
	const random = (bytes: Uint8Array): void => void bytes.fill(++next);
	return { sessions: new Sessions({ ticks: () => now.ms, random, idleMs: () => 1000, mostMs: 5000, most: 2 }), now };
}

test("a session ends when it is not used, and in any case in the end", () => {
	const { sessions, now } = makeSessions();
	const session = sessions.open();
	assert.equal(sessions.find(session.id), session);
	assert.equal(sessions.find(session.token), undefined);
	assert.equal(sessions.find(undefined), undefined);
	now.ms = 900;
	sessions.find(session.id);
	now.ms = 1800;
	assert.ok(sessions.has(session));
	sessions.find(session.id, false);
	now.ms = 1900;
	assert.equal(sessions.has(session), false);
	const second = sessions.open();
	for (; now.ms < 6900; now.ms += 500) sessions.find(second.id);
	assert.equal(sessions.find(second.id), undefined);
});

test("there are only so many sessions; the one unused longest goes", () => {
	const { sessions, now } = makeSessions();
	const first = sessions.open();
	const second = sessions.open();
	now.ms = 10;
	sessions.find(first.id);
	const third = sessions.open();
	assert.deepEqual(
		[first, second, third].map((session) => sessions.has(session)),
		[true, false, true],
	);
	sessions.endOthers(third);
	assert.equal(sessions.has(first), false);
	sessions.end(third);
	assert.equal(sessions.has(third), false);
});

test("the log keeps the last lines within its bound, and gives those behind a number", () => {
	const log = new LogRing({ lines: 3, lineLength: 5, length: 12 });
	assert.deepEqual([...log.after(0)], []);
	for (const text of ["one", "two", "three", "four is long"]) log.add(text, null);
	assert.deepEqual(
		[...log.after(0)].map(({ number, text }) => `${number} ${text}`),
		["3 three", "4 four "],
	);
	assert.deepEqual(
		[...log.after(3)].map(({ number }) => number),
		[4],
	);
	assert.equal(log.last, 4);
	assert.deepEqual([...log.after(9)], []);
});

function exchangeWith(fields: Record<string, string | string[]>, body = "", secure = true): ServerExchange {
	const headers = new Headers({ headerCount: 20, headerBytes: 4000 });
	for (const [name, value] of Object.entries(fields))
		for (const item of Array.isArray(value) ? value : [value]) headers.append(name, item);
	const bytes = encodeUTF8(body);
	let at = 0;
	const unused = () => Promise.reject(new Error("not used"));
	return {
		head: { method: "POST", path: "/", query: "", minor: 1, headers },
		secure,
		remoteAddress: "192.0.2.1",
		length: bytes.length,
		open: true,
		begun: false,
		onGone: undefined,
		read: (buffer) => {
			const count = Math.min(3, buffer.length, bytes.length - at);
			buffer.set(bytes.subarray(at, at + count));
			at += count;
			return Promise.resolve(count);
		},
		respond: unused,
		begin: unused,
		write: unused,
		end: unused,
		hold: () => undefined,
		release: () => undefined,
	};
}

test("the cookie is for this host, hidden from scripts, never sent from other sites", () => {
	const { sessions } = makeSessions();
	const session = sessions.open();
	const value = sessionCookie(true, session);
	assert.equal(value, `__Host-upgate=${session.id}; Path=/; HttpOnly; SameSite=Strict; Secure`);
	assert.ok(!sessionCookie(false, session).includes("Secure"));
	assert.ok(sessionCookie(true, undefined).includes("Max-Age=0"));
	const cookie = value.split(";")[0]!;
	assert.equal(findSession(exchangeWith({ Cookie: `a=b; ${cookie}` }), sessions, true), session);
	assert.equal(findSession(exchangeWith({ Cookie: `${cookie}; __Host-upgate=other` }), sessions, true), undefined);
	assert.equal(findSession(exchangeWith({ Cookie: cookie }, "", false), sessions, true), undefined);
	assert.equal(findSession(exchangeWith({}), sessions, true), undefined);
});

test("requests of other sites are refused", () => {
	const own = { Host: "gateway:8443", Origin: "https://gateway:8443", "Sec-Fetch-Site": "same-origin" };
	checkOrigin(exchangeWith(own));
	checkOrigin(exchangeWith({ Host: "gateway" }));
	for (const wrong of [
		{ ...own, Origin: "https://evil.example" },
		{ ...own, Origin: "http://gateway:8443" },
		{ ...own, Origin: "https://gateway" },
		{ ...own, Origin: "null" },
		{ ...own, "Sec-Fetch-Site": "cross-site" },
		{ ...own, "Sec-Fetch-Site": "same-site" },
	])
		assert.throws(() => checkOrigin(exchangeWith(wrong)), { code: "WEB_FORBIDDEN" });
	const { sessions } = makeSessions();
	const session = sessions.open();
	checkToken(exchangeWith({ "X-CSRF-Token": session.token }), session);
	for (const token of ["", session.token.slice(1), session.id])
		assert.throws(() => checkToken(exchangeWith({ "X-CSRF-Token": token }), session), { code: "WEB_FORBIDDEN" });
});

test("the first password is set under an address or the device's own name only", () => {
	for (const host of [
		"192.0.2.1",
		"192.0.2.1:8443",
		"[2001:db8::1]",
		"[::1]:443",
		"localhost",
		"Lobby",
		"lobby.local:443",
	])
		checkOwnHost(exchangeWith({ Host: host }), "lobby");
	for (const host of ["evil.example", "lobby.evil.example", "192.0.2.1.evil.example", "[::1", ""])
		assert.throws(() => checkOwnHost(exchangeWith({ Host: host }), "lobby"), { code: "WEB_HOST" });
	assert.throws(() => checkOwnHost(exchangeWith({ Host: "x" }), ""), { code: "WEB_HOST" });
});

test("a body is JSON of an object, of the right type, and not too long", async () => {
	const type = { "Content-Type": "application/json; charset=utf-8" };
	const fields = await readJSON(exchangeWith(type, '{"password":"\u00fc"}'));
	assert.equal(textField(fields, "password"), "\u00fc");
	assert.throws(() => textField(fields, "toString"), { code: "WEB_BODY" });
	for (const body of ["", "[]", "null", '"text"', "{", '{"a":1}x'])
		await assert.rejects(readJSON(exchangeWith(type, body)), { code: "WEB_BODY" }, body);
	await assert.rejects(readJSON(exchangeWith({ "Content-Type": "text/plain" }, "{}")), { code: "WEB_TYPE" });
	await assert.rejects(readJSON(exchangeWith({}, "{}")), { code: "WEB_TYPE" });
	await assert.rejects(readBytes(exchangeWith({}, "12345"), 4), { code: "WEB_BODY" });
	assert.equal((await readBytes(exchangeWith({}, "1234"), 4)).length, 4);
});
