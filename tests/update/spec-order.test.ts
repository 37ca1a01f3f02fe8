// SPDX-License-Identifier: Apache-2.0
//
// Each row of spec section 9 (order, and when the reset happens) on virtual time; "Graceful" is graceful.test.ts. And the verdict of
// a run of which a part was taken.

import assert from "node:assert/strict";
import test from "node:test";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { eventText } from "../../modules/update/event-text.js";
import type { CertificatesPort } from "../../modules/update/interfaces.js";
import { buildImage } from "./image.js";
import type { ServedFile } from "./server.js";
import { startMs, World } from "./world.js";

const base = "https://server/";
const modifiedMs = startMs - 3600000;
const body = (text: string): ServedFile => ({ body: encodeUTF8(text), modifiedMs });

const certificates: CertificatesPort = {
	maxImportBytes: 4096,
	import: (role) => ({ changed: true, description: role }),
};

/** Every kind of file, each with a URL, set by hand in no particular order. */
const everything: Record<string, string> = {
	WebLogoFileUrl: "logo",
	FXOCoeffFileURL: "fxo",
	TLSPkeyFileUrl: "key",
	CptFileURL: "cpt",
	FeatureKeyURL: "fk",
	CmpFileURL: "once.cmp",
	UserInfoFileURL: "usrinf",
	TLSRootFileUrl: "root",
	IniFileTemplateURL: "ini2",
	AutoCmpFileUrl: "auto.cmp",
	TLSCertFileUrl: "device",
	DialPlanFileUrl: "dpln",
	IniFileURL: "ini",
};

function makeWorld(names: string[], more: Record<string, string> = {}): World {
	const urls = Object.fromEntries(names.map((name) => [name, base + everything[name]]));
	const world = new World({ IniFileURL: "", SetDefaultOnINIFileProcess: "0", ...urls, ...more }, undefined, 384 * 1024);
	world.certificates = certificates;
	for (const name of Object.values(everything)) world.server.files[base + name] = body(name);
	world.server.files[`${base}ini`] = body("HostName = one\n");
	world.server.files[`${base}ini2`] = body("INIFileVersion = 2\n");
	world.server.files[`${base}fk`] = body("S/N 1954003 = a");
	for (const name of ["auto.cmp", "once.cmp"])
		world.server.files[base + name] = { body: buildImage({ version: "1.0" }), modifiedMs };
	return world;
}

const asked = (world: World): string[] => world.server.requests.map(({ url }) => url.slice(base.length));

test("9, order: ini, second ini, periodic firmware, one-time firmware, auxiliary files (those of TLS first)", async () => {
	const world = makeWorld(Object.keys(everything), { AutoUpdateCmpFile: "1" });
	world.boot();
	await world.run(1000);
	const order = ["ini", "ini2", "auto.cmp", "once.cmp", "root", "device", "key", "fk"];
	assert.deepEqual(asked(world).slice(0, 13), [...order, "cpt", "fxo", "dpln", "usrinf", "logo"]);
});

test("9, order: configuration comes before software, and decides about the files after it", async () => {
	const world = makeWorld(["IniFileURL"]);
	world.server.files[`${base}ini`] = body(`AutoCmpFileUrl = '${base}auto.cmp'\nCptFileURL = '${base}cpt'\n`);
	world.boot();
	await world.run(1000);
	assert.deepEqual(asked(world).slice(0, 3), ["ini", "auto.cmp", "cpt"]);
});

test("9, reset: neither the ini nor any auxiliary file resets by itself, however it takes effect", async () => {
	const world = makeWorld(Object.keys(everything).filter((name) => !name.includes("CmpFile")));
	world.server.files[`${base}ini`] = body("AutoUpdateFrequency = 60\n"); // a parameter that acts after a reset
	world.boot();
	await world.run(60000);
	assert.equal(world.files.filter((text) => text.endsWith(":applied")).length, 11);
	assert.match(world.seen("file")[0].reason, /after a reset/);
	assert.equal(world.restarts, 0);
});

test("9, reset: periodic and one-time firmware reset by themselves", async () => {
	for (const [name, file] of [
		["AutoCmpFileUrl", "auto.cmp"],
		["CmpFileURL", "once.cmp"],
	]) {
		const world = makeWorld([name], { AutoUpdateCmpFile: "1" });
		world.server.files[base + file].body = buildImage({ version: "2.0" });
		world.boot();
		await world.restart();
		assert.equal(world.version, "2.0");
	}
});

