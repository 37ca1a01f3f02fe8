// SPDX-License-Identifier: Apache-2.0
//
// What an operator may do to updates: stop one and go on with it, have them downloaded now and installed later.

import assert from "node:assert/strict";
import test from "node:test";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { buildImage } from "./image.js";
import { cmpURL, iniURL, startMs, World } from "./world.js";

const modifiedMs = startMs - 3600000;
const image = buildImage({ version: "2.0", length: 38000 });

/** Firmware 2.0 and new settings lie on the server. */
function gateway(settings: Record<string, string> = {}): World {
	const world = new World({ AutoCmpFileUrl: cmpURL, ...settings });
	world.server.files[cmpURL] = { body: image, modifiedMs, etag: '"v1"' };
	world.server.files[iniURL] = { body: encodeUTF8(`HostName = gate8\nAutoCmpFileUrl = '${cmpURL}'\n`), modifiedMs };
	return world;
}

/** A gateway under a hold with everything downloaded. */
async function held(settings: Record<string, string> = {}): Promise<World> {
	const world = gateway(settings);
	world.boot().hold();
	await world.run();
	assert.deepEqual(world.verdicts, ["held"]);
	return world;
}

function names(world: World): string[] {
	return [...world.store.names()].filter((name) => /^[+-]|^upd\.(hold|parked|trial)$/.test(name)).sort();
}

test("update cancel: the run ends at once, nothing of it comes into force, what follows it is dropped", async () => {
	const world = gateway();
	world.server.files[cmpURL].onSent = (bytes) => {
		if (bytes > 20_000) world.updater?.cancel();
	};
	const updater = world.boot();
	await world.run(1);
	updater.trigger("web");
	await world.run(60_000);
	assert.deepEqual(world.verdicts, ["failed"]);
	assert.match(world.seen("verdict")[0].reason, /^UPDATE_CANCELLED: stopped by an operator/);
	assert.equal(updater.status().phase, "idle");
	assert.equal(world.settings.text("HostName"), "");
	assert.deepEqual(names(world), []);
	assert.equal(world.server.requests.length, 2);
	assert.equal(world.server.requests[1].cancelled, true);
});

test("update cancel, then update: firmware goes on from where it was", async () => {
	const world = gateway();
	const file = world.server.files[cmpURL];
	file.onSent = (bytes) => {
		if (bytes > 20_000) world.updater?.cancel();
	};
	world.boot();
	await world.run(60_000);
	delete file.onSent;
	world.updater?.trigger("console");
	await world.restart(60_000);
	assert.match(world.server.requests[3].headers.Range ?? "", /^bytes=[1-9][0-9]*-$/);
	assert.equal(world.version, "2.0");
	await world.run();
	assert.equal(world.settings.text("HostName"), "gate8");
});

test("update cancel ends the wait for another try, and a server that says nothing", async () => {
	for (const fault of [{ status: 503 }, { silent: true }]) {
		const world = gateway();
		Object.assign(world.server.files[iniURL], fault);
		const updater = world.boot();
		await world.run(1000);
		assert.equal(updater.status().phase, "running");
		updater.cancel();
		await world.run(1);
		assert.equal(updater.status().phase, "idle");
		assert.deepEqual(world.files, ["ini:failed:UPDATE_CANCELLED"]);
		assert.equal(world.server.requests.length, 1);
		assert.ok(world.clock.pending <= 1, "no wait is left");
	}
});

test("update cancel before the first request: there is none", async () => {
	const world = gateway();
	world.boot().cancel();
	await world.run();
	assert.deepEqual([world.verdicts, world.server.requests.length], [["failed"], 0]);
});

test("there is nothing to cancel while idle", async () => {
	const world = gateway({ AutoUpdateOnStartup: "0" });
	assert.throws(() => world.boot().cancel(), { code: "UPDATE_NO_RUN" });
});

test("a hold: firmware and settings are downloaded and checked, and nothing is in force", async () => {
	const world = await held();
	assert.deepEqual(world.files, ["ini:applied", "cmp:installed"]);
	assert.deepEqual([world.restarts, world.version, world.settings.text("HostName")], [0, "1.0", ""]);
	assert.equal(world.selector.current(), undefined);
	assert.deepEqual(world.slots[1].bytes.slice(0, image.length), image);
	assert.match(
		world.updater?.status().notes?.join() ?? "",
		/^maintenance hold: ready for "update release": .*version 2\.0/,
	);
});

test("a hold: triggers that come by themselves are ignored while something lies ready", async () => {
	const world = await held();
	const count = world.server.requests.length;
	for (const cause of ["interval", "time-of-day", "snmp", "notify", "retry"] as const)
		assert.equal(world.updater?.trigger(cause), "ignored");
	await world.run(3600_000);
	assert.equal(world.server.requests.length, count);
});

