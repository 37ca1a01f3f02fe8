// SPDX-License-Identifier: Apache-2.0
//
// Updates of the firmware on virtual time: order, what is decided before the first erase, what a failure leaves.

import assert from "node:assert/strict";
import test from "node:test";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { buildImage } from "./image.js";
import { cmpURL, iniURL, startMs, World } from "./world.js";

const modifiedMs = startMs - 3600000;

function withFirmware(image: Uint8Array): World {
	const world = new World({ IniFileURL: "", AutoCmpFileUrl: cmpURL });
	world.server.files[cmpURL] = { body: image, modifiedMs };
	return world;
}

test("ini comes first, then newer firmware, then one restart into the new version, confirmed", async () => {
	const world = withFirmware(buildImage({ version: "2.0" }));
	world.configure({ IniFileURL: iniURL });
	world.server.files[iniURL] = { body: encodeUTF8(`AutoCmpFileUrl = '${cmpURL}'\n`), modifiedMs };
	world.boot();
	await world.restart();
	assert.deepEqual(
		world.server.requests.map(({ url }) => url),
		[iniURL, cmpURL],
	);
	assert.equal(world.version, "2.0");
	assert.equal(world.seen("boot")[0].state, "pending");
	await world.run();
	assert.deepEqual(world.files, ["ini:not-modified", "cmp:not-modified"]);
	assert.deepEqual(world.verdicts, ["confirmed", "nothing-new"]);
	assert.equal(world.selector.current()?.state, "VALID");
	assert.equal(world.server.requests[2].headers["User-Agent"].includes(";2.0;"), true);
});

test("the firmware lies in the other slot, byte for byte, with one flash event", async () => {
	const image = buildImage({ version: "2.0" });
	const world = withFirmware(image);
	world.boot();
	await world.run();
	assert.deepEqual(world.slots[1].bytes.slice(0, image.length), image);
	const [flash] = world.seen("flash");
	assert.equal(flash.slot, 1);
	assert.equal(flash.bytes, image.length);
	assert.equal(flash.erases, Math.ceil(image.length / 4096));
	const last = world.progress[world.progress.length - 1];
	assert.deepEqual(last, { file: "cmp", phase: "flash", done: image.length, total: image.length });
});

test("where memory is plenty, an image goes to the slot in larger pieces, and nothing else is different", async () => {
	const image = buildImage({ version: "2.0", length: 50000 });
	const ends = [undefined, 8192, 16384].map(async (pieceBytes) => {
		const world = withFirmware(image);
		world.pieceBytes = pieceBytes;
		world.boot();
		await world.run(20000);
		assert.deepEqual(world.slots[1].bytes.slice(0, image.length), image);
		assert.deepEqual(world.verdicts, ["updated"]);
		return [world.wear, world.seen("flash")[0].bytes];
	});
	const [usual, ...others] = await Promise.all(ends);
	for (const end of others) assert.deepEqual(end, usual);
});

test("the running version is not installed again, and its body is not downloaded", async () => {
	const world = withFirmware(buildImage({ version: "1.0", length: 30000 }));
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["cmp:same"]);
	assert.deepEqual(world.verdicts, ["nothing-new"]);
	assert.equal(world.server.requests[0].cancelled, true);
	assert.ok(world.server.requests[0].sent <= 1024);
	assert.equal(world.slots[1].erases, 0);
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["cmp:not-modified"]);
});

for (const [title, fields, code] of [
	["an older version", { version: "0.9" }, "UPDATE_VERSION"],
	["another chip", { version: "2.0", chip: 5 }, "IMAGE_CHIP"],
	["another model", { version: "2.0", model: "toaster" }, "IMAGE_MODEL"],
	["an image larger than the slot", { version: "2.0", length: 70000 }, "UPDATE_IMAGE_SIZE"],
] as const) {
	test(`${title} is refused before the first erase`, async () => {
		const world = withFirmware(buildImage(fields));
		world.boot();
		await world.run();
		assert.deepEqual(world.files, [`cmp:refused:${code}`]);
		assert.equal(world.slots[1].erases, 0);
		assert.equal(world.otadata.erases, 0);
		assert.equal(world.restarts, 0);
	});
}

