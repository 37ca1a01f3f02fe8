// SPDX-License-Identifier: Apache-2.0
//
// What an update does after a server has said no, or not now: tries, back-off, Retry-After, credentials.

import assert from "node:assert/strict";
import test from "node:test";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { formatHTTPDate } from "../../modules/http/dates.js";
import type { ServedFile } from "./server.js";
import { iniURL, startMs, World } from "./world.js";

function worldWith(file: Partial<ServedFile>, settings: Record<string, string> = {}): World {
	const world = new World(settings);
	world.server.files[iniURL] = { body: encodeUTF8("HostName = gate7\n"), ...file };
	return world;
}

/** Seconds of each request after the first. */
function times(world: World): number[] {
	const first = world.server.requests[0].atMs;
	return world.server.requests.map(({ atMs }) => Math.round((atMs - first) / 1000));
}

test("a 503 is tried three times, 5 s and 10 s apart, then left until the next trigger", async () => {
	const world = worldWith({ status: 503 });
	world.boot();
	await world.run(3600_000);
	assert.deepEqual(times(world), [0, 5, 15]);
	assert.deepEqual(world.files, ["ini:failed:UPDATE_STATUS_503"]);
	assert.deepEqual(world.verdicts, ["failed"]);
});

test("a short Retry-After stretches the pause within the run", async () => {
	const world = worldWith({ status: 503, fields: { "retry-after": "40" } });
	world.boot();
	await world.run(3600_000);
	assert.deepEqual(times(world), [0, 45, 90]);
});

test("a long Retry-After ends the run and is obeyed by every trigger but an operator's; then it is tried again", async () => {
	for (const value of ["600", formatHTTPDate(startMs + 600_000)]) {
		const world = worldWith({ status: 429, fields: { "retry-after": value, date: formatHTTPDate(startMs) } });
		const updater = world.boot();
		await world.run();
		assert.deepEqual(world.verdicts, ["failed"]);
		assert.match(world.seen("file")[0].reason, /429 and asks to wait 600 s/);
		updater.trigger("interval");
		await world.run();
		assert.equal(world.server.requests.length, 1);
		assert.deepEqual(world.files, ["ini:failed:UPDATE_STATUS_429", "ini:skipped:UPDATE_RETRY_AFTER"]);
		world.server.files[iniURL] = { body: encodeUTF8("HostName = gate7\n") };
		await world.run(595_000);
		assert.equal(world.server.requests.length, 1);
		await world.run(160_000);
		assert.equal(world.server.requests.length, 2);
		assert.deepEqual(world.seen("trigger").at(-1)?.cause, "retry");
		assert.equal(world.settings.text("HostName"), "gate7");
		await world.run(3600_000);
		assert.equal(world.server.requests.length, 2);
	}
});

test("an operator's word goes before Retry-After", async () => {
	const world = worldWith({ status: 503, fields: { "retry-after": "600" } });
	const updater = world.boot();
	await world.run();
	updater.trigger("console");
	await world.run();
	assert.equal(world.server.requests.length, 2);
});

test("a wait outlives a restart: what was left of it, at the latest an hour ago, has still to pass", async () => {
	const world = worldWith({ status: 503, fields: { "retry-after": "36000" } });
	world.boot();
	await world.run(3 * 3600_000 + 60_000);
	assert.equal(world.server.requests.length, 1);
	world.server.files[iniURL] = { body: encodeUTF8("HostName = gate7\n") };
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["ini:skipped:UPDATE_RETRY_AFTER"]);
	await world.run(7 * 3600_000 - 120_000);
	assert.equal(world.server.requests.length, 1);
	await world.run(3 * 3600_000);
	assert.equal(world.server.requests.length, 2);
	assert.deepEqual(world.files.slice(-1), ["ini:applied"]);
	assert.ok(![...world.store.names()].includes("upd.holds"));
});

test("waits are written when they come and go and once an hour between; without any nothing is", async () => {
	const world = worldWith({ status: 503, fields: { "retry-after": "20000" } });
	const updater = world.boot();
	await world.run();
	const { commits } = world.store;
	for (let i = 0; i < 5; i++) {
		updater.trigger("interval");
		await world.run();
	}
	assert.equal(world.store.commits, commits);
	await world.run(5 * 3600_000);
	assert.equal(world.store.commits, commits + 5);
	const quiet = worldWith({ status: 503 });
	const { wear } = quiet;
	quiet.boot();
	await quiet.run(10 * 3600_000);
	assert.deepEqual(quiet.wear, wear);
});

test("a store that fails keeps the wait in memory, and says so", async () => {
	const world = worldWith({ status: 503, fields: { "retry-after": "600" } });
	const updater = world.boot();
	world.store.failNext = true;
	await world.run();
	assert.deepEqual(world.files, ["ini:failed:UPDATE_STATUS_503", "store:failed:STORE_FULL"]);
	updater.trigger("interval");
	await world.run();
	assert.equal(world.server.requests.length, 1);
});

test("a Retry-After of a year is taken for a day, one that says nothing for none", async () => {
	const year = worldWith({ status: 503, fields: { "retry-after": "31536000" } });
	year.boot();
	await year.run(23 * 3600_000);
	assert.equal(year.server.requests.length, 1);
	await year.run(8 * 3600_000);
	assert.equal(year.server.requests.length, 2);
	const junk = worldWith({ status: 503, fields: { "retry-after": "later" } });
	junk.boot();
	await junk.run(3600_000);
	assert.deepEqual(times(junk), [0, 5, 15]);
});

test("a refusal of credentials or a bad redirect is not tried again, and the status is reported", async () => {
	for (const [refusal, status] of [
		["HTTP_UNAUTHORIZED", 401],
		["HTTP_REDIRECT_LOOP", 302],
	] as [string, number][]) {
		const world = worldWith({ refusal, status });
		world.boot();
		await world.run(3600_000);
		assert.deepEqual(world.files, [`ini:failed:${refusal}`]);
		assert.deepEqual(
			world.seen("request").map((record) => [record.status, record.error]),
			[[status, refusal]],
		);
	}
});

test("what TLS has found about the server is not asked for again, a fault of its transport is", async () => {
	for (const [refusal, tries] of [
		["TLS_EXPIRED", 1],
		["TLS_NAME", 1],
		["TLS_ROOT_UNKNOWN", 1],
		["TLS_REFUSED", 1],
		["TLS_REFUSED_LATE", 1],
		["TLS_VERSION", 1],
		["TLS_CONNECTION", 3],
		["TLS_TIMEOUT", 3],
		["TLS_TRUNCATED", 3],
	] as [string, number][]) {
		const world = worldWith({ refusal });
		world.boot();
		await world.run(60_000);
		assert.deepEqual(world.files, [`ini:failed:${refusal}`]);
		assert.equal(world.server.requests.length, tries, refusal);
		assert.deepEqual(
			world.seen("request").map(({ error }) => error),
			Array.from({ length: tries }, () => refusal),
		);
	}
});

test("the credentials of the settings go with each request to the client, and into no event", async () => {
	const world = worldWith(
		{},
		{ AUPDDigestUsername: "digestuser", AUPDDigestPassword: "digestsecret", AUPDUserPassword: "both:bothsecret" },
	);
	world.boot();
	await world.run();
	assert.deepEqual(world.server.requests[0].credentials, [
		{ user: "digestuser", password: "digestsecret", digestOnly: true },
		{ user: "both", password: "bothsecret" },
	]);
	assert.ok(!/digestuser|secret/.test(JSON.stringify(world.events)));
});
