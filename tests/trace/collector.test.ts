// SPDX-License-Identifier: Apache-2.0
//
// Attempts from the events of a real updater on virtual time: what an operator finds afterwards.

import assert from "node:assert/strict";
import test from "node:test";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import type { AttemptRecord } from "../../modules/trace/attempt.js";
import { TraceCollector } from "../../modules/trace/collector.js";
import { TraceRing } from "../../modules/trace/ring.js";
import { buildImage } from "../update/image.js";
import { cmpURL, iniURL, startMs, World } from "../update/world.js";

const modifiedMs = startMs - 3600000;
/** The clock of a gateway that no verified server has told the time: its build time. */
const floorMs = startMs - 86400000;

/** A gateway whose events go to a trace; `boot` of the world makes a new trace, as a restart does. */
class TracedWorld extends World {
	ring = new TraceRing({ store: this.store });

	override boot(reason: Parameters<World["boot"]>[0] = "power-on"): ReturnType<World["boot"]> {
		this.ring = new TraceRing({ store: this.store });
		const nextMs = (): number | undefined => {
			const next = this.updater?.status().next;
			return next === undefined ? undefined : next - this.ticks();
		};
		const collector = new TraceCollector({ ring: this.ring, nextMs });
		this.onEvent = (record) => collector.take(record);
		return super.boot(reason);
	}

	get attempts(): AttemptRecord[] {
		return [...this.ring.entries()];
	}
}

function gateway(settings: Record<string, string> = {}, ini = "HostName = gate7\n"): TracedWorld {
	const world = new TracedWorld({ SetDefaultOnINIFileProcess: "0", HostName: "gate7", ...settings });
	world.server.files[iniURL] = { body: encodeUTF8(ini), modifiedMs };
	return world;
}

test("an attempt has cause, requester, file, status, bytes, times, verdict and next time", async () => {
	const world = gateway({ AutoUpdateFrequency: "5", AutoUpdateFrequencySpread: "0" });
	const updater = world.boot();
	updater.trigger("console", "serial");
	await world.run();
	const [attempt] = world.attempts;
	const { files, phases, ...rest } = attempt;
	assert.deepEqual(rest, {
		number: 1,
		count: 1,
		since: new Date(floorMs).toISOString(),
		time: new Date(floorMs).toISOString(),
		causes: ["start-up", "console"],
		requester: "serial",
		after: "power-on",
		verdict: "updated",
		version: "1.0",
		reason: "ini applied: 0 parameters changed",
		nextSeconds: 300,
	});
	assert.equal(files.length, 1);
	const { ms, ...file } = files[0];
	assert.ok(ms >= 0);
	assert.deepEqual(file, {
		file: "ini",
		result: "applied",
		reason: "0 parameters changed",
		url: iniURL,
		statuses: [200],
		bytes: 17,
	});
	assert.deepEqual(
		phases.map(({ phase }) => phase),
		["ini", "verdict"],
	);
});

test("nothing new writes nothing to flash, however often", async () => {
	const world = gateway({ AutoUpdateFrequency: "5", AutoUpdateFrequencySpread: "0" });
	world.boot();
	await world.run();
	const { writes } = world.store.memory;
	for (let i = 0; i < 20; i++) await world.run(300000);
	assert.equal(world.store.memory.writes, writes);
	const last = world.attempts.at(-1);
	assert.equal(last?.count, 20);
	assert.deepEqual(last.causes, ["interval"]);
	assert.deepEqual(last.files[0].statuses, [304]);
});

test("the next time is told where the ini has just set the interval", async () => {
	const world = gateway({}, "AutoUpdateFrequency = 2\nAutoUpdateFrequencySpread = 0\nHostName = gate7\n");
	world.boot();
	await world.run();
	assert.equal(world.attempts[0].nextSeconds, 120);
});

