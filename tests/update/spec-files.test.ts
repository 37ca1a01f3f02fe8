// SPDX-License-Identifier: Apache-2.0
//
// Each row of spec section 8 (file kinds, feature key, template) on virtual time, and what keeps auxiliary files whole: limits,
// broken downloads, trials, removals. The files of TLS: tls-files.test.ts; firmware: firmware.test.ts.

import assert from "node:assert/strict";
import test from "node:test";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { serialNumber, serialsOf } from "../../modules/update/feature-key.js";
import { buildImage } from "./image.js";
import type { ServedFile } from "./server.js";
import { cmpURL, iniURL, startMs, World } from "./world.js";

const base = "http://server/";
const modifiedMs = startMs - 3600000;
/** Of 00908F1DD0D3: 0x1DD0D3. */
const serial = "1954003";
const body = (text: string): Pick<ServedFile, "body"> => ({ body: encodeUTF8(text) });

/** Row of section 8, name in the file store, whether it acts after a reset only. */
const kinds: readonly (readonly [parameter: string, name: string, offline: boolean])[] = [
	["CptFileURL", "cpt", false],
	["PrtFileURL", "prt", false],
	["VpFileURL", "vp", false],
	["FXSCoeffFileURL", "fxs", false],
	["FXOCoeffFileURL", "fxo", false],
	["CasFileUrl", "cas", false],
	["DialPlanFileUrl", "dpln", false],
	["UserInfoFileURL", "usrinf", true],
	["CoderTableFileUrl", "codr", false],
	["AMDSensitivityFileUrl", "amd", false],
	["APSSegmentsFileUrl", "aps", false],
	["WebLogoFileUrl", "logo", true],
];

function makeWorld(settings: Record<string, string>, files: Record<string, ServedFile> = {}, store?: number): World {
	const world = new World({ IniFileURL: "", ...settings }, undefined, store);
	for (const [name, file] of Object.entries(files)) world.server.files[base + name] = file;
	return world;
}

async function again(world: World, cause: "interval" | "console" = "interval"): Promise<string[]> {
	const before = world.files.length;
	world.updater?.trigger(cause);
	await world.run();
	return world.files.slice(before);
}

function stored(world: World, name: string): string | undefined {
	const file = world.kept.open(name);
	if (file === undefined) return undefined;
	const bytes = new Uint8Array(file.size);
	file.read(bytes, 0);
	return Array.from(bytes, (code) => String.fromCharCode(code)).join("");
}

for (const [parameter, name, offline] of kinds) {
	test(`8, ${parameter}: fetched once without conditions, kept as ${name}, no restart, its URL forgotten`, async () => {
		const world = makeWorld(
			{ [parameter]: `${base}<MAC>.dat` },
			{ "00908F1DD0D3.dat": { ...body(`of ${name}`), modifiedMs } },
		);
		world.boot();
		await world.run();
		assert.deepEqual(world.files, [`${name}:applied`]);
		assert.equal(/takes effect after a reset/.test(world.seen("file")[0].reason), offline);
		assert.deepEqual(Object.keys(world.server.requests[0].headers), ["User-Agent"]);
		assert.equal(stored(world, name), `of ${name}`);
		assert.deepEqual([world.settings.text(parameter), world.restarts], ["", 0]);
		world.boot();
		await world.run();
		assert.deepEqual([world.server.requests.length, stored(world, name)], [1, `of ${name}`]);
	});
}

test("8, once: to update again the URL is set again, also to the same one; the same content changes nothing", async () => {
	const world = makeWorld({ CptFileURL: `${base}t` }, { t: { ...body("one"), modifiedMs } });
	world.boot();
	await world.run();
	world.configure({ CptFileURL: `${base}t` });
	assert.deepEqual(await again(world), ["cpt:same"]);
	assert.equal(world.settings.text("CptFileURL"), "");
	world.server.files[`${base}t`] = { ...body("two"), modifiedMs };
	world.configure({ CptFileURL: `${base}t` });
	assert.deepEqual(await again(world), ["cpt:applied"]);
	assert.equal(stored(world, "cpt"), "two");
});

