// SPDX-License-Identifier: Apache-2.0
//
// A program that crashes in the update of its start: how long the next ones wait, and when that is forgotten.

import assert from "node:assert/strict";
import test from "node:test";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import type { ResetReason } from "../../modules/ecma419/board.js";
import { iniURL, startMs, World } from "./world.js";

const record = "upd.crashes";

/** The ini changes nothing, so that no run has to prove it. */
function gateway(settings: Record<string, string> = {}): World {
	const world = new World({ SetDefaultOnINIFileProcess: "0", HostName: "gate7", ...settings });
	world.server.files[iniURL] = { body: encodeUTF8("HostName = gate7\n"), modifiedMs: startMs - 3600000 };
	return world;
}

/** Starts, and is gone before an update has ended. */
async function crash(world: World, reason: ResetReason = "panic"): Promise<void> {
	world.boot(reason);
	await world.run(0);
	assert.equal(world.verdicts.length, 0);
}

/** Milliseconds until the update of this start begins. */
async function waitOf(world: World): Promise<number> {
	const { next } = world.boot("panic").status();
	if (world.seen("trigger").length > 0) return 0;
	await world.run((next ?? 0) - 1);
	assert.equal(world.seen("trigger").length, 0, "too early");
	await world.run(1);
	assert.equal(world.seen("trigger")[0].cause, "start-up");
	return next ?? 0;
}

test("the start-up update waits longer after each crash, an hour at most", async () => {
	const world = gateway();
	await crash(world, "power-on");
	const waits: number[] = [];
	for (let i = 0; i < 8; i++) waits.push(await waitOf(world));
	assert.deepEqual(waits, [0, 30000, 120000, 480000, 1920000, 3600000, 3600000, 3600000]);
});

test("a wait is told and shown, and beyond the longest one nothing is written", async () => {
	const world = gateway();
	for (let i = 0; i < 6; i++) await crash(world, "watchdog");
	const { writes } = world.store.memory;
	const updater = world.boot("watchdog");
	assert.deepEqual(
		world.seen("crashes").map(({ count, waitMs }) => [count, waitMs]),
		[[6, 3600000]],
	);
	assert.equal(updater.status().crashes, 6);
	assert.equal(updater.status().next, 3600000);
	assert.equal(world.store.memory.writes, writes);
});

test("a run that ends, however, forgets the crashes", async () => {
	const world = gateway();
	await crash(world);
	await crash(world);
	world.server.files = {};
	const updater = world.boot("panic");
	await world.run(120000);
	await world.run(60000);
	assert.deepEqual(world.verdicts, ["failed"]);
	assert.equal(updater.status().crashes, 0);
	assert.equal(world.store.get(record), undefined);
	assert.equal(await waitOf(world), 0);
});

test("starts that follow no crash write nothing, and do not wait", async () => {
	const world = gateway();
	for (const reason of ["power-on", "software", "brownout", "unknown"] as const) {
		world.boot(reason);
		await world.run();
		const { writes } = world.store.memory;
		world.boot(reason);
		assert.equal(world.seen("trigger").length, 1);
		await world.run();
		assert.equal(world.store.memory.writes, writes, reason);
	}
});

test("after a reset by hand the update starts at once, and a crash in it counts on", async () => {
	const world = gateway();
	for (let i = 0; i < 3; i++) await crash(world);
	world.boot("power-on");
	assert.equal(world.seen("trigger").length, 1);
	assert.equal(await waitOf(world), 480000);
});

test("who asks meanwhile is served, and the update that waited does not come again", async () => {
	const world = gateway({ AutoUpdateFreqencySeconds: "3600" });
	for (let i = 0; i < 2; i++) await crash(world);
	const updater = world.boot("panic");
	await world.run(1000);
	updater.trigger("console");
	await world.run(600000);
	assert.deepEqual(
		world.seen("trigger").map(({ cause }) => cause),
		["console"],
	);
	assert.equal(world.verdicts.length, 1);
	assert.equal(updater.status().crashes, 0);
});

test("without a start-up update the interval waits instead", async () => {
	const world = gateway({ AutoUpdateOnStartup: "0", AutoUpdateFreqencySeconds: "10" });
	for (let i = 0; i < 2; i++) await crash(world);
	world.boot("panic");
	await world.run(129000);
	assert.equal(world.server.requests.length, 0);
	await world.run(2000);
	assert.equal(world.server.requests.length, 1);
});

test("a store that takes nothing does not end the waiting", async () => {
	const world = gateway();
	await crash(world);
	for (let i = 0; i < 2; i++) {
		world.store.failNext = true;
		assert.equal(await waitOf(world), 30000);
	}
});