test("triggers behind a run are an attempt of their own", async () => {
	const world = gateway();
	const updater = world.boot();
	await world.run(1);
	updater.trigger("console", "serial");
	await world.run();
	const causes = world.attempts.map((attempt) => attempt.causes.join());
	assert.deepEqual(causes, ["start-up", "console"]);
	assert.equal(world.attempts[1].requester, "serial");
	assert.equal(world.attempts[1].after, undefined);
});

test("all tries of a file are told with their status, and why it failed", async () => {
	const world = gateway();
	world.server.files[iniURL].status = 503;
	world.boot();
	await world.run(60000);
	const [attempt] = world.attempts;
	assert.equal(attempt.verdict, "failed");
	assert.deepEqual(attempt.files[0].statuses, [503, 503, 503]);
	assert.equal(attempt.files[0].code, "UPDATE_STATUS_503");
	assert.ok(attempt.files[0].ms < 60000);
});

test("firmware: flash work, restart, and the end of its trial in the same attempt", async () => {
	const world = gateway({ AutoCmpFileUrl: cmpURL });
	world.server.files[cmpURL] = { body: buildImage({ version: "2.0" }), modifiedMs };
	world.boot();
	await world.restart();
	await world.run();
	assert.equal(world.version, "2.0");
	const attempt = world.attempts.find(({ verdict }) => verdict === "updated");
	assert.equal(attempt?.version, "2.0");
	assert.deepEqual(
		attempt.files.map(({ file, result }) => `${file} ${result}`),
		["ini applied", "cmp installed"],
	);
	assert.ok(attempt.flash !== undefined && attempt.flash.bytes > 1000 && attempt.flash.erases >= 1);
	assert.equal(attempt.trial?.result, "confirmed");
	assert.equal(world.attempts.at(-1)?.after, "software");
});

test("firmware that does not reach its server: rolled back, told in the same attempt", async () => {
	const world = gateway({ AutoCmpFileUrl: cmpURL });
	world.server.files[cmpURL] = { body: buildImage({ version: "2.0" }), modifiedMs };
	world.boot();
	await world.restart();
	world.server.files[iniURL].silent = true;
	world.server.files[cmpURL].silent = true;
	await world.restart(600000);
	assert.equal(world.version, "1.0");
	const attempt = world.attempts.find(({ verdict }) => verdict === "updated");
	assert.equal(attempt?.trial?.result, "rolled-back");
});

test("the boot choice by hand is an attempt, and its trial ends there", async () => {
	const world = gateway();
	world.install(1, buildImage({ version: "0.9" }));
	const updater = world.boot();
	await world.run();
	updater.firmware.switch();
	await world.restart();
	await world.run();
	const attempt = world.attempts.find(({ verdict }) => verdict === "switch");
	assert.deepEqual(attempt?.causes, ["console"]);
	assert.equal(attempt?.trial?.result, "confirmed");
});

test("no credentials and no query come into the trace", async () => {
	const world = gateway({ IniFileURL: "http://user:s3cret@server/config_<MAC>.ini?token=s3cret" });
	world.boot();
	await world.run();
	assert.ok(world.attempts.length > 0);
	assert.ok(!JSON.stringify(world.attempts).includes("s3cret"));
	assert.equal(world.attempts[0].files[0].url, iniURL);
});

test("a gateway without a clock tells no time", async () => {
	const ring = new TraceRing({ store: gateway().store });
	const collector = new TraceCollector({ ring, nextMs: () => undefined });
	collector.take({ event: "trigger", cause: "console", effect: "started", time: null, ticks: 5 });
	collector.take({
		event: "verdict",
		result: "nothing-new",
		version: "1",
		reason: "no URL is set",
		time: null,
		ticks: 9,
	});
	const [attempt] = ring.entries();
	assert.deepEqual([attempt.time, attempt.reason, attempt.nextSeconds], [null, "no URL is set", undefined]);
	assert.deepEqual(attempt.phases, [{ phase: "verdict", ms: 4 }]);
});