test("8, IniFileURL: what the file does not name returns to its default, unless SetDefaultOnINIFileProcess = 0", async () => {
	for (const [text, expected] of [
		["INIFileVersion = 3\n", ""],
		["INIFileVersion = 3\nSetDefaultOnINIFileProcess = 0\n", "before"],
	]) {
		const world = new World({ HostName: "before" });
		world.server.files[iniURL] = body(text);
		world.boot();
		await world.run();
		assert.equal(world.settings.text("HostName"), expected);
	}
});

const firstURL = `${base}first.ini`;
const secondURL = `${base}second.ini`;

/** Two inis that both name HostName; the second one the version too. */
function withTwo(): World {
	const first = `HostName = first\nAutoUpdateFrequency = 60\nIniFileTemplateURL = '${secondURL}'\n`;
	const files = {
		"first.ini": { ...body(first), modifiedMs },
		"second.ini": { ...body("HostName = second\nINIFileVersion = 2\n"), modifiedMs },
	};
	return makeWorld({ IniFileURL: firstURL, IniFileTemplateURL: secondURL }, files);
}

const values = (world: World): string =>
	["HostName", "INIFileVersion", "AutoUpdateFrequency"].map((name) => world.settings.text(name)).join(" ");

test("8, IniFileTemplateURL: each time, on top of the first one, in force together with it", async () => {
	const world = withTwo();
	world.boot();
	await world.run();
	assert.deepEqual(world.files.slice(0, 2), ["ini:applied", "ini2:applied"]);
	assert.equal(values(world), "second 2 60");
	assert.deepEqual(world.verdicts, ["updated", "confirmed", "nothing-new"]);
	assert.deepEqual(await again(world), ["ini:not-modified", "ini2:not-modified"]);
	assert.equal(world.settings.text("IniFileTemplateURL"), secondURL);
});

test("8, IniFileTemplateURL: when only the first one is new, the second one follows it again, without conditions", async () => {
	const world = withTwo();
	world.boot();
	await world.run();
	const text = `HostName = third\nAutoUpdateFrequency = 61\nIniFileTemplateURL = '${secondURL}'\n`;
	world.server.files[firstURL] = { ...body(text), modifiedMs: modifiedMs + 1000 };
	assert.deepEqual((await again(world)).slice(0, 2), ["ini:applied", "ini2:applied"]);
	assert.equal(values(world), "second 2 61");
});

test("8, IniFileTemplateURL: without the second one, which is in force, the first one is not taken either, until it comes", async () => {
	for (const fault of [{ status: 404 }, body("AutoUpdateFrequency = often\n")]) {
		const world = withTwo();
		world.boot();
		await world.run();
		const text = `HostName = third\nAutoUpdateFrequency = 61\nIniFileTemplateURL = '${secondURL}'\n`;
		const second = world.server.files[secondURL];
		world.server.files[firstURL] = { ...body(text), modifiedMs: modifiedMs + 1000 };
		world.server.files[secondURL] = { ...second, ...fault };
		const [first, last] = (await again(world)).slice(-1).concat("");
		assert.match(first + last, /^ini:skipped:/);
		assert.deepEqual([values(world), world.verdicts.at(-1), world.restarts], ["second 2 60", "failed", 0]);
		world.boot();
		assert.equal(values(world), "second 2 60");
		world.server.files[secondURL] = { ...second, modifiedMs: modifiedMs + 2000 };
		await again(world);
		assert.equal(values(world), "second 2 61");
	}
});

