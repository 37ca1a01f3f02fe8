// SPDX-License-Identifier: Apache-2.0
//
// Tables and unknown names of a fetched ini: they come into force and go back together with the settings, on a real store.

import assert from "node:assert/strict";
import test from "node:test";
import { decodeUTF8, encodeUTF8 } from "../../modules/bytes/text.js";
import { exportIni } from "../../modules/settings/export.js";
import type { Settings } from "../../modules/settings/settings.js";
import { iniURL, startMs, World } from "./world.js";

function tables(count: number, mark: string): string {
	let text = "";
	for (let i = 0; i < count; i++) {
		text += `[ Table${i} ]\r\nFORMAT Index = A, B;\r\n`;
		for (let row = 0; row < 20; row++) text += `Table${i} ${row} = "${mark}", 10.1.${i}.${row};\r\n`;
		text += `[ \\Table${i} ]\r\n`;
	}
	return text;
}

function serve(world: World, text: string, options: { ignoresConditions?: boolean } = {}): void {
	world.server.files[iniURL] = {
		body: encodeUTF8(text),
		modifiedMs: startMs - 3600000,
		etag: `"${text.length}"`,
		...options,
	};
}

function exported(settings: Settings): string {
	let text = "";
	for (const line of exportIni(settings)) text += `${decodeUTF8(line)}\r\n`;
	return text;
}

async function updated(text: string, options = {}): Promise<World> {
	const world = new World();
	serve(world, text, options);
	world.boot();
	await world.run();
	assert.equal(world.verdicts[0], "updated");
	assert.ok(world.verdicts.includes("confirmed"));
	return world;
}

test("an export gives back the tables and names that were fetched, after a restart too", async () => {
	const world = await updated(`HostName = 'gate7'\r\nNope_0 = 'x'\r\n${tables(30, "first")}`);
	const file = exported(world.settings);
	assert.ok(file.includes(`Nope_0 = 'x'\r\n\r\n${tables(1, "first")}`));
	assert.equal(world.settings.kept.tables, 30);
	world.boot();
	assert.equal(exported(world.settings), file);
});

test("tables alone are a change that has to prove itself", async () => {
	const world = await updated("HostName = 'gate7'\r\n");
	serve(world, `HostName = 'gate7'\r\n${tables(1, "new")}`);
	world.boot();
	await world.run();
	assert.deepEqual(world.verdicts, ["updated", "confirmed", "nothing-new"]);
	assert.equal(world.seen("file")[0].reason, "0 parameters changed, 1 unknown kept without effect");
	assert.equal(world.settings.kept.tables, 1);
});

test("new settings that lose their server go back together with their tables, and the old text is all there", async () => {
	const world = await updated(`HostName = 'gate7'\r\nAupdTrialTime = 60\r\n${tables(20, "first")}`);
	const file = exported(world.settings);
	serve(world, `HostName = 'gate8'\r\nAupdTrialTime = 60\r\n${tables(25, "second")}`);
	world.boot();
	const { server } = world;
	const stop = setDown(world);
	await world.run();
	stop();
	assert.equal(world.settings.kept.tables, 25);
	assert.ok(server.down);
	await world.run(120000);
	assert.ok(world.verdicts.includes("rolled-back"));
	server.down = false;
	world.boot("software");
	assert.equal(exported(world.settings), file);
});

/** The server goes down as soon as the new settings are in force. @returns what ends the watch */
function setDown(world: World): () => void {
	world.onEvent = (record) => {
		if (record.event === "file" && record.result === "applied") world.server.down = true;
	};
	return () => {
		world.onEvent = () => undefined;
	};
}

test("a server that ignores conditions does not make the same tables be written again", async () => {
	const world = await updated(`HostName = 'gate7'\r\n${tables(30, "first")}`, { ignoresConditions: true });
	const { wear } = world;
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["ini:same"]);
	assert.deepEqual(world.wear, wear);
});

test("a file whose tables are too much is refused with the place, and leaves nothing in the store", async () => {
	const world = await updated(`HostName = 'gate7'\r\n${tables(2, "first")}`);
	const file = exported(world.settings);
	const records = [...world.store.names("ini.")];
	serve(world, `HostName = 'gate8'\r\n${tables(60, "second")}`);
	world.boot();
	await world.run();
	const [{ result, code, reason }] = world.seen("file");
	assert.deepEqual([result, code], ["refused", "SETTINGS_KEPT"]);
	assert.match(reason, /^line [0-9]+, column 1: tables and unknown names above 32768 bytes$/);
	assert.equal(exported(world.settings), file);
	assert.deepEqual([...world.store.names("ini.")], records);
});

test("a store without room refuses the file, and everything is as before", async () => {
	const world = await updated(`HostName = 'gate7'\r\n${tables(2, "first")}`);
	const file = exported(world.settings);
	for (let i = 0; world.store.status().freeBytes > 6000; i++)
		world.store.set(`filler.${i}`, new Uint8Array(Math.min(4000, world.store.status().freeBytes - 5000)).fill(i));
	serve(world, `HostName = 'gate8'\r\n${tables(30, "second")}`);
	world.boot();
	await world.run();
	const [{ result, code }] = world.seen("file");
	assert.deepEqual([result, code], ["refused", "SETTINGS_STORE"]);
	assert.equal(exported(world.settings), file);
	assert.equal(world.settings.text("HostName"), "gate7");
});
