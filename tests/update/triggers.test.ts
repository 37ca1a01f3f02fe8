// SPDX-License-Identifier: Apache-2.0
//
// What starts a run, how triggers join, the interval, and the budget of restarts, on virtual time.

import assert from "node:assert/strict";
import test from "node:test";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { iniURL, startMs, World } from "./world.js";

const modifiedMs = startMs - 3600000;

/**
 * The ini says nothing of the interval, so a full one would switch it off: these gateways take it as incremental. It changes
 * nothing, so that no run has to prove it.
 */
function gateway(settings: Record<string, string> = {}): World {
	const world = new World({ SetDefaultOnINIFileProcess: "0", HostName: "gate7", ...settings });
	world.server.files[iniURL] = { body: encodeUTF8("HostName = gate7\n"), modifiedMs };
	return world;
}

function effects(world: World): string[] {
	return world.seen("trigger").map(({ cause, effect }) => `${cause}:${effect}`);
}

test("a start triggers an update", async () => {
	const world = gateway();
	world.boot();
	await world.run();
	assert.deepEqual(effects(world), ["start-up:started"]);
	assert.equal(world.server.requests.length, 1);
});

test("AutoUpdateOnStartup = 0 switches that off", async () => {
	const world = gateway({ AutoUpdateOnStartup: "0" });
	world.boot();
	await world.run(100000);
	assert.deepEqual(effects(world), []);
	assert.equal(world.server.requests.length, 0);
});

test("triggers before the first request join the run", async () => {
	const world = gateway();
	const updater = world.boot();
	updater.trigger("console", "serial");
	updater.trigger("console");
	assert.deepEqual(updater.status().causes, ["start-up", "console"]);
	await world.run();
	assert.deepEqual(effects(world), ["start-up:started", "console:joined", "console:joined"]);
	assert.equal(world.seen("trigger")[1].requester, "serial");
	assert.equal(world.server.requests.length, 1);
	assert.equal(world.verdicts.length, 1);
});

test("triggers during a run make one more run", async () => {
	const world = gateway();
	const updater = world.boot();
	await world.run(1);
	assert.equal(updater.status().phase, "running");
	updater.trigger("console");
	updater.trigger("notify");
	assert.equal(updater.status().queued, true);
	await world.run();
	assert.deepEqual(effects(world), ["start-up:started", "console:queued", "notify:queued"]);
	assert.equal(world.server.requests.length, 2);
	assert.deepEqual(world.verdicts, ["updated", "nothing-new"]);
	assert.equal(updater.status().phase, "idle");
});

test("trigger() tells what became of it", async () => {
	const world = gateway();
	const updater = world.boot();
	assert.equal(updater.trigger("snmp", "192.0.2.1"), "joined");
	await world.run(1);
	assert.equal(updater.trigger("web"), "queued");
	await world.run();
	assert.equal(updater.trigger("dhcp"), "started");
	updater.close();
	assert.equal(updater.trigger("notify"), "ignored");
	assert.deepEqual(effects(world), ["start-up:started", "snmp:joined", "web:queued", "dhcp:started"]);
});

test("a trigger may ask for a restart even if nothing changes: after the run, once", async () => {
	const world = gateway();
	const updater = world.boot();
	await world.run();
	assert.equal(world.restarts, 0);
	updater.trigger("notify", "192.0.2.7", { restart: true });
	const [record] = world.seen("trigger").slice(-1);
	assert.deepEqual([record.requester, record.effect, record.restart], ["192.0.2.7", "started", true]);
	await world.run();
	assert.deepEqual(world.verdicts, ["updated", "nothing-new"]);
	assert.equal(world.seen("restart")[0].reason, "asked for by notify");
	await world.restart(0);
	await world.run();
	assert.equal(world.restarts, 0);
});

test("a restart that was asked for comes too when the server is down", async () => {
	const world = gateway();
	world.server.down = true;
	world.boot().trigger("notify", undefined, { restart: true });
	await world.run(60000);
	assert.deepEqual(world.verdicts, ["failed"]);
	assert.equal(world.restarts, 1);
});

