// SPDX-License-Identifier: Apache-2.0
//
// The boot choice by hand, on virtual time: to the other slot only when its whole image is trusted, on trial, and back.

import assert from "node:assert/strict";
import test from "node:test";
import { buildImage } from "./image.js";
import { cmpURL, startMs, World } from "./world.js";

const modifiedMs = startMs - 3600000;
const two = buildImage({ version: "2.0" });

/** Version 2.0 in slot 1, come by an update from 1.0 in slot 0, and confirmed. */
async function updated(settings: Record<string, string> = {}): Promise<World> {
	const world = new World({ IniFileURL: "", AutoCmpFileUrl: cmpURL, ...settings });
	world.server.files[cmpURL] = { body: two, modifiedMs };
	world.boot();
	await world.restart();
	await world.run();
	assert.deepEqual([world.version, world.updater?.status().trial], ["2.0", false]);
	world.events = [];
	return world;
}

/** Version 2.0 in slot 1, as it starts for the first time; no server answers. */
async function onTrial(): Promise<World> {
	const world = new World({ IniFileURL: "", AutoCmpFileUrl: cmpURL });
	world.server.files[cmpURL] = { body: two, modifiedMs };
	world.boot();
	await world.run();
	world.server.down = true;
	world.boot("software");
	assert.equal(world.updater?.status().trial, true);
	return world;
}

function codes(world: World): string[] {
	return world.seen("firmware").map(({ action, result, code = "" }) => `${action} ${result} ${code}`.trim());
}

test("switch starts the other slot on trial, and the server's answer confirms it", async () => {
	const world = await updated();
	world.updater?.firmware.switch();
	await world.run();
	assert.deepEqual(codes(world), ["switch done"]);
	assert.equal(world.restarts, 1);
	world.server.files = {};
	world.server.down = true;
	world.boot("software");
	assert.equal(world.version, "1.0");
	assert.equal(world.updater?.status().trial, true);
	world.server.down = false;
	world.server.files[cmpURL] = { body: buildImage({ version: "1.0" }), modifiedMs };
	await world.run(60000);
	assert.equal(world.verdicts.includes("confirmed"), true);
	assert.equal(world.version, "1.0");
	world.boot();
	assert.equal(world.version, "1.0");
});

test("a switch that is not confirmed goes back to what ran before", async () => {
	const world = await updated();
	world.updater?.firmware.switch();
	await world.run();
	world.boot("software");
	assert.equal(world.version, "1.0");
	world.boot("panic");
	assert.equal(world.version, "2.0");
	assert.deepEqual(world.verdicts, ["rolled-back"]);
});

for (const [title, spoil, code] of [
	["is empty", (world: World) => world.slots[0].bytes.fill(0xff), "IMAGE_MAGIC"],
	["has a wrong byte", (world: World) => (world.slots[0].bytes[5000] ^= 1), "IMAGE_CHECKSUM"],
	["ends too early", (world: World) => world.slots[0].bytes.fill(0xff, 5000), "IMAGE_CHECKSUM"],
	["has lengths that leave it", (world: World) => world.slots[0].bytes.fill(0x7f, 28, 32), "IMAGE_TRUNCATED"],
	["is unsigned", (world: World) => world.install(0, buildImage({ version: "1.0", keys: [] })), "IMAGE_UNSIGNED"],
	[
		"is signed by a stranger",
		(world: World) => world.install(0, buildImage({ version: "1.0", keys: [9] })),
		"IMAGE_KEY_UNKNOWN",
	],
	[
		"is forged",
		(world: World) => world.install(0, buildImage({ version: "1.0", forged: true })),
		"IMAGE_SIGNATURE_BAD",
	],
	[
		"is for another model",
		(world: World) => world.install(0, buildImage({ version: "1.0", model: "toaster" })),
		"IMAGE_MODEL",
	],
	["is for another chip", (world: World) => world.install(0, buildImage({ version: "1.0", chip: 5 })), "IMAGE_CHIP"],
] as const) {
	test(`neither switch nor rollback takes a slot whose image ${title}`, async () => {
		const world = await updated();
		spoil(world);
		const before = [...world.otadata.bytes];
		for (const action of ["switch", "rollback"] as const) {
			world.updater?.firmware[action]();
			await world.run();
		}
		assert.deepEqual(codes(world), [`switch refused ${code}`, `rollback refused ${code}`]);
		assert.deepEqual([...world.otadata.bytes], before);
		assert.equal(world.restarts, 0);
		world.boot();
		assert.equal(world.version, "2.0");
	});
}

