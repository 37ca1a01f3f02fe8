// SPDX-License-Identifier: Apache-2.0
//
// Rows of spec section 8 (file kinds, feature key) on virtual time. The files of TLS: tls-files.test.ts; firmware: firmware.test.ts;
// second ini and template: spec-second-ini.test.ts, spec-template.test.ts.

import assert from "node:assert/strict";
import test from "node:test";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { serialNumber, serialsOf } from "../../modules/update/feature-key.js";
import { again, base, body, filesWorld, modifiedMs, serial, stored } from "./files-world.js";
import { buildImage } from "./image.js";
import { cmpURL, iniURL, World } from "./world.js";

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

for (const [parameter, name, offline] of kinds) {
	test(`8, ${parameter}: fetched once without conditions, kept as ${name}, no restart, its URL forgotten`, async () => {
		const world = filesWorld(
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
	const world = filesWorld({ CptFileURL: `${base}t` }, { t: { ...body("one"), modifiedMs } });
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

test("8, AutoCmpFileUrl each time, CmpFileURL once and only with AutoUpdateCmpFile = 1", async () => {
	const world = filesWorld({ AutoCmpFileUrl: cmpURL, CmpFileURL: `${base}once.cmp` });
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
		const world = filesWorld({ FeatureKeyURL: `${base}k` }, { k: body(text) });
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
		const world = filesWorld({ FeatureKeyURL: `${base}k` }, { k: { ...body(text), modifiedMs } });
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
		const world = filesWorld({ FeatureKeyURL: `${base}k` }, { k: body(text) });
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
