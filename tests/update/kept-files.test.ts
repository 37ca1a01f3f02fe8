// SPDX-License-Identifier: Apache-2.0
//
// What keeps auxiliary files whole, on virtual time: limits, broken downloads, a full store, trials.

import assert from "node:assert/strict";
import test from "node:test";
import { again, base, body, filesWorld, modifiedMs, stored } from "./files-world.js";
import { buildImage } from "./image.js";
import type { ServedFile } from "./server.js";
import { cmpURL, iniURL } from "./world.js";

const long = (length: number): ServedFile => ({ body: new Uint8Array(length).map((_, i) => (i * 7) ^ (i >> 8)) });
const wholeStore = 384 * 1024;

test("a file longer than 64 KB is refused before it is written, or as soon as it is too long", async () => {
	for (const unannounced of [false, true]) {
		const world = filesWorld(
			{ VpFileURL: `${base}v` },
			{ v: { ...long(65537), unannounced, ignoresConditions: true, modifiedMs } },
			wholeStore,
		);
		world.boot();
		await world.run();
		assert.deepEqual(world.files, ["vp:refused:FILES_SIZE"]);
		assert.equal(world.store.names("fd.").length, 0);
		assert.equal(world.settings.text("VpFileURL"), `${base}v`);
		const { wear } = world;
		await again(world);
		assert.deepEqual(world.wear, wear, "nothing is written to find out again");
		world.server.files[`${base}v`] = { ...long(65536), unannounced, modifiedMs: modifiedMs + 1000 };
		if (!unannounced) assert.deepEqual((await again(world)).slice(0, 1), ["vp:applied"]);
		else assert.deepEqual((await again(world, "console")).slice(0, 1), ["vp:applied"]);
	}
});

test("all files together have a limit too: one that has no room is refused, and comes when another is removed", async () => {
	const world = filesWorld(
		{ VpFileURL: `${base}a`, PrtFileURL: `${base}b`, CptFileURL: `${base}c` },
		{ a: long(65000), b: long(65000), c: long(2000) },
		wholeStore,
	);
	world.boot();
	await world.run();
	assert.deepEqual(world.files.slice(0, 3), ["cpt:applied", "prt:applied", "vp:refused:FILES_SIZE"]);
	world.kept.remove("prt");
	world.updater?.trigger("console");
	await world.run();
	assert.equal(world.kept.open("vp")?.size, 65000);
});

test("a file that breaks off leaves the old one and nothing else, and keeps its URL", async () => {
	const world = filesWorld({ VpFileURL: `${base}v` }, { v: long(9000) });
	world.boot();
	await world.run();
	world.configure({ VpFileURL: `${base}v` });
	world.server.files[`${base}v`] = { body: new Uint8Array(9000).fill(3), breakAt: 7000 };
	world.updater?.trigger("interval");
	await world.run(30000);
	assert.equal(world.files.at(-1), "vp:failed:HTTP_TRUNCATED");
	assert.deepEqual([world.store.names("fd.").length, world.settings.text("VpFileURL")], [5, `${base}v`]);
	assert.equal(world.kept.open("vp")?.size, 9000);
	assert.equal(stored(world, "vp")?.charCodeAt(1), 7);
});

test("a store without room fails the file, and the old one stays", async () => {
	const world = filesWorld({ VpFileURL: `${base}v`, PrtFileURL: `${base}p` }, { v: long(40000), p: long(3000) });
	world.boot();
	await world.run(60000);
	assert.deepEqual(world.files.slice(0, 2), ["prt:applied", "vp:failed:STORE_FULL"]);
	assert.equal(world.verdicts[0], "updated-in-part");
	assert.equal(world.store.names("fd.").length, 2);
});

test("files come into force with the update, and go back with it", async () => {
	const ini = `SetDefaultOnINIFileProcess = 0\nHostName = new\nCptFileURL = '${base}t'\n`;
	const world = filesWorld({ IniFileURL: iniURL, HostName: "old", CptFileURL: `${base}t` }, { t: body("one") });
	world.boot();
	await world.run();
	world.server.files[iniURL] = { ...body(ini), modifiedMs };
	world.server.files[`${base}t`] = {
		...body("two"),
		onSent: () => {
			world.server.down = true; // nothing answers any more
		},
	};
	world.updater?.trigger("interval");
	await world.run(5000);
	assert.deepEqual([stored(world, "cpt"), world.settings.text("HostName")], ["two", "new"]);
	await world.run(310000);
	assert.equal(world.verdicts.at(-1), "rolled-back");
	assert.match(world.seen("verdict").at(-1)?.reason ?? "", /the new settings, the new call progress tones/);
	world.server.down = false;
	world.boot("software");
	assert.deepEqual([stored(world, "cpt"), world.settings.text("HostName")], ["one", "old"]);
	await world.run();
	assert.equal(world.files[0], "ini:refused:UPDATE_FAILED_BEFORE");
	assert.equal(world.store.names("fd.").length, 1);
});

test("a file that failed its trial is refused when it comes again, and leaves nothing behind", async () => {
	const world = filesWorld({ CptFileURL: `${base}t`, AutoCmpFileUrl: cmpURL }, { t: body("bad") });
	world.server.files[cmpURL] = { body: buildImage({ version: "1.0" }), modifiedMs };
	world.server.files[`${base}t`].onSent = () => {
		world.server.down = true;
	};
	world.boot();
	await world.run(320000);
	assert.deepEqual(world.verdicts.slice(-1), ["rolled-back"]);
	world.server.down = false;
	delete world.server.files[`${base}t`].onSent;
	world.boot("software");
	await world.run();
	assert.equal(world.files.includes("cpt:refused:UPDATE_FAILED_BEFORE"), true);
	assert.deepEqual([stored(world, "cpt"), world.store.names("fd.").length], [undefined, 0]);
});

test("while an update is on trial no other file is taken; it comes in a run of its own", async () => {
	const world = filesWorld({ CptFileURL: `${base}t` }, { t: body("one") });
	world.install(1, buildImage({ version: "2.0" }));
	world.selector.activate(1);
	world.boot("software");
	await world.run();
	assert.deepEqual(world.files, ["cpt:skipped:UPDATE_ON_TRIAL", "cpt:applied"]);
});
