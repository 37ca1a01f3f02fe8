// SPDX-License-Identifier: Apache-2.0
//
// Updates of the configuration on virtual time: what is asked, applied, refused and written.

import assert from "node:assert/strict";
import test from "node:test";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { buildImage } from "./image.js";
import { cmpURL, iniURL, startMs, World } from "./world.js";

const modifiedMs = startMs - 3600000;

const secureURL = "https://server/config.ini";

function withIni(text: string, settings: Record<string, string> = {}): World {
	const world = new World(settings);
	world.server.files[iniURL] = { body: encodeUTF8(text), modifiedMs, etag: '"1"' };
	return world;
}

test("a new ini is applied without a restart, and confirmed by the next answer; that takes three commits", async () => {
	const world = withIni("HostName = gate7\r\n");
	const commits = world.store.commits;
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["ini:applied", "ini:not-modified"]);
	assert.deepEqual(world.verdicts, ["updated", "confirmed", "nothing-new"]);
	assert.equal(world.settings.text("HostName"), "gate7");
	assert.equal(world.store.commits, commits + 3);
	assert.equal(world.restarts, 0);
});

test("an ini that changes nothing is remembered in one commit, and has nothing to prove", async () => {
	const world = withIni("HostName = gate7\r\n", { HostName: "gate7" });
	const commits = world.store.commits;
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["ini:applied"]);
	assert.deepEqual(world.verdicts, ["updated"]);
	assert.equal(world.store.commits, commits + 1);
});

test("the request carries the four tags, and <MAC> in the URL becomes 12 upper-case digits", async () => {
	const world = withIni("HostName = gate7\n", { INIFileVersion: "7" });
	world.boot();
	await world.run();
	const agent = world.server.requests[0].headers["User-Agent"];
	assert.equal(agent, "Mozilla/4.0 (compatible; upgate; gw-test;1.0;00908F1DD0D3;7)");
	assert.equal(world.server.requests[0].url, iniURL);
	assert.equal(world.server.requests[0].headers["If-Modified-Since"], undefined);
});

test("the second round is conditional with the server's dates, and a 304 writes nothing", async () => {
	const world = withIni("HostName = gate7\n");
	world.boot();
	await world.run();
	const wear = world.wear;
	world.boot();
	await world.run();
	const { headers } = world.server.requests[1];
	assert.equal(headers["If-Modified-Since"], "Sun, 01 Jun 2025 11:00:00 GMT");
	assert.equal(headers["If-None-Match"], '"1"');
	assert.deepEqual(world.files, ["ini:not-modified"]);
	assert.deepEqual(world.verdicts, ["nothing-new"]);
	assert.deepEqual(world.wear, wear);
});

test("the Date of the response is the condition where there is no Last-Modified", async () => {
	const world = withIni("HostName = gate7\n");
	world.server.files[iniURL] = { body: encodeUTF8("HostName = gate7\n") };
	world.boot();
	await world.run();
	world.boot();
	await world.run();
	assert.equal(world.server.requests[1].headers["If-Modified-Since"], "Sun, 01 Jun 2025 12:00:00 GMT");
});

test("the condition belongs to the URL: another URL is asked without one", async () => {
	const world = withIni("HostName = gate7\n");
	world.boot();
	await world.run();
	world.configure({ IniFileURL: "http://server/other.ini" });
	world.boot();
	await world.run();
	assert.equal(world.server.requests[1].headers["If-Modified-Since"], "Sun, 01 Jun 2025 11:00:00 GMT");
	assert.equal(world.server.requests[2].headers["If-Modified-Since"], undefined);
});

test("a server that ignores conditions does not make the same ini apply again, nor flash be written", async () => {
	const world = withIni("HostName = gate7\nResetNow = 1\n");
	world.server.files[iniURL] = { body: encodeUTF8("HostName = gate7\nResetNow = 1\n"), ignoresConditions: true };
	world.boot();
	await world.restart();
	await world.run();
	assert.deepEqual(world.verdicts, ["confirmed", "nothing-new"]);
	const wear = world.wear;
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["ini:same"]);
	assert.deepEqual(world.verdicts, ["nothing-new"]);
	assert.equal(world.restarts, 0);
	assert.deepEqual(world.wear, wear);
});

test("a bad ini is refused as a whole, with line and column", async () => {
	const world = withIni("HostName = gate7\nAutoUpdateFrequency = often\n", { HostName: "old" });
	world.boot();
	await world.run();
	assert.equal(world.files.length, 1);
	const [{ result, code, reason }] = world.seen("file");
	assert.equal(result, "refused");
	assert.equal(code, "SETTINGS_TYPE");
	assert.match(reason, /^line 2, column 23: /);
	assert.deepEqual(world.verdicts, ["failed"]);
	assert.equal(world.settings.text("HostName"), "old");
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["ini:not-modified:SETTINGS_TYPE"]);
	assert.deepEqual(world.verdicts, ["failed"]);
});

