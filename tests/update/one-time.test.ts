// SPDX-License-Identifier: Apache-2.0
//
// Firmware of CmpFileURL that is refused after its last byte: it is not downloaded again at each run, but as soon as it, or what
// it was refused for, may be another.

import assert from "node:assert/strict";
import test from "node:test";
import { buildImage } from "./image.js";
import type { ServedFile } from "./server.js";
import { cmpURL, startMs, World } from "./world.js";

const modifiedMs = startMs - 3600000;
const forged = (options: { length?: number; anonymous?: boolean } = {}): Uint8Array =>
	buildImage({ version: "2.0", length: 30000, forged: true, ...options });

async function refused(file: ServedFile, settings: Record<string, string> = {}): Promise<World> {
	const world = new World({ IniFileURL: "", CmpFileURL: cmpURL, AutoUpdateCmpFile: "1", ...settings });
	world.server.files[cmpURL] = file;
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["cmp:refused:IMAGE_SIGNATURE_BAD"]);
	assert.equal(world.settings.text("CmpFileURL"), cmpURL);
	return world;
}

async function run(world: World, cause: "interval" | "console" = "interval"): Promise<number> {
	const before = world.server.requests.length;
	world.updater?.trigger(cause);
	await world.run();
	assert.equal(world.server.requests.length, before + 1);
	return world.server.requests[before].sent;
}

const servers: [string, Partial<ServedFile>][] = [
	["knows conditions", { modifiedMs }],
	["knows tags", { etag: '"a"' }],
	["dates files, but knows no conditions", { modifiedMs, ignoresConditions: true }],
	["knows nothing", { ignoresConditions: true }],
];

for (const [name, served] of servers) {
	test(`a server that ${name}: refused firmware is neither downloaded again nor written`, async () => {
		const world = await refused({ body: forged(), ...served });
		const { wear } = world;
		for (let i = 0; i < 3; i++) {
			assert.ok((await run(world)) <= 4096);
			assert.match(world.files[world.files.length - 1], /^cmp:(not-modified|refused):IMAGE_SIGNATURE_BAD$/);
		}
		assert.deepEqual(world.wear, wear);
		world.boot("software");
		await world.run();
		assert.deepEqual(world.wear, wear, "after a restart");
	});

	test(`a server that ${name}: an operator's word fetches it again`, async () => {
		const world = await refused({ body: forged(), ...served });
		assert.ok((await run(world, "console")) > 30000);
		assert.deepEqual(world.files.slice(-1), ["cmp:refused:IMAGE_SIGNATURE_BAD"]);
	});

	test(`a server that ${name}: another file under that URL is taken, and the URL forgotten`, async () => {
		const world = await refused({ body: forged(), ...served });
		const file = world.server.files[cmpURL];
		file.body = buildImage({ version: "2.1" });
		if (file.modifiedMs !== undefined) file.modifiedMs += 1000;
		if (file.etag !== undefined) file.etag = '"b"';
		await run(world);
		assert.deepEqual(world.files.slice(-1), ["cmp:installed"]);
		assert.equal(world.settings.text("CmpFileURL"), "");
	});
}

test("another URL is fetched, and so is the file when keys have changed", async () => {
	const world = await refused({ body: forged(), modifiedMs });
	world.keys = [1, 2];
	assert.ok((await run(world)) > 30000);
	world.server.files["http://server/other.cmp"] = { body: buildImage({ version: "2.0" }), modifiedMs };
	world.configure({ CmpFileURL: "http://server/other.cmp" });
	await run(world);
	assert.deepEqual(world.files.slice(-1), ["cmp:installed"]);
});

test("the same program signed anew is told by its date", async () => {
	const world = await refused({ body: forged(), modifiedMs, ignoresConditions: true });
	world.server.files[cmpURL] = {
		body: buildImage({ version: "2.0", length: 30000 }),
		modifiedMs: modifiedMs + 1000,
		ignoresConditions: true,
	};
	await run(world);
	assert.deepEqual(world.files.slice(-1), ["cmp:installed"]);
});

test("builds without a program hash are not told apart by their heads", async () => {
	const world = await refused({ body: forged({ anonymous: true }), modifiedMs, ignoresConditions: true });
	assert.ok((await run(world)) > 30000);
});

test("a periodic file of a server that dates nothing is taken for another one each time", async () => {
	const settings = { CmpFileURL: "", AutoCmpFileUrl: cmpURL };
	const world = new World({ IniFileURL: "", ...settings });
	world.server.files[cmpURL] = { body: forged(), ignoresConditions: true };
	world.boot();
	await world.run();
	assert.ok((await run(world)) > 30000);
	world.server.files[cmpURL].modifiedMs = modifiedMs;
	assert.ok((await run(world)) > 30000, "now it has a date");
	assert.ok((await run(world)) <= 4096);
});
