// SPDX-License-Identifier: Apache-2.0
//
// Every row of section 2 ("Triggers") of the fact sheet on a whole gateway; the listeners' rows by the interface they have.

import assert from "node:assert/strict";
import test from "node:test";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { secureStartMs } from "../../modules/update/start-up.js";
import { iniURL, startMs, World } from "./world.js";

const modifiedMs = startMs - 3600000;
const minuteMs = 60_000;
const hourMs = 3_600_000;

function gateway(settings: Record<string, string> = {}): World {
	const world = new World({ SetDefaultOnINIFileProcess: "0", HostName: "gate7", ...settings });
	world.server.files[iniURL] = { body: encodeUTF8("HostName = gate7\n"), modifiedMs };
	return world;
}

/** `cause:effect` of each trigger. */
function effects(world: World): string[] {
	return world.seen("trigger").map(({ cause, effect }) => `${cause}:${effect}`);
}

function notices(world: World): string[] {
	return world.seen("notice").map(({ topic, text }) => `${topic}: ${text}`);
}

test("spec section 2, start-up: an update after every reset and power-up, on by default", async () => {
	const world = gateway();
	for (const reason of ["power-on", "software", "watchdog"] as const) {
		world.boot(reason);
		await world.run();
		assert.deepEqual(effects(world), ["start-up:started"]);
	}
});

test("spec section 2, start-up: run-on-reboot off (AutoUpdateOnStartup = 0)", async () => {
	const world = gateway({ AutoUpdateOnStartup: "0", AutoUpdateFreqencySeconds: "60", AutoUpdateFrequencySpread: "0" });
	world.boot();
	await world.run(59_000);
	assert.deepEqual(effects(world), []);
	await world.run(2000);
	assert.deepEqual(effects(world), ["interval:started"]);
});

test("start-up is spread after a power cut, but not after a restart, nor with something on trial", async () => {
	const world = gateway();
	world.startOptions = { spreadMs: 30_000 };
	world.boot("power-on");
	await world.run(15_000);
	assert.deepEqual(effects(world), []);
	assert.equal(world.updater?.status().next, 15_058);
	await world.run(100);
	assert.deepEqual(effects(world), ["start-up:started"]);
	world.boot("software");
	await world.run(1);
	assert.deepEqual(effects(world), ["start-up:started"]);
	world.boot("brownout");
	await world.run(1);
	assert.deepEqual(effects(world), []);
});

test("a trigger that comes before a spread start takes its place", async () => {
	const world = gateway();
	world.startOptions = { spreadMs: 30_000 };
	world.boot("power-on").trigger("console");
	await world.run(60_000);
	assert.deepEqual(effects(world), ["console:started"]);
});

test("spec section 2, secure start-up: operational only after the update, which is made even with run-on-reboot off", async () => {
	const world = gateway({ EnableSecureStartup: "1", AutoUpdateOnStartup: "0" });
	world.boot();
	await world.run(0);
	assert.equal(world.operational, 0);
	await world.run();
	assert.deepEqual(world.verdicts, ["updated"]);
	assert.equal(world.operational, 1);
	world.updater?.trigger("console");
	await world.run();
	assert.equal(world.operational, 1);
});

test("without secure start-up the gateway is operational at once", () => {
	const world = gateway();
	world.boot();
	assert.equal(world.operational, 1);
});

test("spec section 2, secure start-up: a server that is down keeps the gateway waiting for its tries only", async () => {
	const world = gateway({ EnableSecureStartup: "1" });
	world.server.down = true;
	world.boot();
	await world.run(minuteMs);
	assert.deepEqual([world.verdicts, world.operational], [["failed"], 1]);
});

test("spec section 2, secure start-up: a restart that the update asks for comes before the gateway is operational", async () => {
	const world = gateway({ EnableSecureStartup: "1" });
	world.server.files[iniURL].body = encodeUTF8("HostName = gate8\nResetNow = 1\n");
	world.boot();
	await world.run();
	assert.deepEqual([world.restarts, world.operational], [1, 0]);
	await world.restart(0);
	await world.run();
	assert.equal(world.operational, 1);
});

test("secure start-up waits ten minutes at most", async () => {
	const world = gateway({ EnableSecureStartup: "1" });
	world.startOptions = { spreadMs: 4 * secureStartMs }; // a run that is not over by then
	world.boot("power-on");
	await world.run(secureStartMs - 1);
	assert.equal(world.operational, 0);
	await world.run(1);
	assert.equal(world.operational, 1);
	assert.match(notices(world)[0], /^start-up: secure start-up: .* 600 s/);
});

test("spec section 2, secure start-up: TFTP is disabled", async () => {
	const world = gateway({ EnableSecureStartup: "1", IniFileURL: "tftp://server/a.ini" });
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["ini:refused:UPDATE_SECURE_START"]);
	assert.equal(world.server.requests.length, 0);
});

test("spec section 2, interval: AutoUpdateFrequency in minutes", async () => {
	const world = gateway({ AutoUpdateFrequency: "60", AutoUpdateFrequencySpread: "0" });
	world.boot();
	await world.run(24 * hourMs);
	assert.equal(effects(world).filter((text) => text === "interval:started").length, 24);
});

