// SPDX-License-Identifier: Apache-2.0
//
// Spec section 8, "Template": TemplateUrl and AupdFilesList, on virtual time.

import assert from "node:assert/strict";
import test from "node:test";
import { again, base, body, filesWorld, modifiedMs, serial } from "./files-world.js";

const templated = { TemplateUrl: `${base}<MAC>_<FILE>`, AupdFilesList: "ini,fk,cpt" };

test("8, template: one GET for each keyword at every update, conditional, and nothing is forgotten", async () => {
	const world = filesWorld(templated, {
		"00908F1DD0D3_device.ini": { ...body("HostName = one\nSetDefaultOnINIFileProcess = 0\n"), modifiedMs },
		"00908F1DD0D3_fk.ini": { ...body(`S/N ${serial} = a`), modifiedMs },
		"00908F1DD0D3_cpt.dat": { ...body("tones"), modifiedMs },
	});
	world.boot();
	await world.run();
	assert.deepEqual(world.files.slice(0, 3), ["ini:applied", "fk:applied", "cpt:applied"]);
	const { wear } = world;
	assert.deepEqual(await again(world), ["ini:not-modified", "fk:not-modified", "cpt:not-modified"]);
	assert.deepEqual(world.wear, wear);
	assert.equal(world.settings.text("TemplateUrl"), templated.TemplateUrl);
	world.server.files[`${base}00908F1DD0D3_cpt.dat`] = { ...body("other"), modifiedMs: modifiedMs + 1000 };
	assert.equal((await again(world))[2], "cpt:applied");
});

test("8, template: a server that ignores conditions makes nothing be written again", async () => {
	const world = filesWorld(
		{ TemplateUrl: `${base}<FILE>`, AupdFilesList: "cpt" },
		{ "cpt.dat": { ...body("tones"), ignoresConditions: true, modifiedMs } },
	);
	world.boot();
	await world.run();
	const { wear } = world;
	assert.deepEqual(await again(world), ["cpt:same"]);
	assert.deepEqual(world.wear, wear);
});

test("8, template: a kind with a URL of its own ignores it; the order is the plan's, not the list's", async () => {
	const world = filesWorld({
		...templated,
		AupdFilesList: "'cpt', 'fk', 'ini'",
		CptFileURL: `${base}own`,
		IniFileURL: `${base}own.ini`,
	});
	world.boot();
	await world.run(1000);
	assert.deepEqual(
		world.server.requests.map(({ url }) => url.slice(base.length)),
		["own.ini", "00908F1DD0D3_fk.ini", "own"],
	);
});

test("8, template: keywords and the names that stand for <FILE>, of every kind", async () => {
	const names = {
		ini: "device.ini",
		acmp: "autoFirmware.cmp",
		cmp: "firmware.cmp",
		fk: "fk.ini",
		cpt: "cpt.dat",
		prt: "prt.dat",
		vp: "vp.dat",
		fxs: "fxs.dat",
		fxo: "fxo.dat",
		cas: "cas.dat",
		dpln: "dialPlan.dat",
		usrinf: "userInfo.txt",
		codr: "coders.dat",
		amd: "amd.dat",
		aps: "segments.xml",
		logo: "logo.gif",
	};
	const list = Object.keys(names).join(",");
	const world = filesWorld({ TemplateUrl: `${base}x/<FILE>`, AupdFilesList: list, AutoUpdateCmpFile: "1" });
	world.boot();
	await world.run(1000);
	assert.deepEqual(
		world.server.requests.map(({ url }) => url),
		Object.values(names).map((name) => `${base}x/${name}`),
	);
});

test("8, template: a word that is no keyword, or no <FILE>, is told, and the others are fetched", async () => {
	const world = filesWorld({ TemplateUrl: `${base}<FILE>`, AupdFilesList: "cpt,cptt" }, { "cpt.dat": body("tones") });
	world.boot();
	await world.run(1000);
	assert.deepEqual(world.files.slice(0, 2), ["cpt:applied", "template:skipped:UPDATE_KEYWORD"]);
	const without = filesWorld({ TemplateUrl: `${base}file`, AupdFilesList: "cpt" });
	without.boot();
	await without.run(1000);
	assert.deepEqual([without.files, without.server.requests.length], [["template:skipped:UPDATE_TEMPLATE"], 0]);
});

test("a file of a template that an operator has removed is fetched again", async () => {
	const world = filesWorld(
		{ TemplateUrl: `${base}<FILE>`, AupdFilesList: "cpt" },
		{ "cpt.dat": { ...body("tones"), modifiedMs } },
	);
	world.boot();
	await world.run();
	world.kept.remove("cpt");
	assert.deepEqual((await again(world)).slice(0, 1), ["cpt:applied"]);
});