test("8, IniFileTemplateURL: one that has never come does not hold up the first one; one that is gone is forgotten", async () => {
	const world = withTwo();
	world.server.files[secondURL].status = 404;
	world.boot();
	await world.run();
	assert.equal(values(world), "first 0 60");
	assert.deepEqual([world.files[0], world.verdicts[0]], ["ini:applied", "updated-in-part"]);
	delete world.server.files[secondURL].status;
	await again(world);
	assert.equal(values(world), "second 2 60");
	world.server.files[firstURL] = { ...body("HostName = alone\n"), modifiedMs: modifiedMs + 1000 };
	assert.deepEqual((await again(world)).slice(0, 1), ["ini:applied"]);
	assert.equal(values(world), "alone 0 0");
	assert.equal(
		world.store.names().some((name) => name.endsWith("upd.ini2")),
		false,
	);
});

test("8, AutoCmpFileUrl each time, CmpFileURL once and only with AutoUpdateCmpFile = 1", async () => {
	const world = makeWorld({ AutoCmpFileUrl: cmpURL, CmpFileURL: `${base}once.cmp` });
	for (const url of [cmpURL, `${base}once.cmp`])
		world.server.files[url] = { body: buildImage({ version: "1.0" }), modifiedMs };
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["cmp:same"]);
	world.configure({ AutoUpdateCmpFile: "1" });
	assert.deepEqual(await again(world), ["cmp:not-modified", "cmp:same"]);
	assert.deepEqual([world.settings.text("CmpFileURL"), world.settings.text("AutoCmpFileUrl")], ["", cmpURL]);
});

test("8, FeatureKeyURL: a key for this serial number is kept, and its URL forgotten; it acts after a reset", async () => {
	for (const text of [
		`S/N ${serial} = abc`,
		`[LicenseKeys]\r\nS/N${serial} = abc\r\n`,
		`S/N 1 = x\n s/n  0${serial} = y`,
	]) {
		const world = makeWorld({ FeatureKeyURL: `${base}k` }, { k: body(text) });
		world.boot();
		await world.run();
		assert.deepEqual(world.files, ["fk:applied"]);
		assert.match(world.seen("file")[0].reason, /after a reset/);
		assert.deepEqual([stored(world, "fk"), world.settings.text("FeatureKeyURL"), world.restarts], [text, "", 0]);
		world.configure({ FeatureKeyURL: `${base}k` });
		assert.deepEqual(await again(world), ["fk:same"]);
	}
});

test("8, FeatureKeyURL: a key for another gateway, or for none, is refused once, and nothing is written", async () => {
	for (const text of ["S/N 1 = abc", `S/N ${serial}0 = x`, "abc", `x S/N ${serial}`]) {
		const world = makeWorld({ FeatureKeyURL: `${base}k` }, { k: { ...body(text), modifiedMs } });
		world.boot();
		await world.run();
		assert.deepEqual(world.files, ["fk:refused:UPDATE_KEY_SERIAL"]);
		assert.match(world.seen("file")[0].reason, new RegExp(`this gateway is S/N ${serial}$`));
		assert.deepEqual([stored(world, "fk"), world.settings.text("FeatureKeyURL")], [undefined, `${base}k`]);
		const { wear } = world;
		assert.deepEqual(await again(world), ["fk:not-modified:UPDATE_KEY_SERIAL"]);
		assert.deepEqual(world.wear, wear);
	}
});

test("8, FeatureKeyURL: a key longer than 4096 bytes, or empty, is refused", async () => {
	for (const [text, code] of [
		[`S/N ${serial} = ${"x".repeat(4096)}`, "FILES_SIZE"],
		["", "FILES_EMPTY"],
	]) {
		const world = makeWorld({ FeatureKeyURL: `${base}k` }, { k: body(text) });
		world.boot();
		await world.run();
		assert.deepEqual(world.files, [`fk:refused:${code}`]);
	}
});

