// SPDX-License-Identifier: Apache-2.0
//
// Calls are spared, on virtual time: a restart waits for idle lines as AdminStateLockControl says, and so do new settings with
// AupdGracefulShutdown = 1 (spec section 9, "Graceful"; acSysActionAdminStateLockTimeout: 0 at once, -1 without limit, else seconds).

import assert from "node:assert/strict";
import test from "node:test";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { LineStandIn } from "../../modules/update/line-state.js";
import { buildImage } from "./image.js";
import { cmpURL, iniURL, startMs, World } from "./world.js";

const modifiedMs = startMs - 3600000;

/** A gateway that is offered firmware, with so many calls. */
function withFirmware(seconds: number, calls: number): World {
	const world = new World({ IniFileURL: "", AutoCmpFileUrl: cmpURL, AdminStateLockControl: String(seconds) });
	world.server.files[cmpURL] = { body: buildImage({ version: "2.0" }), modifiedMs };
	world.boot();
	world.lines.set(calls);
	return world;
}

function withIni(settings: Record<string, string>, calls: number): World {
	const world = new World(settings);
	world.server.files[iniURL] = { body: encodeUTF8("HostName = new\nSetDefaultOnINIFileProcess = 0\n"), modifiedMs };
	world.boot();
	world.lines.set(calls);
	return world;
}

const states = (world: World): string[] => world.seen("lines").map(({ state, busy }) => `${state} ${busy}`);

test("section 9, 0: the restart cuts calls at once, and tells it", async () => {
	const world = withFirmware(0, 2);
	await world.run();
	assert.deepEqual(states(world), ["cut 2"]);
	assert.equal(world.restarts, 1);
});

test("section 9: without a call there is nothing to wait for, whatever the time", async () => {
	for (const seconds of [-1, 0, 60]) {
		const world = withFirmware(seconds, 0);
		await world.run();
		assert.deepEqual(states(world), []);
		assert.equal(world.restarts, 1);
	}
});

test("section 9, seconds: new calls are refused, and the restart comes when the last one has ended", async () => {
	const world = withFirmware(60, 2);
	await world.run(30000);
	assert.deepEqual(states(world), ["locked 2"]);
	assert.deepEqual([world.restarts, world.lines.locked, world.lines.set(3)], [0, true, false]);
	const status = world.updater?.status();
	assert.deepEqual([status?.phase, status?.waitsForLines], ["restarting", true]);
	world.lines.set(1);
	await world.run(1000);
	assert.equal(world.restarts, 0);
	world.lines.set(0);
	await world.run(1000);
	assert.deepEqual(states(world), ["locked 2", "idle 0"]);
	assert.equal(world.restarts, 1);
});

test("section 9, seconds: when the time is up the calls that are left are cut", async () => {
	const world = withFirmware(60, 1);
	await world.run(59000);
	assert.equal(world.restarts, 0);
	await world.run(3000);
	assert.deepEqual(states(world), ["locked 1", "cut 1"]);
	assert.equal(world.restarts, 1);
});

test("section 9, -1: the restart waits without limit", async () => {
	const world = withFirmware(-1, 1);
	await world.run(40 * 86400000);
	assert.deepEqual([world.restarts, world.lines.locked], [0, true]);
	world.lines.set(0);
	await world.run(1000);
	assert.equal(world.restarts, 1);
});

test("triggers are ignored while a restart waits for calls, and an operator's restart comes at once", async () => {
	const world = withFirmware(-1, 1);
	await world.run();
	world.updater?.trigger("console");
	assert.equal(world.seen("trigger").at(-1)?.effect, "ignored");
	world.updater?.restart("console");
	await world.run(1000);
	assert.deepEqual([world.restarts, world.seen("restart").at(-1)?.reason], [1, "console"]);
});

test("an operator's graceful restart waits for calls, outside the budget", async () => {
	const world = new World({ IniFileURL: "", AdminStateLockControl: "-1" });
	world.boot();
	world.lines.set(1);
	world.updater?.restart("snmp", true);
	await world.run(3600000);
	assert.deepEqual([world.restarts, world.updater?.status().phase], [0, "restarting"]);
	world.lines.set(0);
	await world.run(1000);
	assert.deepEqual([world.restarts, world.seen("restart").at(-1)?.reason], [1, "snmp"]);
});

test("section 9, AupdGracefulShutdown = 1: the ini is applied when the calls have ended, and then new ones are taken", async () => {
	const world = withIni({ AupdGracefulShutdown: "1", AdminStateLockControl: "600" }, 1);
	await world.run(60000);
	assert.deepEqual([world.settings.text("HostName"), world.lines.locked], ["", true]);
	assert.equal(world.updater?.status().waitsForLines, true);
	world.lines.set(0);
	await world.run();
	assert.deepEqual([world.settings.text("HostName"), world.lines.locked, world.restarts], ["new", false, 0]);
	assert.deepEqual(world.files.slice(0, 1), ["ini:applied"]);
});

test("section 9, AupdGracefulShutdown = 1: when the time is up the ini is applied, and calls are cut", async () => {
	const world = withIni({ AupdGracefulShutdown: "1", AdminStateLockControl: "600" }, 1);
	await world.run(605000);
	assert.deepEqual([world.settings.text("HostName"), world.lines.locked], ["new", false]);
	assert.deepEqual(states(world), ["locked 1", "cut 1"]);
});

test("AupdGracefulShutdown = 0: the ini does not wait, nor does one that changes nothing", async () => {
	const now = withIni({ AdminStateLockControl: "600" }, 1);
	await now.run();
	assert.deepEqual([now.settings.text("HostName"), states(now)], ["new", []]);
	const same = withIni(
		{ AupdGracefulShutdown: "1", AdminStateLockControl: "600", HostName: "new", SetDefaultOnINIFileProcess: "0" },
		1,
	);
	await same.run();
	assert.deepEqual([same.files, states(same)], [["ini:applied"], []]);
});

test("a store that fails while an ini is applied leaves no line locked", async () => {
	const world = withIni({ AupdGracefulShutdown: "1", AdminStateLockControl: "600" }, 1);
	await world.run(1000);
	world.store.failNext = true;
	world.lines.set(0);
	await world.run(1000);
	assert.deepEqual([world.files[0], world.lines.locked], ["ini:failed:STORE_FULL", false]);
});

test("lines that somebody else has locked stay locked", async () => {
	const world = withIni({ AupdGracefulShutdown: "1", AdminStateLockControl: "600" }, 0);
	world.lines.lock();
	await world.run();
	assert.deepEqual([world.settings.text("HostName"), world.lines.locked], ["new", true]);
});

test("an updater that is closed while it waits does nothing any more", async () => {
	const world = withFirmware(60, 1);
	await world.run(30000);
	world.updater?.close();
	world.lines.set(0);
	await world.run(100000);
	assert.deepEqual([world.restarts, world.lines.locked], [0, false]);
});

test("the stand-in takes calls until it is locked, then they only end", () => {
	const lines = new LineStandIn();
	let idle = 0;
	lines.onIdle = () => idle++;
	assert.deepEqual([lines.set(2), lines.busy], [true, 2]);
	lines.lock();
	assert.deepEqual([lines.set(3), lines.busy, lines.set(1), lines.set(0)], [false, 2, true, true]);
	lines.unlock();
	assert.deepEqual([idle, lines.set(1), lines.locked], [1, true, false]);
});
