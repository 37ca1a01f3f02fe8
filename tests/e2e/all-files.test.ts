// SPDX-License-Identifier: Apache-2.0
//
// All kinds of files in one run, on a real gateway against the real provisioning server: order, one restart, what is kept and listed,
// one trial for all, nothing asked for twice; files of a template; a URL of ftp that holds up nobody; calls that are waited for.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { type ProvisioningServer, startProvisioningServer } from "../../tools/provisioning-lib/server.js";
import { faults } from "../../tools/provisioning-lib/faults.js";
import { Bench, firmware, isVerdict, mac } from "./bench.js";

/** Of 00908F1DD0D3, as the key's file names it. */
const serial = 0x1dd0d3;

interface World {
	bench: Bench;
	server: ProvisioningServer;
	/** Requests so far: path and status. */
	requests: string[];
	put: (name: string, content: string | Uint8Array) => void;
	ask: (command: string, answer: string) => Promise<string>;
}

async function makeWorld(t: TestContext, args: string[] = []): Promise<World> {
	const bench = await Bench.make({ ini: "AutoUpdateOnStartup = 0\n", args });
	t.after(() => bench.close());
	const requests: string[] = [];
	const log = (line: string): void =>
		void requests.push(/GET (\S+) -> (\d+|fault)/.exec(line)?.slice(1).join(" ") ?? line);
	const server = await startProvisioningServer({ root: bench.www, port: 0, log });
	t.after(() => server.close());
	bench.powerOn();
	await bench.until((event) => event.event === "boot");
	return {
		...{ bench, server, requests },
		put: (name, content) => writeFileSync(join(bench.www, name), content),
		ask: async (command, answer) => {
			const from = bench.serial.length;
			bench.type(command);
			await bench.printed(answer, from);
			return bench.serial.slice(from);
		},
	};
}

const kept: Record<string, [parameter: string, bytes: number]> = {
	cpt: ["CptFileURL", 12000],
	prt: ["PrtFileURL", 1],
	vp: ["VpFileURL", 40000],
	dpln: ["DialPlanFileUrl", 2048],
	usrinf: ["UserInfoFileURL", 2049],
	logo: ["WebLogoFileUrl", 4000],
};

function content(length: number, seed: number): Buffer {
	return Buffer.from(Array.from({ length }, (_, i) => (i * 17 + (i >> 8) * seed + seed) & 0xff));
}

const shortHash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex").slice(0, 16);

test("every kind of file in one run: in order, with one restart, on one trial, once", async (t) => {
	const { bench, server, requests, put, ask } = await makeWorld(t);
	const { url } = server;
	put("firmware.cmp", await firmware("1.1.0"));
	put("second.ini", "INIFileVersion = 2\n");
	put("key.txt", `S/N${serial} = abcdef\r\n`);
	const files = Object.entries(kept).map(([name, [, length]], i) => [name, content(length, i + 1)] as const);
	for (const [name, bytes] of files) put(`${name}.dat`, bytes);
	const lines = [
		"AutoUpdateOnStartup = 0",
		`IniFileURL = '${url}/config_<MAC>.ini'`,
		`IniFileTemplateURL = '${url}/second.ini'`,
		`AutoCmpFileUrl = '${url}/firmware.cmp'`,
		`FeatureKeyURL = '${url}/key.txt'`,
		`CasFileUrl = 'ftps://root:wheel@127.0.0.1/cas.dat'`,
		...Object.entries(kept).map(([name, [parameter]]) => `${parameter} = '${url}/${name}.dat'`),
	];
	put(`config_${mac}.ini`, lines.join("\r\n") + "\r\n");
	await ask(`set IniFileURL ${url}/config_<MAC>.ini`, "IniFileURL =");

	bench.type("update");
	const verdict = await bench.until((event) => event.event === "verdict");
	assert.equal(verdict.result, "updated-in-part");
	const results = bench
		.all("file")
		.map(({ file, result, code }) => [file, result, code].filter((part) => part).join(" "));
	assert.deepEqual(results, [
		...["ini applied", "ini2 applied", "cmp installed", "fk applied", "cpt applied", "prt applied", "vp applied"],
		...["cas failed UPDATE_SCHEME", "dpln applied", "usrinf applied", "logo applied"],
	]);
	const names = ["second.ini", "firmware.cmp", "key.txt", ...Object.keys(kept).map((name) => `${name}.dat`)];
	assert.deepEqual(requests, [`/config_${mac}.ini 200`, ...names.map((name) => `/${name} 200`)]);
	const boot = await bench.until((event) => event.event === "boot");
	assert.deepEqual([boot.version, boot.state], ["1.1.0", "pending"]);
	assert.equal(bench.all("restart").length, 1);

	await t.test("the files are listed, byte for byte, and the URLs of one-time files are gone", async () => {
		const list = await ask("file list", "of 65536 bytes");
		for (const [name, bytes] of files)
			assert.match(list, new RegExp(`${name} +${bytes.length} bytes +SHA-256 ${shortHash(bytes)}`));
		assert.match(list, /fk +\d+ bytes/);
		assert.match(await ask("show settings cptfileurl", "CptFileURL "), /CptFileURL +""/);
		assert.match(await ask("show settings vpfileurl", "VpFileURL "), /VpFileURL +""/);
	});

	await t.test("one answer confirms all of it, and the next update asks for what is standing only", async () => {
		await bench.until(isVerdict("confirmed"));
		await bench.until(isVerdict("failed")); // the file by ftps, again
		await ask("set CasFileUrl ''", "CasFileUrl =");
		const count = requests.length;
		bench.type("update");
		await bench.until(isVerdict("nothing-new"));
		assert.deepEqual(requests.slice(count), [`/config_${mac}.ini 304`, "/second.ini 304", "/firmware.cmp 304"]);
	});

	await t.test("a file is removed by name", async () => {
		await ask("file remove vp", "removed: vp");
		assert.ok(!/vp +\d/.test(await ask("file list", "of 65536 bytes")));
	});
	assert.ok(!(JSON.stringify(bench.events) + bench.serial).includes("wheel"));
});

