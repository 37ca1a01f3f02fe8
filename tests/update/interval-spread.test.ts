// SPDX-License-Identifier: Apache-2.0
//
// AutoUpdateFrequencySpread: how long the waits of an interval are, and that a fleet whose power came back together does not stay together,
// on virtual time.
// node-only: hundreds of thousands of waits take minutes on an interpreter

import assert from "node:assert/strict";
import test from "node:test";
import { intervalMs, waitMs } from "../../modules/update/schedule.js";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { hourMs, minuteMs, seeded } from "./daily-bench.js";
import { iniURL, startMs, World } from "./world.js";

const settings = (values: Record<string, string>) => ({ text: (name: string): string => values[name] ?? "0" });
const hourly = settings({ AutoUpdateFrequency: "60", AutoUpdateFrequencySpread: "10" });

test("a wait is never longer than the interval, nor shorter by more than the spread", () => {
	for (const [share, chance, ms] of [
		["10", 0, 60 * minuteMs],
		["10", 0.5, 57 * minuteMs],
		["50", 0.999999, 30 * minuteMs + 2],
		["0", 0.999999, 60 * minuteMs],
	] as const) {
		const spread = settings({ AutoUpdateFrequency: "60", AutoUpdateFrequencySpread: share });
		assert.equal(waitMs(spread, chance), ms);
		assert.equal(intervalMs(spread), 60 * minuteMs);
	}
	assert.equal(waitMs(settings({ AutoUpdateFrequencySpread: "10" }), 0.5), 0, "no interval, no wait");
});

/** A gateway that takes its ini as incremental, with what it draws by chance. */
function gateway(more: Record<string, string>, chance: () => number): World {
	const world = new World({ SetDefaultOnINIFileProcess: "0", HostName: "gate7", AutoUpdateOnStartup: "0", ...more });
	world.server.files[iniURL] = { body: encodeUTF8("HostName = gate7\n"), modifiedMs: startMs };
	world.boot();
	world.board = Object.assign(world.board ?? assert.fail(), {
		random: (bytes: Uint8Array) => bytes.fill(Math.floor(chance() * 256)),
	});
	return world;
}

test("each wait is drawn anew, and from the last trigger of any cause", async () => {
	const world = gateway({ AutoUpdateFrequency: "60" }, seeded(4));
	await world.run(50 * minuteMs);
	world.updater?.trigger("console");
	await world.run(20 * hourMs);
	const ticks = world.seen("trigger").map((record) => record.ticks);
	const waits = ticks.slice(1).map((at, i) => at - ticks[i]);
	assert.ok(waits.length >= 20 && waits.length <= 22, `${waits.length}`);
	assert.ok(
		waits.every((ms) => ms > 54 * minuteMs && ms <= 60 * minuteMs),
		waits.join(),
	);
	assert.ok(new Set(waits).size > 15, waits.join());
});

test("a run does not begin another wait, and settings that it changes count from the last trigger", async () => {
	const world = gateway({ AutoUpdateFrequency: "60" }, seeded(5));
	world.updater?.trigger("console");
	const next = world.updater?.status().next ?? 0;
	await world.run();
	assert.deepEqual(world.verdicts, ["updated"]);
	assert.equal(world.updater?.status().next, next);
	assert.ok(next < 60 * minuteMs);
	world.server.files[iniURL] = { body: encodeUTF8("AutoUpdateFrequencySpread = 0\n"), modifiedMs: startMs + 1000 };
	world.updater?.trigger("console");
	await world.run();
	const last = world.seen("trigger").at(-1)?.ticks ?? 0;
	assert.equal(world.updater?.status().next, last + 60 * minuteMs);
});

test("an interval shorter than the spread of a start does not come before it", async () => {
	const world = new World({ AutoUpdateFreqencySeconds: "60" });
	world.startOptions = { spreadMs: hourMs };
	world.boot("power-on");
	const next = world.updater?.status().next ?? 0;
	assert.ok(next > 30 * minuteMs && next < 31 * minuteMs);
	await world.run(next - 1000);
	assert.deepEqual(world.seen("trigger"), []);
	await world.run(61_000);
	assert.deepEqual(
		world.seen("trigger").map(({ cause }) => cause),
		["start-up", "interval"],
	);
});

/** Updates in the busiest minute of a day, of gateways whose power came back within 30 s; all run at the same interval. */
function busiestMinute(chance: () => number, waits: typeof hourly, day: number): number {
	const minutes = new Array<number>(24 * 60).fill(0);
	for (let gateway = 0; gateway < 1000; gateway++) {
		let at = chance() * 30_000;
		while (at < day * 24 * hourMs) at += waitMs(waits, chance());
		for (; at < (day + 1) * 24 * hourMs; at += waitMs(waits, chance()))
			minutes[Math.floor(at / minuteMs) % minutes.length]++;
	}
	return Math.max(...minutes);
}

test("a thousand gateways that woke together: exact intervals keep them in one minute, the spread parts them", () => {
	const exact = settings({ AutoUpdateFrequency: "60", AutoUpdateFrequencySpread: "0" });
	assert.equal(busiestMinute(seeded(6), exact, 7), 1000);
	const even = 1000 / 57;
	const first = busiestMinute(seeded(7), hourly, 0);
	const later = busiestMinute(seeded(8), hourly, 7);
	assert.ok(first > 500, `${first} at first: the power came back`);
	assert.ok(later < 3 * even, `${later} in a minute after a week, ${even.toFixed(0)} on the average`);
});