test("9, reset: one at the end, after all files have been downloaded and installed", async () => {
	const world = makeWorld(Object.keys(everything), { AutoUpdateCmpFile: "1" });
	world.server.files[`${base}ini`] = body("HostName = one\nResetNow = 1\n");
	for (const file of ["auto.cmp", "once.cmp"]) world.server.files[base + file].body = buildImage({ version: "2.0" });
	world.boot();
	await world.run();
	assert.equal(asked(world).at(-1), "logo");
	assert.deepEqual(
		world.seen("restart").map(({ reason }) => reason),
		["ResetNow = 1 in the ini, firmware 2.0"],
	);
	assert.equal(world.files[3], "cmp:skipped:UPDATE_STAGED");
	await world.restart(0);
	await world.run(60000);
	assert.deepEqual([world.version, world.restarts, world.kept.has("logo")], ["2.0", 0, true]);
	assert.equal(world.settings.text("HostName"), "one");
});

test("9, ResetNow = 1 in either ini demands the reset, also when nothing changes, and for the same file once", async () => {
	for (const name of ["ini", "ini2"]) {
		const world = makeWorld(["IniFileURL", "IniFileTemplateURL"]);
		world.server.files[base + name] = body("SetDefaultOnINIFileProcess = 0\nResetNow = 1\n");
		world.boot();
		await world.restart();
		await world.run(3600000);
		assert.equal(world.restarts, 0);
	}
});

test("9, without ResetNow: what can acts at once, the rest waits for whatever reset comes next", async () => {
	const world = makeWorld(["IniFileURL"]);
	world.server.files[`${base}ini`] = body("HostName = one\nAupdTrialTime = 60\n");
	world.boot();
	await world.run();
	assert.deepEqual([world.settings.text("AupdTrialTime"), world.restarts], ["60", 0]);
	assert.match(world.seen("file")[0].reason, /some take effect after a reset/);
	world.boot();
	assert.equal(world.settings.text("HostName"), "one");
});

test("no server makes a restart loop: ResetNow, new dates, no dates, no 304, over a day of updates and restarts", async () => {
	const servers: Partial<ServedFile>[] = [
		{ ignoresConditions: true },
		{ ignoresConditions: true, fields: { date: "" } },
		{ ignoresConditions: true, fields: { date: "yesterday" } },
		{ ignoresConditions: true, etag: 'W/"1"' },
		{ unannounced: true, ignoresConditions: true },
	];
	for (const server of servers) {
		for (const check of ["0", "1", "2"]) {
			const world = makeWorld(["IniFileURL", "AutoCmpFileUrl", "IniFileTemplateURL"], {
				AUPDCheckIfIniChanged: check,
				AutoUpdateFrequency: "30",
			});
			world.server.files[`${base}ini`] = { ...body("HostName = one\nResetNow = 1\n"), ...server };
			world.server.files[`${base}ini2`] = { ...body("INIFileVersion = 2\nResetNow = 1\n"), ...server };
			world.server.files[`${base}auto.cmp`] = { body: buildImage({ version: "2.0" }), ...server };
			world.boot();
			let restarts = 0;
			for (let hour = 0; hour < 24; hour++) {
				await world.run(3600000);
				if (world.restarts === 0) continue;
				restarts++;
				world.boot("software");
			}
			assert.equal(restarts, 1);
			assert.equal(world.version, "2.0");
		}
	}
});

test("a run of which a part was taken says both: verdict updated-in-part, and in its reason what was refused", async () => {
	const world = makeWorld(["IniFileURL", "AutoCmpFileUrl"]);
	world.keys = [];
	world.server.files[`${base}auto.cmp`].body = buildImage({ version: "2.0" });
	world.boot();
	await world.run(1000);
	const [verdict] = world.seen("verdict");
	assert.equal(verdict.result, "updated-in-part");
	assert.match(verdict.reason, /^ini applied: .*; cmp refused: /);
	assert.match(eventText(verdict), /^automatic update: updated in part \(version 1.0\): ini applied: .*cmp refused/);
});

test("firmware that is merely older, or failed before, is no part that is missing", async () => {
	const world = makeWorld(["IniFileURL", "AutoCmpFileUrl"]);
	world.server.files[`${base}auto.cmp`].body = buildImage({ version: "0.9" });
	world.boot();
	await world.run(1000);
	assert.deepEqual([world.files[1], world.verdicts[0]], ["cmp:refused:UPDATE_VERSION", "updated"]);
});