test("spec section 2, interval: AutoUpdateFreqencySeconds in seconds", async () => {
	const world = gateway({ AutoUpdateFreqencySeconds: "90", AutoUpdateFrequencySpread: "0" });
	world.boot();
	await world.run(hourMs);
	assert.equal(effects(world).filter((text) => text === "interval:started").length, 40);
});

test("spec section 2, interval: counts from the last update trigger, of whatever cause", async () => {
	const world = gateway({ AutoUpdateFrequency: "60", AutoUpdateFrequencySpread: "0" });
	const updater = world.boot();
	for (const cause of ["console", "snmp", "notify", "web", "dhcp"] as const) {
		await world.run(50 * minuteMs);
		updater.trigger(cause);
	}
	await world.run(59 * minuteMs);
	assert.ok(!effects(world).includes("interval:started"));
	await world.run(2 * minuteMs);
	assert.equal(effects(world).slice(-1)[0], "interval:started");
});

function daily(settings: Record<string, string> = {}): World {
	return gateway({ AutoUpdatePredefinedTime: "18:00", AutoUpdateOnStartup: "0", ...settings });
}

test("spec section 2, time of day: 'HH:MM' plus a random delay of five minutes unless set, once a day", async () => {
	const world = daily();
	world.boot();
	world.board?.clock.set(startMs, "sntp"); // 12:00
	await world.run(6 * hourMs - minuteMs);
	assert.deepEqual(effects(world), []);
	await world.run(6 * minuteMs);
	assert.deepEqual(effects(world), ["time-of-day:started"]);
	assert.equal(world.seen("trigger")[0].time?.slice(11, 17), "18:02:");
	await world.run(24 * hourMs);
	assert.equal(effects(world).length, 2);
});

test("spec section 2, time of day: AutoUpdatePredefinedRandomTime is the window in seconds", async () => {
	const world = daily({ AutoUpdatePredefinedRandomTime: "7200" });
	world.boot();
	world.board?.clock.set(startMs, "sntp");
	await world.run(7 * hourMs - minuteMs);
	assert.deepEqual(effects(world), []);
	await world.run(2 * minuteMs);
	assert.deepEqual(effects(world), ["time-of-day:started"]);
});

test("spec section 2, time of day: local time is UTC plus NTPServerUTCOffset", async () => {
	const world = daily({ NTPServerUTCOffset: "7200" });
	world.boot();
	world.board?.clock.set(startMs, "sntp");
	await world.run(4 * hourMs + 5 * minuteMs);
	assert.deepEqual(effects(world), ["time-of-day:started"]);
});

test("spec section 2, time of day: with no valid time it cannot fire, and says so; it is armed when a clock comes", async () => {
	const world = daily();
	world.boot();
	await world.run(3 * 24 * hourMs);
	assert.deepEqual(effects(world), []);
	assert.match(world.updater?.status().notes?.join() ?? "", /waits for a clock/);
	assert.equal(world.updater?.status().next, undefined);
	world.board?.clock.set(startMs, "sntp");
	await world.run(7 * hourMs);
	assert.deepEqual(effects(world), ["time-of-day:started"]);
	assert.deepEqual(world.updater?.status().notes, []);
});

test("spec section 2, both timers: the time of day counts, and that they are both set is told once", async () => {
	const world = daily({ AutoUpdateFrequency: "10" });
	world.boot();
	world.board?.clock.set(startMs, "sntp");
	await world.run(5 * hourMs);
	assert.deepEqual(effects(world), []);
	assert.equal(notices(world).length, 1);
	assert.match(notices(world)[0], /^schedule: .*both set: the time of day counts/);
	await world.run(24 * hourMs);
	assert.deepEqual(effects(world), ["time-of-day:started"]);
	assert.match(world.updater?.status().notes?.join() ?? "", /both set/);
});

test("spec section 2, SNMP: a SET of acSysActionSetAutoUpdate triggers an update", async () => {
	const world = daily();
	assert.equal(world.boot().trigger("snmp", "192.0.2.3"), "started");
	await world.run();
	assert.deepEqual(world.verdicts, ["updated"]);
});

test("spec section 2.1, SIP NOTIFY check-sync;reboot=false: an update, no restart without need", async () => {
	const world = daily();
	assert.equal(world.boot().trigger("notify", "192.0.2.4", { restart: false }), "started");
	await world.run();
	assert.deepEqual([world.verdicts, world.restarts], [["updated"], 0]);
});

test("spec section 2.1, SIP NOTIFY check-sync;reboot=true: an update, then a restart even if nothing changed", async () => {
	const world = daily();
	world.boot().trigger("notify", "192.0.2.4", { restart: true });
	await world.run();
	assert.deepEqual([world.verdicts, world.restarts], [["updated"], 1]);
});

test("spec section 2, DHCP: a URL from DHCP at boot makes an update, also with run-on-reboot off", async () => {
	const world = daily({ IniFileURL: "" });
	world.provided = { IniFileURL: [iniURL] };
	world.startOptions = { cause: "dhcp" };
	world.boot();
	await world.run();
	assert.deepEqual(effects(world), ["dhcp:started"]);
	assert.deepEqual(world.files, ["ini:applied"]);
});

test("spec section 2, web and CLI: not found in the original; here both are triggers", async () => {
	const world = daily();
	const updater = world.boot();
	assert.deepEqual([updater.trigger("web", "operator"), updater.trigger("console")], ["started", "joined"]);
	await world.run();
	assert.equal(world.server.requests.length, 1);
});