test("files of a template: one GET for each keyword at every update, and nothing is written when nothing is new", async (t) => {
	const { bench, server, requests, put, ask } = await makeWorld(t);
	put(`${mac}_cpt.dat`, "tones");
	put(`${mac}_dialPlan.dat`, "plan");
	await ask(`set TemplateUrl ${server.url}/<MAC>_<FILE>`, "TemplateUrl =");
	await ask("set AupdFilesList cpt,dpln", "AupdFilesList =");
	bench.type("update");
	await bench.until(isVerdict("confirmed"));
	await bench.until(isVerdict("nothing-new"));
	const count = requests.length;
	bench.type("update");
	await bench.until(isVerdict("nothing-new"));
	assert.deepEqual(requests.slice(count), [`/${mac}_cpt.dat 304`, `/${mac}_dialPlan.dat 304`]);
});

test("a restart waits for calls, and comes when they have ended", async (t) => {
	const { bench, server, put, ask } = await makeWorld(t);
	put("firmware.cmp", await firmware("1.1.0"));
	await ask(`set AutoCmpFileUrl ${server.url}/firmware.cmp`, "AutoCmpFileUrl =");
	await ask("set AdminStateLockControl -1", "AdminStateLockControl =");
	await ask("debug lines 2", "in a call   2");
	bench.type("update");
	const locked = await bench.until((event) => event.event === "lines");
	assert.deepEqual([locked.state, locked.busy], ["locked", 2]);
	await ask("show update", "calls are waited for");
	await ask("debug lines 3", "new calls are refused");
	assert.equal(bench.all("restart").length, 0);
	bench.type("debug lines 0");
	const boot = await bench.until((event) => event.event === "boot");
	assert.equal(boot.version, "1.1.0");
});

/** Under these a file can be had, in an odd way. */
const odd = ["no-date", "bad-date", "length-none", "chunked", "ignores-conditions"];

test("no fault of a server makes a restart loop, even when ini and firmware both want a restart", async (t) => {
	for (const name of odd) assert.ok(name in faults);
	for (const name of odd) {
		await t.test(name, async (t) => {
			const { bench, server, put, ask } = await makeWorld(t, ["--time-scale", "25"]);
			put("a.ini", "HostName = 'after'\nSetDefaultOnINIFileProcess = 0\nResetNow = 1\n");
			put("firmware.cmp", await firmware("1.1.0"));
			await ask(`set IniFileURL ${server.url}/a.ini`, "IniFileURL =");
			await ask(`set AutoCmpFileUrl ${server.url}/firmware.cmp`, "AutoCmpFileUrl =");
			server.setFault(name);
			bench.type("update");
			assert.equal((await bench.until((event) => event.event === "boot")).version, "1.1.0");
			bench.type("update");
			await bench.until(isVerdict("confirmed"));
			await bench.until(isVerdict("nothing-new"));
			for (let i = 0; i < 3; i++) {
				bench.type("update");
				await bench.until(isVerdict("nothing-new"));
			}
			assert.deepEqual([bench.all("boot").length, bench.all("restart").length], [2, 1]);
		});
	}
});