test("a corrupt image is refused, is not bootable, and the boot choice stays", async () => {
	const image = buildImage({ version: "2.0" });
	image[5000] ^= 1;
	const world = withFirmware(image);
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["cmp:refused:IMAGE_CHECKSUM"]);
	assert.deepEqual(world.verdicts, ["failed"]);
	assert.equal(world.slots[1].bytes[0], 0);
	assert.equal(world.otadata.erases, 0);
	assert.equal(world.restarts, 0);
});

test("a complete answer with half an image is refused", async () => {
	const world = withFirmware(buildImage({ version: "2.0" }).slice(0, 6000));
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["cmp:refused:IMAGE_TRUNCATED"]);
});

test("something that is no image is refused at its first bytes", async () => {
	const world = withFirmware(encodeUTF8("<html>Please log in</html>"));
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["cmp:refused:IMAGE_MAGIC"]);
});

test("an image that breaks off is tried three times and leaves the boot choice", async () => {
	const world = withFirmware(buildImage({ version: "2.0" }));
	world.server.files[cmpURL].breakAt = 5000;
	world.boot();
	await world.run(30000);
	assert.deepEqual(world.files, ["cmp:failed:HTTP_TRUNCATED"]);
	assert.equal(world.server.requests.length, 3);
	assert.equal(world.otadata.erases, 0);
	assert.equal(world.restarts, 0);
	delete world.server.files[cmpURL].breakAt;
	world.updater?.trigger("console");
	await world.run();
	assert.deepEqual(world.files.slice(-1), ["cmp:installed"]);
});

test("CmpFileURL is fetched only with AutoUpdateCmpFile = 1, without conditions, and then forgotten", async () => {
	const world = new World({ IniFileURL: "", CmpFileURL: cmpURL });
	world.server.files[cmpURL] = { body: buildImage({ version: "2.0" }), modifiedMs };
	world.boot();
	await world.run();
	assert.equal(world.server.requests.length, 0);
	world.configure({ AutoUpdateCmpFile: "1" });
	world.updater?.trigger("console");
	await world.restart();
	assert.equal(world.version, "2.0");
	assert.equal(world.settings.text("CmpFileURL"), "");
	await world.run();
	assert.equal(world.server.requests.length, 1);
	assert.deepEqual(world.verdicts, ["confirmed", "nothing-new"]);
});

test("a one-time file is asked for without conditions, also under a URL that is known", async () => {
	const world = withFirmware(buildImage({ version: "1.0" }));
	world.boot();
	await world.run();
	world.configure({ AutoCmpFileUrl: "", CmpFileURL: cmpURL, AutoUpdateCmpFile: "1" });
	world.updater?.trigger("console");
	await world.run();
	assert.equal(world.server.requests[1].headers["If-Modified-Since"], undefined);
	assert.deepEqual(world.files, ["cmp:same", "cmp:same"]);
	assert.equal(world.settings.text("CmpFileURL"), "");
});

test("AutoCmpFileUrl comes before CmpFileURL, which waits when firmware is ready", async () => {
	const other = "http://server/once.cmp";
	const world = withFirmware(buildImage({ version: "2.0" }));
	world.configure({ CmpFileURL: other, AutoUpdateCmpFile: "1" });
	world.server.files[other] = { body: buildImage({ version: "3.0" }) };
	world.boot();
	await world.restart();
	assert.deepEqual(
		world.server.requests.map(({ url }) => url),
		[cmpURL],
	);
	await world.restart();
	assert.equal(world.version, "3.0");
});

test("one file that fails does not stop the others", async () => {
	const world = withFirmware(buildImage({ version: "2.0" }));
	world.configure({ IniFileURL: iniURL });
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["ini:failed:UPDATE_STATUS_404", "cmp:installed"]);
});
