// SPDX-License-Identifier: Apache-2.0
//
// Firmware that an operator brings, on virtual time: the same checks and the same trial as for one that is fetched, without any server.

import assert from "node:assert/strict";
import test from "node:test";
import type { UploadSource } from "../../modules/update/firmware-upload.js";
import { buildImage } from "./image.js";
import { World } from "./world.js";

const two = buildImage({ version: "2.0" });

/** @returns the same with `count` bytes of 0x1A behind */
function longer(bytes: Uint8Array, count: number): Uint8Array {
	const all = new Uint8Array(bytes.length + count).fill(0x1a);
	all.set(bytes);
	return all;
}

/** Without a URL in its settings. */
async function offline(): Promise<World> {
	const world = new World({ IniFileURL: "" });
	world.boot();
	await world.run();
	return world;
}

/** @param size of a piece. @param tell after how many bytes the length is known */
function source(bytes: Uint8Array, size = 1024, tell?: number): UploadSource & { count: number } {
	return {
		count: 0,
		get length() {
			return tell !== undefined && this.count > tell ? bytes.length : undefined;
		},
		read(buffer) {
			const piece = bytes.subarray(this.count, this.count + Math.min(size, buffer.length));
			buffer.set(piece);
			this.count += piece.length;
			return Promise.resolve(piece.length);
		},
	};
}

async function upload(world: World, from: UploadSource): Promise<unknown> {
	const uploaded = world.updater?.upload(from, "console").catch((error: unknown) => error);
	await world.run();
	return uploaded;
}

test("a gateway without network takes firmware, restarts once, and confirms it by itself", async () => {
	const world = await offline();
	assert.deepEqual(await upload(world, source(two)), { version: "2.0", slot: 1 });
	assert.equal(world.restarts, 1);
	world.boot("software");
	await world.run();
	assert.deepEqual([world.version, world.verdicts[0]], ["2.0", "confirmed"]);
});

test("where a server is set that does not answer, an operator confirms it", async () => {
	const world = new World({});
	world.server.down = true;
	world.boot();
	await world.run(600_000);
	await upload(world, source(two));
	world.boot("software");
	assert.equal(world.updater?.status().trial, true);
	world.updater?.firmware.confirm();
	await world.run();
	assert.equal(world.updater?.status().trial, false);
	world.boot();
	assert.equal(world.version, "2.0");
});

for (const [what, bytes, code] of [
	["with a wrong byte", two.map((byte, i) => (i === 5000 ? byte ^ 1 : byte)), "IMAGE_CHECKSUM"],
	["cut in two", two.slice(0, 5000), "IMAGE_TRUNCATED"],
	["shorter than a head", two.slice(0, 100), "IMAGE_TRUNCATED"],
	["with bytes behind it", longer(two, 1), "IMAGE_TRAILER"],
	["of another model", buildImage({ version: "2.0", model: "toaster" }), "IMAGE_MODEL"],
	["that is unsigned", buildImage({ version: "2.0", keys: [] }), "IMAGE_UNSIGNED"],
	["that is older", buildImage({ version: "0.9" }), "UPDATE_VERSION"],
	["that is running", buildImage({ version: "1.0" }), "UPDATE_REFUSED"],
] as const)
	test(`firmware ${what} is refused, and what runs stays`, async () => {
		const world = await offline();
		const refused = await upload(world, source(bytes));
		assert.equal((refused as { code?: string }).code, code);
		const [event] = world.seen("firmware");
		assert.deepEqual([event.action, event.slot, event.result, event.code], ["upload", 1, "refused", code]);
		assert.equal(world.restarts, 0);
		world.boot();
		assert.equal(world.version, "1.0");
	});

test("a length that comes with the first bytes is looked at before anything is erased", async () => {
	const world = await offline();
	const before = world.slots[1].erases;
	const long = source(longer(two, 64 * 1024), 1024, 0);
	assert.equal(((await upload(world, long)) as { code?: string }).code, "UPDATE_IMAGE_SIZE");
	assert.equal(world.slots[1].erases, before);
});

test("while an update runs nothing is read; while a file comes, an update waits", async () => {
	const world = new World({});
	world.boot();
	const early = source(two);
	assert.equal(
		((await world.updater?.upload(early, "console").catch((error: unknown) => error)) as { code?: string }).code,
		"UPDATE_BUSY",
	);
	assert.equal(early.count, 0);
	await world.run();
	let more: (count: number) => void = () => undefined;
	const slow: UploadSource = { length: undefined, read: () => new Promise((resolve) => (more = resolve)) };
	const uploaded = world.updater?.upload(slow, "console").catch((error: unknown) => error);
	await world.run();
	assert.deepEqual([world.updater?.status().phase, world.updater?.status().causes], ["running", ["console"]]);
	assert.equal(world.updater?.trigger("interval"), "queued");
	assert.equal(
		((await world.updater?.upload(early, "web").catch((error: unknown) => error)) as { code?: string }).code,
		"UPDATE_BUSY",
	);
	world.events = [];
	more(0);
	await world.run();
	assert.equal(((await uploaded) as { code?: string }).code, "IMAGE_TRUNCATED");
	assert.equal(world.verdicts.length, 1, "the run that has waited");
});

test("a source that fails leaves what runs, and the next file is taken", async () => {
	const world = await offline();
	const broken = source(two);
	broken.read = function (buffer) {
		return this.count > 9000 ? Promise.reject(new Error("line")) : source(two).read.call(this, buffer);
	};
	assert.match(String(await upload(world, broken)), /line/);
	assert.match(String(world.seen("firmware").at(-1)?.reason), /line/);
	assert.deepEqual(await upload(world, source(two)), { version: "2.0", slot: 1 });
});
