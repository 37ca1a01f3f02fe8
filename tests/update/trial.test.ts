// SPDX-License-Identifier: Apache-2.0
//
// The trial of new firmware on virtual time: confirmation, time-out, the way back, what is remembered of it.

import assert from "node:assert/strict";
import test from "node:test";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { buildImage } from "./image.js";
import { cmpURL, iniURL, startMs, World } from "./world.js";

const modifiedMs = startMs - 3600000;

/** A gateway that has just started version 2.0 for the first time. */
async function onTrial(settings: Record<string, string> = {}, image = buildImage({ version: "2.0" })): Promise<World> {
	const world = new World({ AutoCmpFileUrl: cmpURL, SetDefaultOnINIFileProcess: "0", ...settings });
	world.server.files[iniURL] = { body: encodeUTF8("HostName = gate7\n"), modifiedMs };
	world.server.files[cmpURL] = { body: image, modifiedMs };
	world.boot();
	await world.restart();
	assert.equal(world.version, "2.0");
	return world;
}

test("an answer of the provisioning server confirms the new firmware", async () => {
	const world = await onTrial();
	assert.equal(world.updater?.status().trial, true);
	await world.run();
	assert.equal(world.seen("verdict")[0].result, "confirmed");
	assert.equal(world.updater?.status().trial, false);
	world.boot();
	await world.run();
	assert.equal(world.version, "2.0");
	assert.deepEqual(world.verdicts, ["nothing-new"]);
});

test("without an answer the trial ends after its time, in a restart into the old firmware", async () => {
	const world = await onTrial({ AupdTrialTime: "120" });
	world.server.down = true;
	await world.run(119000);
	assert.equal(world.restarts, 0);
	assert.ok(world.seen("trigger").filter(({ cause }) => cause === "trial").length >= 1, "asks again meanwhile");
	world.events = [];
	await world.run(2000);
	assert.equal(world.seen("restart").length, 1);
	assert.equal(world.restarts, 1);
	world.server.down = false;
	world.boot("software");
	assert.equal(world.version, "1.0");
	const [verdict] = world.seen("verdict");
	assert.equal(verdict.result, "rolled-back");
	assert.equal(verdict.version, "1.0");
});

test("settings after which the server cannot be reached go back, and are not tried again until it offers others", async () => {
	const world = new World({ AupdTrialTime: "60", SetDefaultOnINIFileProcess: "0", HostName: "gate7" });
	const broken = encodeUTF8("HostName = gate8\nDNSPriServerIP = 192.0.2.53\n");
	world.server.files[iniURL] = { body: broken, modifiedMs, onSent: () => (world.server.down = true) };
	world.boot();
	await world.run(30_000);
	assert.equal(world.settings.text("HostName"), "gate8", "in force, on trial");
	await world.restart(40_000);
	assert.equal(world.settings.text("HostName"), "gate7");
	delete world.server.files[iniURL].onSent;
	world.server.down = false;
	await world.run();
	assert.deepEqual(world.files, ["ini:refused:UPDATE_FAILED_BEFORE"]);
	world.server.files[iniURL] = { body: encodeUTF8("HostName = gate9\n"), modifiedMs: modifiedMs + 1000 };
	world.updater?.trigger("interval");
	await world.run();
	assert.equal(world.settings.text("HostName"), "gate9");
	assert.equal(world.verdicts.slice(-2)[0], "confirmed");
});

test("firmware that dies on trial is rolled back, and its content is not tried again until it changes", async () => {
	const world = await onTrial();
	world.boot("panic");
	assert.equal(world.version, "1.0");
	assert.deepEqual(world.verdicts, ["rolled-back"]);
	const erases = world.slots[1].erases;
	await world.run();
	assert.equal(world.settings.text("HostName"), "", "the settings that came with it went too");
	assert.deepEqual(world.files, ["ini:refused:UPDATE_FAILED_BEFORE", "cmp:refused:UPDATE_FAILED_BEFORE"]);
	assert.equal(world.slots[1].erases, erases);
	assert.ok(world.server.requests.slice(-1)[0].sent < 2000, "its head is enough");
	assert.equal(world.seen("verdict")[1].result, "nothing-new");
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["ini:not-modified:UPDATE_FAILED_BEFORE", "cmp:not-modified:UPDATE_FAILED_BEFORE"]);
	assert.deepEqual(world.verdicts, ["nothing-new"], "the rollback is told once");
	world.server.files[cmpURL] = { body: buildImage({ version: "2.0", seed: 2 }), modifiedMs: modifiedMs + 1000 };
	world.boot();
	await world.restart();
	await world.run();
	assert.equal(world.version, "2.0");
	assert.equal(world.verdicts[0], "confirmed");
	assert.equal(world.settings.text("HostName"), "gate7", "other firmware may take them");
});