test("update release: what lies ready is checked again, comes into force together, and proves itself", async () => {
	const world = await held();
	const count = world.server.requests.length;
	world.updater?.release();
	await world.restart();
	assert.equal(world.server.requests.length, count, "nothing is fetched again");
	assert.equal(world.version, "2.0");
	await world.run();
	assert.deepEqual(world.verdicts, ["confirmed", "nothing-new"]);
	assert.equal(world.settings.text("HostName"), "gate8");
	assert.deepEqual(names(world), []);
});

test("a hold and what lies ready outlast restarts and losses of power", async () => {
	const world = await held();
	for (const reason of ["software", "power-on", "watchdog"] as const) {
		world.boot(reason);
		await world.run(10_000);
		assert.deepEqual([world.version, world.settings.text("HostName")], ["1.0", ""]);
		assert.deepEqual(
			world.seen("trigger").map(({ effect }) => effect),
			["ignored"],
		);
	}
	world.updater?.release();
	await world.restart();
	await world.run();
	assert.deepEqual([world.version, world.settings.text("HostName")], ["2.0", "gate8"]);
});

test("an auxiliary file lies ready with the rest, and is whole after a restart and the release", async () => {
	const plan = encodeUTF8("dial plan\n".repeat(300));
	const url = "http://server/plan.dat";
	const world = gateway({ AutoCmpFileUrl: "", DialPlanFileUrl: url });
	world.server.files[url] = { body: plan, modifiedMs };
	world.server.files[iniURL].body = encodeUTF8(`HostName = gate8\nDialPlanFileUrl = '${url}'\n`);
	world.boot().hold();
	await world.run();
	assert.deepEqual([...world.kept.list()], []);
	assert.equal(world.settings.text("DialPlanFileUrl"), url, "forgotten only with the release");
	world.boot("power-on");
	await world.run();
	world.updater?.release();
	await world.run();
	assert.deepEqual(
		[...world.kept.list()].map(({ size }) => size),
		[plan.length],
	);
	assert.equal(world.settings.text("DialPlanFileUrl"), "");
});

test("release of settings alone: in force at once, on trial, without a restart", async () => {
	const world = await held({ AutoCmpFileUrl: "" });
	world.server.files[iniURL].body = encodeUTF8("HostName = gate9\n");
	world.updater?.trigger("console");
	await world.run();
	assert.deepEqual(world.verdicts, ["held", "held"]);
	world.updater?.release();
	await world.run();
	assert.deepEqual([world.settings.text("HostName"), world.restarts], ["gate9", 0]);
	assert.deepEqual(world.verdicts.slice(2), ["updated", "confirmed", "nothing-new"]);
});

test("a setting that was changed by hand under the hold is not lost: the update is made anew", async () => {
	const world = await held();
	world.settings.set("AutoUpdateFrequency", "60");
	world.settings.save();
	world.updater?.release();
	await world.run(60_000);
	assert.match(world.seen("verdict")[1].reason, /^UPDATE_HELD_STALE/);
	await world.restart(0);
	await world.run();
	assert.equal(world.version, "2.0");
	assert.equal(world.settings.text("HostName"), "gate8");
});

test("firmware that has gone bad in its slot, or is signed by nobody now, is not released", async () => {
	const damage = [
		(world: World) => (world.slots[1].bytes[20_000] &= 0),
		(world: World) => world.revoked.push(1),
		(world: World) => world.install(1, buildImage({ version: "3.0" })),
	];
	for (const harm of damage) {
		const world = await held();
		world.server.down = true;
		harm(world);
		world.updater?.release();
		await world.run(60_000);
		assert.equal(world.seen("verdict")[1].result, "failed");
		assert.deepEqual([world.restarts, world.settings.text("HostName")], [0, ""]);
		assert.deepEqual(names(world), []);
	}
});

test("released during the run: it comes into force as ever", async () => {
	const world = gateway();
	const updater = world.boot();
	updater.hold();
	await world.run(1);
	updater.release();
	await world.restart();
	assert.equal(world.version, "2.0");
});

test("ResetNow of an ini that changes nothing waits for the release too", async () => {
	const world = gateway({ AutoCmpFileUrl: "", SetDefaultOnINIFileProcess: "0" });
	world.server.files[iniURL].body = encodeUTF8("ResetNow = 1\n");
	const updater = world.boot();
	updater.hold();
	updater.trigger("notify", undefined, { restart: true });
	await world.run();
	assert.equal(world.restarts, 0);
	updater.release();
	await world.run();
	assert.equal(world.restarts, 1);
});

test("a release without a hold is refused; a hold twice is one", async () => {
	const world = gateway({ AutoUpdateOnStartup: "0" });
	const updater = world.boot();
	assert.throws(() => updater.release(), { code: "UPDATE_NOT_HELD" });
	updater.hold();
	const { commits } = world.store;
	updater.hold();
	assert.equal(world.store.commits, commits);
	assert.deepEqual(updater.status().notes, ["maintenance hold: nothing lies ready yet"]);
	updater.release();
	assert.deepEqual(updater.status().notes, []);
});
