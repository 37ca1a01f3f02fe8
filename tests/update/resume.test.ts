// SPDX-License-Identifier: Apache-2.0
//
// Firmware downloads that break and go on where they were, on virtual time: what is asked for, what is erased, and when
// they start over.

import assert from "node:assert/strict";
import test from "node:test";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { formatHTTPDate } from "../../modules/http/dates.js";
import { buildImage } from "./image.js";
import type { SeenRequest, ServedFile } from "./server.js";
import { cmpURL, startMs, World } from "./world.js";

const modifiedMs = startMs - 3600000;
const modified = formatHTTPDate(modifiedMs);
/** 11 blocks with the signature. */
const image = buildImage({ version: "2.0", length: 38000 });
const journal = "upd.resume";

function withFirmware(file: Partial<ServedFile> = {}, settings: Record<string, string> = {}): World {
	const world = new World({ IniFileURL: "", AutoCmpFileUrl: cmpURL, ...settings });
	world.server.files[cmpURL] = { body: image, modifiedMs, etag: '"v1"', ...file };
	return world;
}

/** `first-`, or `all`, of each request. */
function asked(world: World): string[] {
	return world.server.requests.map(({ headers }) => headers.Range?.replace("bytes=", "") ?? "all");
}

function last<T>(list: readonly T[]): T {
	return list[list.length - 1];
}

/** A gateway whose download has broken off at byte 20000, three times over: 4 blocks are whole, 3 of them count. */
async function broken(
	{ range, ...file }: Partial<ServedFile> = {},
	settings: Record<string, string> = {},
): Promise<World> {
	const world = withFirmware({ breakAt: 20000, ...file }, settings);
	world.boot();
	await world.run(30000);
	assert.deepEqual(world.files, ["cmp:failed:HTTP_TRUNCATED"]);
	delete world.server.files[cmpURL].breakAt;
	if (range !== undefined) world.server.files[cmpURL].range = range;
	world.server.requests = [];
	world.events = [];
	return world;
}

async function updated(world: World): Promise<SeenRequest[]> {
	world.updater?.trigger("console");
	await world.restart(30000);
	assert.equal(world.version, "2.0");
	assert.deepEqual(world.slots[1].bytes.slice(0, image.length), image);
	assert.equal(world.store.has(journal), false);
	return world.server.requests;
}

test("within one run the try after a broken connection asks for the rest", async () => {
	const world = withFirmware({ breakAfter: 21000 });
	world.boot();
	await world.run(30000);
	assert.deepEqual(asked(world), ["all", "16384-", "32768-"]);
	assert.deepEqual(
		world.seen("request").map(({ from, status }) => [from, status]),
		[[undefined, 200], [16384, 206], [32768, 206]],
	);
	assert.deepEqual(world.files, ["cmp:installed"]);
	assert.deepEqual(world.slots[1].bytes.slice(0, image.length), image);
});

test("wherever it breaks, the next run asks for what is missing and installs", async () => {
	for (const breakAt of [1, 287, 4096, 8191, 8192, 8193, 12288, 30000, image.length - 1]) {
		const world = await broken({ breakAt });
		const [request] = await updated(world);
		const stored = Math.max(0, (Math.floor(breakAt / 4096) - 1) * 4096);
		// A block that is full is stored when the next byte comes, so a break at its very end loses it.
		const noted = breakAt % 4096 === 0 ? Math.max(0, stored - 4096) : stored;
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
		assert.deepEqual((await updated(other)).map(({ headers }) => headers.Range), [undefined], JSON.stringify(file));
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

test("a reset in mid-download goes on from the last note, of which there is one in 128 KB", async () => {
	const large = buildImage({ version: "2.0", length: 600000 });
	const world = new World({ IniFileURL: "", AutoCmpFileUrl: cmpURL }, 768 * 1024);
	world.server.files[cmpURL] = { body: large, modifiedMs, etag: '"v1"' };
	world.boot();
	const before = world.store.commits;
	while ((world.server.requests[0]?.sent ?? 0) < 300000) await world.run(10);
	assert.equal(world.store.commits - before, 2);
	world.boot("brownout");
	await world.restart(10000);
	assert.equal(world.version, "2.0");
	const [, request] = world.server.requests;
	assert.equal(request.headers.Range, `bytes=${2 * 131072 - 4096}-`);
	assert.equal(request.sent, large.length - 2 * 131072 + 4096);
	assert.deepEqual(world.slots[1].bytes.slice(0, large.length), large);
});

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
