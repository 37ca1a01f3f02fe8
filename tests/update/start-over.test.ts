// SPDX-License-Identifier: Apache-2.0
//
// Firmware downloads that broke and cannot be gone on with, on virtual time: they start over, once and without harm.

import assert from "node:assert/strict";
import test from "node:test";
import { asked, broken, image, journal, last, modifiedMs, updated } from "./broken.js";
import { buildImage } from "./image.js";
import { cmpURL } from "./world.js";

test("a server that ignores Range starts over, without an erase for what is there", async () => {
	const world = await broken({ range: "ignored" });
	const before = world.slots[1].erases;
	const requests = await updated(world);
	assert.deepEqual(requests.map(({ status }) => status)[0], 200);
	assert.equal(world.slots[1].erases - before, image.length / 4096 - 4);
});

test("a file that changed in between is taken whole, judged before the first erase", async () => {
	const world = await broken();
	const other = buildImage({ version: "2.1", length: 38000, seed: 9 });
	world.server.files[cmpURL] = { body: other, modifiedMs: modifiedMs + 60000, etag: '"v2"' };
	world.updater?.trigger("console");
	await world.restart(30000);
	assert.deepEqual(asked(world).slice(0, 1), ["12288-"]);
	assert.equal(world.version, "2.1");

	const older = await broken();
	older.server.files[cmpURL] = { body: buildImage({ version: "0.9" }), modifiedMs, etag: '"v0"' };
	const before = older.slots[1].erases;
	older.updater?.trigger("console");
	await older.run();
	assert.deepEqual(older.files, ["cmp:refused:UPDATE_VERSION"]);
	assert.equal(older.slots[1].erases, before);
	assert.equal(older.store.has(journal), false);
});

for (const [title, range, code] of [
	["that is not satisfiable (416)", "refused", "UPDATE_STATUS_416"],
	["that begins elsewhere", `bytes 12289-${image.length - 1}/${image.length}`, "HTTP_CONTENT_RANGE"],
	["of a file of another length", `bytes 12288-${image.length}/${image.length + 1}`, "HTTP_CONTENT_RANGE"],
	["that ends too early", `bytes 12288-20000/${image.length}`, "HTTP_CONTENT_RANGE"],
] as const) {
	test(`an answer to Range ${title} starts over at once`, async () => {
		const world = await broken({ range });
		await updated(world);
		assert.deepEqual(asked(world), ["12288-", "all"]);
	});

	test(`an answer to Range ${title} is told`, async () => {
		const world = await broken({ range });
		world.updater?.trigger("console");
		await world.run();
		assert.deepEqual(world.files, [`cmp:failed:${code}`, "cmp:installed"]);
	});
}

test("two versions under one ETag do not pass, and the file is fetched whole once, without conditions", async () => {
	const world = await broken();
	const other = buildImage({ version: "2.0", length: 38000, seed: 7 });
	world.server.files[cmpURL].body = other;
	world.updater?.trigger("console");
	await world.run();
	assert.deepEqual(asked(world), ["12288-", "all"]);
	assert.deepEqual(world.files, ["cmp:failed:IMAGE_CHECKSUM", "cmp:installed"]);
	assert.deepEqual(
		Object.keys(world.server.requests[1].headers).filter((name) => name.startsWith("If-")),
		[],
	);
	assert.deepEqual(world.slots[1].bytes.slice(0, other.length), other);
});

test("a slot that lost what the journal says starts over, and nothing is remembered against the file", async () => {
	for (const at of [0, 40, 5000]) {
		const world = await broken();
		world.slots[1].bytes[at] ^= 1;
		const requests = await updated(world);
		assert.deepEqual([requests[0].status, requests[1].status], [206, 200], `byte ${at}`);
	}
});

test("a signature that is not trusted is judged on the whole file, and then remembered", async () => {
	const forged = buildImage({ version: "2.0", length: 38000, forged: true });
	const world = await broken({ body: forged });
	world.updater?.trigger("interval");
	await world.run();
	assert.deepEqual(world.files, ["cmp:failed:IMAGE_SIGNATURE_BAD", "cmp:refused:IMAGE_SIGNATURE_BAD"]);
	assert.deepEqual(asked(world), ["12288-", "all"]);
	assert.equal(world.slots[1].bytes[0], 0);
	assert.equal(world.store.has(journal), false);
	world.updater?.trigger("interval");
	await world.run();
	assert.equal(last(world.server.requests).status, 304);
});

test("without a key the rest is not fetched, and it is not forgotten either", async () => {
	const world = await broken();
	world.keys = [];
	world.updater?.trigger("interval");
	await world.run();
	assert.deepEqual(world.files, ["cmp:refused:IMAGE_NO_KEYS"]);
	assert.ok(world.server.requests[0].sent <= 1460);
	world.keys = [1];
	await updated(world);
	assert.deepEqual(asked(world).slice(0, 2), ["12288-", "12288-"]);
});