test("a restart asked for with new settings waits for the end of their trial", async () => {
	const world = gateway();
	world.boot();
	await world.run();
	world.server.files[iniURL] = { body: encodeUTF8("HostName = gate8\n"), modifiedMs: modifiedMs + 1000 };
	world.updater?.trigger("notify", undefined, { restart: true });
	await world.run();
	assert.deepEqual(world.verdicts, ["updated", "updated", "confirmed", "nothing-new"]);
	await world.restart(0);
	await world.run();
	assert.equal(world.settings.text("HostName"), "gate8");
	assert.deepEqual(world.verdicts, ["nothing-new"]);
});

test("the interval counts from the last trigger of any cause", async () => {
	const world = gateway({ AutoUpdateFreqencySeconds: "60", AutoUpdateFrequencySpread: "0" });
	const updater = world.boot();
	await world.run(59000);
	assert.equal(world.server.requests.length, 1);
	updater.trigger("console");
	await world.run(59000);
	assert.equal(world.server.requests.length, 2);
	await world.run(2000);
	assert.equal(world.server.requests.length, 3);
	assert.equal(effects(world)[2], "interval:started");
	assert.equal(updater.status().next, 59000 + 60000 + 60000);
});

test("AutoUpdateFrequency counts minutes, also more of them than a timer takes at once", async () => {
	const world = gateway({ AutoUpdateFrequency: "65536", AutoUpdateFrequencySpread: "0", AutoUpdateOnStartup: "0" });
	world.boot();
	await world.run(65536 * 60000 - 1000);
	assert.equal(world.server.requests.length, 0);
	await world.run(2000);
	assert.equal(world.server.requests.length, 1);
});

test("an ini that sets the interval starts it", async () => {
	const world = gateway();
	world.server.files[iniURL].body = encodeUTF8("AutoUpdateFreqencySeconds = 30\n");
	world.boot();
	await world.run(100000);
	assert.ok(world.server.requests.length >= 3);
});

test("a server that is down at the start is asked again at the next trigger", async () => {
	const world = gateway({ AutoUpdateFreqencySeconds: "60" });
	world.server.down = true;
	world.boot();
	await world.run(50000);
	assert.deepEqual(world.verdicts, ["failed"]);
	assert.equal(world.seen("request")[0].error, "HTTP_CONNECT");
	assert.equal(world.seen("request").length, 3);
	world.server.down = false;
	await world.run(20000);
	assert.deepEqual(world.verdicts, ["failed", "updated"]);
});

test("with no URL a run ends at once with nothing new", async () => {
	const world = new World({ IniFileURL: "" });
	world.boot();
	await world.run();
	assert.deepEqual(world.verdicts, ["nothing-new"]);
	assert.equal(world.seen("verdict")[0].reason, "no URL is set");
});

test("at most four restarts an hour: the fifth waits", async () => {
	const world = gateway({ AutoUpdateFreqencySeconds: "60" });
	const serve = (count: number): void => {
		world.server.files[iniURL] = {
			body: encodeUTF8(`HostName = gate${count}\nResetNow = 1\n`),
			modifiedMs: modifiedMs + count * 1000,
		};
	};
	serve(0);
	world.boot();
	for (let count = 1; count <= 4; count++) {
		serve(count);
		await world.restart(60000);
	}
	serve(5);
	await world.run(30 * 60000);
	assert.equal(world.restarts, 0);
	assert.equal(world.updater?.status().phase, "restarting");
	world.updater?.trigger("console");
	assert.equal(effects(world).slice(-1)[0], "console:ignored");
	await world.run(31 * 60000);
	assert.equal(world.restarts, 1);
});

test("close() stops everything: no event, no request", async () => {
	const world = gateway({ AutoUpdateFreqencySeconds: "60" });
	const updater = world.boot();
	await world.run(2);
	updater.close();
	const count = world.events.length;
	await world.run(600000);
	updater.trigger("console");
	assert.equal(world.events.length, count);
	assert.equal(world.clock.pending, 0);
});

test("a listener that fails does not stop an update", async () => {
	const world = gateway();
	world.deaf = true;
	const updater = world.boot();
	await world.run();
	assert.deepEqual(world.events, []);
	assert.equal(updater.status().last?.verdict, "updated");
});

test("an unreadable store does not stop a gateway from starting and asking", async () => {
	const world = gateway();
	world.boot();
	await world.run();
	const get = world.store.get.bind(world.store);
	world.store.get = (name) => (name === "settings" ? get(name) : assert.fail("damaged"));
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["ini:applied"]);
});
