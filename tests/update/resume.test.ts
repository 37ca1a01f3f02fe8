// SPDX-License-Identifier: Apache-2.0
//
// Firmware downloads that break and go on where they were, on virtual time: what is asked for, noted and erased.

import assert from "node:assert/strict";
import test from "node:test";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { asked, broken, image, journal, last, modified, modifiedMs, updated, withFirmware } from "./broken.js";
import { buildImage } from "./image.js";
import type { ServedFile } from "./server.js";
import { cmpURL, startMs, World } from "./world.js";

test("within one run the try after a broken connection asks for the rest", async () => {
	const world = withFirmware({ breakAfter: 21000 });
	world.boot();
	await world.run(30000);
	assert.deepEqual(asked(world), ["all", "16384-", "32768-"]);
	assert.deepEqual(
		world.seen("request").map(({ from, status }) => [from, status]),
		[
			[undefined, 200],
			[16384, 206],
			[32768, 206],
		],
	);
	assert.deepEqual(world.files, ["cmp:installed"]);
	assert.deepEqual(world.slots[1].bytes.slice(0, image.length), image);
});

test("wherever it breaks, the next run asks for what is missing and installs", async () => {
	for (const breakAt of [1, 287, 4096, 8191, 8192, 8193, 12288, 30000, image.length - 1]) {
		const world = await broken({ breakAt });
		const [request] = await updated(world);
		const noted = Math.max(0, (Math.floor(breakAt / 4096) - 1) * 4096);
		assert.equal(request.headers.Range, noted === 0 ? undefined : `bytes=${noted}-`, `break at ${breakAt}`);
		assert.equal(request.headers["If-Range"], noted === 0 ? undefined : '"v1"');
		assert.equal(request.sent, image.length - noted);
	}
});

test("what lies in the slot is not erased again", async () => {
	const world = await broken();
	const before = world.slots[1].erases;
	await updated(world);
	assert.equal(world.slots[1].erases - before, image.length / 4096 - 4);
	assert.equal(world.store.has(journal), false);
});

test("CmpFileURL goes on too, and is forgotten in the end", async () => {
	const world = await broken({}, { AutoCmpFileUrl: "", CmpFileURL: cmpURL, AutoUpdateCmpFile: "1" });
	const [request] = await updated(world);
	assert.equal(request.headers.Range, "bytes=12288-");
	assert.equal(world.settings.text("CmpFileURL"), "");
});

test("Last-Modified serves where there is no ETag, when it is older than Date", async () => {
	const world = await broken({ etag: undefined });
	const [request] = await updated(world);
	assert.equal(request.headers["If-Range"], modified);
	for (const file of [
		{ etag: 'W/"v1"' }, // a weak tag rules the date out too
		{ etag: undefined, modifiedMs: undefined },
		{ etag: undefined, modifiedMs: startMs + 3600000 },
		{ unannounced: true, breakAt: 20000 },
		{ etag: `"${"v".repeat(200)}"` },
	]) {
		const other = await broken(file);
		assert.deepEqual(
			(await updated(other)).map(({ headers }) => headers.Range),
			[undefined],
			JSON.stringify(file),
		);
	}
});

test("the download that went on is remembered as any other: the next request gets a 304", async () => {
	const world = await broken();
	await updated(world);
	await world.run();
	assert.deepEqual(last(world.server.requests).headers["If-None-Match"], '"v1"');
	assert.equal(last(world.server.requests).headers["If-Modified-Since"], modified);
	assert.equal(last(world.server.requests).status, 304);
});

test("during a trial the other slot is left alone, and the download goes on after it", async () => {
	const iniURL = "http://server/a.ini";
	const world = await broken({}, { SetDefaultOnINIFileProcess: "0" });
	const cmp = world.server.files[cmpURL];
	const ini: ServedFile = { body: encodeUTF8("HostName = gate7\n"), modifiedMs, onSent: () => (ini.status = 404) };
	world.server.files[iniURL] = ini;
	cmp.status = 404;
	world.configure({ IniFileURL: iniURL });
	world.updater?.trigger("interval");
	await world.run(20000);
	assert.equal(world.updater?.status().trial, true);
	world.server.requests = [];
	delete cmp.status;
	await world.restart(60000);
	const cmpRequests = world.server.requests.filter(({ url }) => url === cmpURL);
	assert.deepEqual(
		cmpRequests.map(({ headers, status }) => [headers.Range, status]),
		[
			[undefined, 200],
			["bytes=12288-", 206],
		],
	);
	assert.equal(world.version, "2.0");
});

test("another URL starts from its beginning, and the note of the first goes before anything is erased", async () => {
	const world = await broken();
	const url = "http://server/other.cmp";
	let noted: boolean | undefined;
	world.server.files[url] = {
		...{ body: buildImage({ version: "3.0", length: 38000 }), modifiedMs, etag: '"v1"' },
		onSent: (bytes) => {
			if (bytes > 6000) noted ??= world.store.has(journal);
		},
	};
	world.configure({ AutoCmpFileUrl: url });
	world.updater?.trigger("interval");
	await world.restart(30000);
	assert.deepEqual(asked(world), ["all"]);
	assert.equal(noted, false);
	assert.equal(world.version, "3.0");
});

/* Of a short file there is a note in 128 KB, of a long one in an eighth of it; whole blocks are noted, all but the last. */
for (const { length, cutAt, noted } of [
	{ length: 600000, cutAt: 300000, noted: 2 * 131072 - 4096 },
	{ length: 1600000, cutAt: 450000, noted: 97 * 4096 },
]) {
	test(`a reset in mid-download goes on from the last note: ${length} bytes`, async () => {
		const large = buildImage({ version: "2.0", length });
		const world = new World({ IniFileURL: "", AutoCmpFileUrl: cmpURL }, 2048 * 1024);
		world.server.files[cmpURL] = { body: large, modifiedMs, etag: '"v1"' };
		world.boot();
		const before = world.store.commits;
		while ((world.server.requests[0]?.sent ?? 0) < cutAt) await world.run(10);
		assert.equal(world.store.commits - before, 2);
		world.boot("brownout");
		await world.restart(10000);
		assert.equal(world.version, "2.0");
		const [, request] = world.server.requests;
		assert.equal(request.headers.Range, `bytes=${noted}-`);
		assert.equal(request.sent, large.length - noted);
		assert.deepEqual(world.slots[1].bytes.slice(0, large.length), large);
	});
}

test("a store that cannot take the note is told once, and the download goes on", async () => {
	const world = withFirmware({ breakAt: 20000 });
	world.boot();
	world.server.files[cmpURL].onSent = () => (world.store.failNext = true);
	await world.run(2000);
	world.store.failNext = false;
	delete world.server.files[cmpURL].breakAt;
	delete world.server.files[cmpURL].onSent;
	await world.restart(30000);
	assert.equal(world.version, "2.0");
	assert.deepEqual(asked(world), ["all", "all"]);
});

test("nothing is erased while the line is idle", async () => {
	const world = withFirmware();
	world.boot();
	await world.run(8);
	const request = world.server.requests[0];
	world.server.files[cmpURL].breakAt = request.sent + 1;
	await world.run(20);
	const { erases } = world.slots[1];
	await world.run(4000);
	assert.equal(world.slots[1].erases, erases);
});