test("a refused ini is fetched whole again on an operator's word, and by other firmware, and by nobody else", async () => {
	const world = withIni("AutoUpdateFrequency = often\n");
	const updater = world.boot();
	await world.run();
	const { wear } = world;
	for (const cause of ["interval", "retry", "trial"] as const) {
		updater.trigger(cause);
		await world.run();
		assert.equal(world.server.requests.at(-1)?.status, 304);
	}
	updater.trigger("console");
	await world.run();
	assert.deepEqual(world.files.slice(-2), ["ini:not-modified:SETTINGS_TYPE", "ini:refused:SETTINGS_TYPE"]);
	assert.equal(world.server.requests.at(-1)?.headers["If-None-Match"], undefined);
	assert.deepEqual(world.wear, wear);
	world.install(0, buildImage({ version: "1.1" }));
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["ini:refused:SETTINGS_TYPE"]);
});

test("an ini that was applied is asked for conditionally on an operator's word too", async () => {
	const world = withIni("HostName = gate7\n");
	const updater = world.boot();
	await world.run();
	updater.trigger("console");
	await world.run();
	assert.equal(world.server.requests.at(-1)?.status, 304);
});

test("an empty ini is refused", async () => {
	const world = withIni("");
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["ini:refused:UPDATE_INI_EMPTY"]);
});

test("an ini that breaks off is asked for three times, with growing pauses, and changes nothing", async () => {
	const world = withIni("HostName = gate7\nSyslogEnable = 1\n", { HostName: "old" });
	world.server.files[iniURL].breakAt = 17;
	world.boot();
	await world.run(20000);
	assert.deepEqual(world.files, ["ini:failed:HTTP_TRUNCATED"]);
	const times = world.seen("request").map(({ ticks }) => Math.round(ticks / 1000));
	assert.deepEqual(times, [0, 5, 15]);
	assert.equal(world.settings.text("HostName"), "old");
});

test("ResetNow = 1 restarts once, at the end", async () => {
	const world = withIni(`HostName = gate7\nResetNow = 1\nAutoCmpFileUrl = '${cmpURL}'\n`);
	world.server.files[cmpURL] = { body: buildImage({ version: "2.0" }), modifiedMs };
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["ini:applied", "cmp:installed"]);
	assert.equal(world.seen("restart").length, 1);
	assert.equal(world.restarts, 1);
});

test("a store that is full fails the file and leaves the settings", async () => {
	const world = withIni("HostName = gate7\n", { HostName: "old" });
	world.boot();
	world.store.failNext = true;
	await world.run();
	assert.deepEqual(world.files, ["ini:failed:STORE_FULL"]);
	assert.equal(world.settings.text("HostName"), "old");
});

test("credentials in a URL stay out of every event", async () => {
	const world = new World({ IniFileURL: "http://user:geheim@server/config.ini" });
	world.server.down = true;
	world.boot();
	await world.run(20000);
	assert.equal(world.seen("request")[0].url, "http://server/config.ini");
	assert.equal(JSON.stringify(world.events).includes("geheim"), false);
});

test("a silent server ends in an error, not in waiting for ever", async () => {
	const world = withIni("HostName = gate7\n");
	world.server.files[iniURL].silent = true;
	world.boot();
	await world.run(600000);
	assert.deepEqual(world.files, ["ini:failed:UPDATE_STALLED"]);
});

test("the clock is set to the floor, then by the Date of a verified response, and does not go back at the next start", async () => {
	const world = new World({ IniFileURL: secureURL });
	world.server.files[secureURL] = { body: encodeUTF8("HostName = gate7\n") };
	world.boot();
	assert.equal(world.events[0].time, "2025-05-31T12:00:00.000Z");
	await world.run();
	assert.equal(world.events[world.events.length - 1].time?.slice(0, 16), "2025-06-01T12:00");
	world.boot();
	assert.equal(world.events[0].time?.slice(0, 16), "2025-06-01T12:00");
});

test("a Date beyond the end of the server's certificates moves neither the clock nor the floor", async () => {
	const world = new World({ IniFileURL: secureURL });
	const verifiedUntil = Date.UTC(2025, 4, 31, 18);
	world.server.files[secureURL] = { body: encodeUTF8("HostName = gate7\n"), verifiedUntil };
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["ini:applied", "ini:not-modified"]);
	assert.equal(world.events.at(-1)?.time?.slice(0, 16), "2025-05-31T12:00");
	world.boot();
	assert.equal(world.events[0].time?.slice(0, 16), "2025-05-31T12:00");
});

test("a response over http, or from a server that was not verified, never moves the clock", async () => {
	for (const [url, file] of [
		[iniURL, {}],
		[secureURL, { unverified: true }],
	] as const) {
		const world = new World({ IniFileURL: url });
		world.server.files[url] = { body: encodeUTF8("HostName = gate7\n"), ...file };
		world.boot();
		await world.run();
		assert.deepEqual(world.files, ["ini:applied", "ini:not-modified"]);
		assert.equal(world.events.at(-1)?.time?.slice(0, 16), "2025-05-31T12:00");
	}
});