test("the serial number is the decimal number of the last three bytes of the MAC", () => {
	assert.equal(serialNumber(new Uint8Array([0x00, 0x90, 0x8f, 0x1d, 0xd0, 0xd3])), serial);
	assert.equal(serialNumber(new Uint8Array([0, 0x90, 0x8f, 0, 0, 0])), "0");
	assert.equal(serialNumber(new Uint8Array([0, 0x90, 0x8f, 255, 255, 255])), "16777215");
	assert.deepEqual(serialsOf(encodeUTF8("S/N 7=a\nS/N8 = b\nS/N\n; S/N 9\nS/N 10x\n")), ["7", "8"]);
});

const templated = { TemplateUrl: `${base}<MAC>_<FILE>`, AupdFilesList: "ini,fk,cpt" };

test("8, template: one GET for each keyword at every update, conditional, and nothing is forgotten", async () => {
	const world = makeWorld(templated, {
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
	const world = makeWorld(
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
	const world = makeWorld({
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
	const world = makeWorld({ TemplateUrl: `${base}x/<FILE>`, AupdFilesList: list, AutoUpdateCmpFile: "1" });
	world.boot();
	await world.run(1000);
	assert.deepEqual(
		world.server.requests.map(({ url }) => url),
		Object.values(names).map((name) => `${base}x/${name}`),
	);
});

test("8, template: a word that is no keyword, or no <FILE>, is told, and the others are fetched", async () => {
	const world = makeWorld({ TemplateUrl: `${base}<FILE>`, AupdFilesList: "cpt,cptt" }, { "cpt.dat": body("tones") });
	world.boot();
	await world.run(1000);
	assert.deepEqual(world.files.slice(0, 2), ["cpt:applied", "template:skipped:UPDATE_KEYWORD"]);
	const without = makeWorld({ TemplateUrl: `${base}file`, AupdFilesList: "cpt" });
	without.boot();
	await without.run(1000);
	assert.deepEqual([without.files, without.server.requests.length], [["template:skipped:UPDATE_TEMPLATE"], 0]);
});

test("a file of a template that an operator has removed is fetched again", async () => {
	const world = makeWorld(
		{ TemplateUrl: `${base}<FILE>`, AupdFilesList: "cpt" },
		{ "cpt.dat": { ...body("tones"), modifiedMs } },
	);
	world.boot();
	await world.run();
	world.kept.remove("cpt");
	assert.deepEqual((await again(world)).slice(0, 1), ["cpt:applied"]);
});

const long = (length: number): ServedFile => ({ body: new Uint8Array(length).map((_, i) => (i * 7) ^ (i >> 8)) });
const wholeStore = 384 * 1024;

test("a file longer than 64 KB is refused before it is written, or as soon as it is too long", async () => {
	for (const unannounced of [false, true]) {
		const world = makeWorld(
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
	const world = makeWorld(
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
	const world = makeWorld({ VpFileURL: `${base}v` }, { v: long(9000) });
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
	const world = makeWorld({ VpFileURL: `${base}v`, PrtFileURL: `${base}p` }, { v: long(40000), p: long(3000) });
	world.boot();
	await world.run(60000);
	assert.deepEqual(world.files.slice(0, 2), ["prt:applied", "vp:failed:STORE_FULL"]);
	assert.equal(world.verdicts[0], "updated-in-part");
	assert.equal(world.store.names("fd.").length, 2);
});

test("files come into force with the update, and go back with it", async () => {
	const ini = `SetDefaultOnINIFileProcess = 0\nHostName = new\nCptFileURL = '${base}t'\n`;
	const world = makeWorld({ IniFileURL: iniURL, HostName: "old", CptFileURL: `${base}t` }, { t: body("one") });
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
	const world = makeWorld({ CptFileURL: `${base}t`, AutoCmpFileUrl: cmpURL }, { t: body("bad") });
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
	const world = makeWorld({ CptFileURL: `${base}t` }, { t: body("one") });
	world.install(1, buildImage({ version: "2.0" }));
	world.selector.activate(1);
	world.boot("software");
	await world.run();
	assert.deepEqual(world.files, ["cpt:skipped:UPDATE_ON_TRIAL", "cpt:applied"]);
});