test("a secure version below the confirmed one is refused by hand too", async () => {
	const world = new World({ IniFileURL: "", AutoCmpFileUrl: cmpURL });
	world.server.files[cmpURL] = { body: buildImage({ version: "2.0", secureVersion: 3 }), modifiedMs };
	world.boot();
	await world.restart();
	await world.run();
	world.updater?.firmware.switch();
	await world.run();
	assert.deepEqual(codes(world), ["switch refused IMAGE_SECURE_VERSION"]);
});

test("rollback of confirmed firmware goes to the one before, and the present one is not installed again", async () => {
	const world = await updated();
	world.updater?.firmware.rollback();
	await world.restart();
	assert.equal(world.version, "1.0");
	await world.run(60000);
	assert.ok(world.files.includes("cmp:refused:UPDATE_FAILED_BEFORE"), world.files.join());
	assert.equal(world.version, "1.0");
	assert.equal(world.restarts, 0);
	assert.equal(world.updater?.status().trial, false);
	world.server.files[cmpURL] = { body: buildImage({ version: "2.1" }), modifiedMs: modifiedMs + 60000 };
	world.updater?.trigger("interval");
	await world.restart();
	assert.equal(world.version, "2.1");
});

test("rollback of firmware on trial bars it, even when the power goes before the restart", async () => {
	for (const reason of ["software", "power-on"] as const) {
		const world = await onTrial();
		world.updater?.firmware.rollback();
		assert.equal(
			world.selector.entries().some(({ state }) => state === "INVALID"),
			true,
		);
		world.boot(reason);
		assert.equal(world.version, "1.0");
		assert.deepEqual(world.verdicts, ["rolled-back"]);
		world.server.down = false;
		await world.run(60000);
		assert.deepEqual(world.files.slice(-1), ["cmp:refused:UPDATE_FAILED_BEFORE"]);
	}
});

test("confirm ends the trial by hand", async () => {
	const world = await onTrial();
	world.updater?.firmware.confirm();
	assert.equal(world.updater?.status().trial, false);
	assert.equal(world.verdicts[0], "confirmed");
	world.boot();
	assert.equal(world.version, "2.0");
	assert.equal(world.selector.current()?.state, "VALID");
	assert.throws(() => world.updater?.firmware.confirm(), { code: "UPDATE_NO_TRIAL" });
});

test("nothing is switched during a trial, an update, another check or before a restart", async () => {
	const trial = await onTrial();
	assert.throws(() => trial.updater?.firmware.switch(), { code: "UPDATE_ON_TRIAL" });
	const world = await updated();
	world.updater?.trigger("interval");
	assert.throws(() => world.updater?.firmware.switch(), { code: "UPDATE_BUSY" });
	await world.run();
	world.updater?.firmware.switch();
	assert.throws(() => world.updater?.firmware.rollback(), { code: "UPDATE_BUSY" });
	await world.run(200);
	assert.deepEqual(codes(world), ["switch done"]);
	assert.throws(() => world.updater?.firmware.switch(), { code: "UPDATE_BUSY" });
});

test("an update that begins during the check has the right of way", async () => {
	const world = await updated();
	world.updater?.firmware.switch();
	world.updater?.trigger("interval");
	await world.run();
	assert.deepEqual(codes(world), ["switch refused UPDATE_BUSY"]);
	assert.equal(world.restarts, 0);
});

test("rollback needs firmware that was confirmed before", async () => {
	const world = new World({ IniFileURL: "" });
	world.boot();
	await world.run();
	assert.throws(() => world.updater?.firmware.rollback(), { code: "UPDATE_NO_FALLBACK" });
});

test("a store that fails leaves the boot choice as it was", async () => {
	const world = await updated();
	world.store.failNext = true;
	world.updater?.firmware.switch();
	await world.run();
	assert.deepEqual(codes(world), ["switch refused STORE_FULL"]);
	world.boot();
	assert.equal(world.version, "2.0");
});