test("failed content is refused by a server without conditions too", async () => {
	const world = await onTrial();
	world.server.files[cmpURL].ignoresConditions = true;
	world.boot("watchdog");
	for (let round = 0; round < 3; round++) {
		world.updater?.trigger("console");
		await world.run();
	}
	assert.equal(world.files.filter((text) => text.startsWith("cmp")).length, 3);
	assert.equal(world.files.filter((text) => text === "cmp:refused:UPDATE_FAILED_BEFORE").length, 3);
	assert.equal(world.restarts, 0);
});

test("a later answer within the trial time still confirms", async () => {
	const world = await onTrial();
	world.server.down = true;
	await world.run(60000);
	world.server.down = false;
	await world.run(60000);
	assert.ok(world.verdicts.includes("confirmed"));
	await world.run(600000);
	assert.equal(world.restarts, 0);
});

test("the other slot is not overwritten on trial: newer firmware waits for the confirmation", async () => {
	const world = new World({ IniFileURL: "", AutoCmpFileUrl: cmpURL });
	world.server.files[cmpURL] = { body: buildImage({ version: "2.0" }), modifiedMs };
	world.boot();
	await world.restart();
	world.server.files[cmpURL] = { body: buildImage({ version: "3.0" }), modifiedMs: modifiedMs + 5000 };
	await world.run();
	assert.deepEqual(world.files, ["cmp:skipped:UPDATE_ON_TRIAL", "cmp:installed"]);
	assert.equal(world.verdicts[0], "confirmed");
	world.boot("software");
	assert.equal(world.version, "3.0");
});

test("one-time firmware leaves no server to ask: to be up confirms", async () => {
	const world = new World({ IniFileURL: "", CmpFileURL: cmpURL, AutoUpdateCmpFile: "1" });
	world.server.files[cmpURL] = { body: buildImage({ version: "2.0" }) };
	world.boot();
	await world.restart();
	assert.equal(world.verdicts[0], "confirmed");
});

test("firmware that has lost the URL of its server is not confirmed", async () => {
	const world = await onTrial();
	world.updater?.close();
	world.configure({ IniFileURL: "", AutoCmpFileUrl: "" });
	await world.run(400000);
	assert.equal(world.verdicts.includes("confirmed"), false);
});

test("a trial runs an update even where the start-up trigger is off", async () => {
	const world = await onTrial();
	world.updater?.close();
	world.configure({ AutoUpdateOnStartup: "0" });
	world.otadata.bytes.set(new Uint8Array([1, 0, 0, 0]), 24); // PENDING_VERIFY is 1; NEW is 0
	const sector = world.selector.current()?.sector ?? 0;
	world.otadata.bytes.set(new Uint8Array([0, 0, 0, 0]), sector * 4096 + 24);
	world.boot();
	assert.equal(world.seen("trigger")[0].cause, "trial");
	await world.run();
	assert.equal(world.verdicts[0], "confirmed");
});

test("a power cut between the note and the boot choice is no rollback: the file is fetched again", async () => {
	const world = await onTrial();
	await world.run();
	assert.deepEqual(world.verdicts, ["confirmed", "nothing-new"]);
	world.server.files[cmpURL] = { body: buildImage({ version: "3.0" }), modifiedMs: modifiedMs + 1000 };
	world.updater?.trigger("console");
	world.otadata.eraseBlock = () => {
		world.updater?.close(); // power is gone: nothing after this counts
		throw new Error("cut");
	};
	await world.run();
	delete (world.otadata as Partial<typeof world.otadata>).eraseBlock;
	world.boot();
	assert.equal(world.version, "2.0");
	assert.deepEqual(world.verdicts, []);
	await world.restart();
	assert.equal(world.version, "3.0");
	await world.run();
	assert.equal(world.verdicts[0], "confirmed");
});

test("a boot choice that cannot be written fails the file and leaves it to the next try", async () => {
	const world = new World({ IniFileURL: "", AutoCmpFileUrl: cmpURL });
	world.server.files[cmpURL] = { body: buildImage({ version: "2.0" }), modifiedMs };
	world.boot();
	world.otadata.eraseBlock = () => {
		throw new Error("worn out");
	};
	await world.run();
	assert.deepEqual(world.files, ["cmp:installed", "store:failed:FLASH_IO"]);
	assert.deepEqual(world.verdicts, ["failed"]);
	assert.equal(world.restarts, 0);
	delete (world.otadata as Partial<typeof world.otadata>).eraseBlock;
	world.updater?.trigger("console");
	await world.restart();
	assert.equal(world.version, "2.0");
});

test("two builds that share a head are told apart by the whole file", async () => {
	const world = await onTrial({}, buildImage({ version: "2.0", anonymous: true }));
	world.boot("panic");
	await world.run();
	assert.deepEqual(world.files, ["ini:refused:UPDATE_FAILED_BEFORE", "cmp:refused:UPDATE_FAILED_BEFORE"]);
	assert.equal(world.restarts, 0);
	const other = buildImage({ version: "2.0", anonymous: true, seed: 2 });
	world.server.files[cmpURL] = { body: other, modifiedMs: modifiedMs + 1000 };
	world.updater?.trigger("console");
	await world.restart();
	assert.equal(world.version, "2.0");
});
