// SPDX-License-Identifier: Apache-2.0
//
// Each row of spec sections 7.2, 7.3 and 7.4 (what is asked, answers, retries) and 10 (CRC of the configuration file) on virtual
// time. Redirects and Digest are the HTTP session's: tests/http/redirect.test.ts, digest-session.test.ts, authentication.test.ts.

import assert from "node:assert/strict";
import test from "node:test";
import { encodeUTF8 } from "../../modules/bytes/text.js";
import { LineDigest } from "../../modules/update/ini-lines.js";
import { buildImage } from "./image.js";
import type { ServedFile } from "./server.js";
import { cmpURL, iniURL, startMs, World } from "./world.js";

const modifiedMs = startMs - 3600000;
const toneURL = "http://server/tones.dat";
const body = (text: string): Pick<ServedFile, "body"> => ({ body: encodeUTF8(text) });

/** An ini, firmware and tones, of which the first is served as told. */
function withIni(file: ServedFile, settings: Record<string, string> = {}): World {
	const world = new World({ AutoCmpFileUrl: cmpURL, CptFileURL: toneURL, ...settings });
	world.server.files[iniURL] = file;
	world.server.files[cmpURL] = { body: buildImage({ version: "1.0" }), modifiedMs };
	world.server.files[toneURL] = body("tones");
	return world;
}

async function again(world: World): Promise<void> {
	world.updater?.trigger("interval");
	await world.run();
}

test("7.2: the ini and periodic firmware are asked for with the date of the last download, one-time files never are", async () => {
	const world = withIni({ ...body("SetDefaultOnINIFileProcess = 0\n"), modifiedMs });
	world.boot();
	await world.run();
	world.configure({ CptFileURL: toneURL });
	await again(world);
	const asked = world.server.requests.slice(-3).map(({ url, headers }) => [url, headers["If-Modified-Since"]]);
	const date = "Sun, 01 Jun 2025 11:00:00 GMT";
	assert.deepEqual(asked, [
		[iniURL, date],
		[cmpURL, date],
		[toneURL, undefined],
	]);
});

test("7.2: the date is kept for each URL, also of a file that was not installed, and over a restart", async () => {
	const world = withIni({ ...body("AutoUpdateFrequency = often\n"), modifiedMs });
	world.boot();
	await world.run();
	assert.equal(world.files[0], "ini:refused:SETTINGS_TYPE");
	world.boot();
	await world.run();
	assert.equal(world.server.requests.at(-2)?.headers["If-Modified-Since"], "Sun, 01 Jun 2025 11:00:00 GMT");
	assert.equal(world.server.requests.at(-2)?.status, 304);
});

test("7.3, 304: nothing is downloaded, nothing is done", async () => {
	const world = withIni({ ...body("HostName = one\nSetDefaultOnINIFileProcess = 0\n"), modifiedMs });
	world.boot();
	await world.run();
	const { wear } = world;
	await again(world);
	assert.deepEqual(world.files.slice(-2), ["ini:not-modified", "cmp:not-modified"]);
	assert.deepEqual(world.wear, wear);
	assert.equal(world.verdicts.at(-1), "nothing-new");
});

test("7.3, 200 for the ini: applied", async () => {
	const world = withIni({ ...body("HostName = one\n"), modifiedMs });
	world.boot();
	await world.run();
	assert.equal(world.files[0], "ini:applied");
	assert.equal(world.settings.text("HostName"), "one");
});

test("7.3, 200 for periodic firmware: a later version is installed, by one restart that waits for all downloads", async () => {
	const world = withIni({ ...body(`SetDefaultOnINIFileProcess = 0\n`), modifiedMs });
	world.server.files[cmpURL] = { body: buildImage({ version: "1.1" }), modifiedMs };
	world.boot();
	await world.run();
	assert.deepEqual(world.files, ["ini:applied", "cmp:installed", "cpt:applied"]);
	const kinds = world.events.map(({ event }) => event);
	assert.ok(kinds.indexOf("restart") > kinds.lastIndexOf("file"));
	assert.equal(world.restarts, 1);
});

test("7.3, 200 for periodic firmware: the same or an earlier version is neither installed nor restarted for", async () => {
	for (const [version, result] of [
		["1.0", "cmp:same"],
		["0.9", "cmp:refused:UPDATE_VERSION"],
	]) {
		const world = withIni({ ...body("SetDefaultOnINIFileProcess = 0\n"), modifiedMs });
		world.server.files[cmpURL] = { body: buildImage({ version }), modifiedMs };
		world.boot();
		await world.run();
		assert.equal(world.files[1], result);
		assert.equal(world.restarts, 0);
		assert.equal(world.slots[1].erases, 0);
	}
});

test("7.3, 200 for a one-time file: used, and its URL forgotten", async () => {
	const world = withIni({ ...body("SetDefaultOnINIFileProcess = 0\n"), modifiedMs });
	world.boot();
	await world.run();
	assert.equal(world.files[2], "cpt:applied");
	assert.equal(world.settings.text("CptFileURL"), "");
	assert.equal(world.kept.open("cpt")?.size, 5);
});

test("7.3, 403, 404, 5xx, timeout, DNS and TLS failure: that file fails, the others go on", async () => {
	const faults: [Partial<ServedFile>, string][] = [
		[{ status: 403 }, "UPDATE_STATUS_403"],
		[{ status: 404 }, "UPDATE_STATUS_404"],
		[{ status: 500 }, "UPDATE_STATUS_500"],
		[{ status: 503 }, "UPDATE_STATUS_503"],
		[{ silent: true }, "UPDATE_STALLED"],
		[{ refusal: "HTTP_RESOLVE" }, "HTTP_RESOLVE"],
		[{ refusal: "HTTP_TIMEOUT_RESPONSE" }, "HTTP_TIMEOUT_RESPONSE"],
		[{ refusal: "TLS_EXPIRED" }, "TLS_EXPIRED"],
		[{ refusal: "HTTP_UNAUTHORIZED", status: 401 }, "HTTP_UNAUTHORIZED"],
		[{ refusal: "HTTP_REDIRECT_LOOP", status: 302 }, "HTTP_REDIRECT_LOOP"],
	];
	for (const [fault, code] of faults) {
		const world = withIni({ ...body("HostName = one\n"), ...fault });
		world.boot();
		await world.run(500000);
		assert.deepEqual(world.files.slice(0, 3), [`ini:failed:${code}`, "cmp:same", "cpt:applied"]);
		assert.equal(world.verdicts[0], "updated-in-part");
	}
});

test("7.3: each file that fails leaves the others of its run, wherever it stands", async () => {
	for (const [bad, expected] of [
		[cmpURL, ["ini:applied", "cmp:failed:UPDATE_STATUS_404", "cpt:applied"]],
		[toneURL, ["ini:applied", "cmp:same", "cpt:failed:UPDATE_STATUS_404"]],
	] as const) {
		const world = withIni({ ...body("HostName = one\nSetDefaultOnINIFileProcess = 0\n"), modifiedMs });
		world.server.files[bad] = { ...body("x"), status: 404 };
		world.boot();
		await world.run(1000);
		assert.deepEqual(world.files.slice(0, 3), expected);
		assert.equal(world.verdicts[0], "updated-in-part");
		assert.match(world.seen("verdict")[0].reason, /404/);
	}
});

test("7.4: what fails is asked for again at the next trigger", async () => {
	const world = withIni({ ...body("HostName = one\n"), status: 404 });
	world.boot();
	await world.run();
	delete world.server.files[iniURL].status;
	await again(world);
	assert.equal(world.files.includes("ini:applied"), true);
});

test("4: URLs of ftp, ftps and nfs are not fetched: each is told as not built, and the other files go on", async () => {
	for (const scheme of ["ftp", "ftps", "nfs", "FTPS"]) {
		const url = `${scheme}://root:wheel@server/vp.dat`;
		const world = withIni({ ...body("SetDefaultOnINIFileProcess = 0\n"), modifiedMs }, { VpFileURL: url });
		world.boot();
		await world.run();
		assert.deepEqual(world.files.slice(0, 4), ["ini:applied", "cmp:same", "cpt:applied", "vp:failed:UPDATE_SCHEME"]);
		assert.match(world.seen("file")[3].reason, new RegExp(`${scheme.toLowerCase()} is not built into this gateway`));
		assert.equal(world.settings.text("VpFileURL"), url);
		assert.equal(JSON.stringify(world.events).includes("wheel"), false);
	}
});

const lines = ["HostName = one", "; a comment", "INIFileVersion = 3", "SetDefaultOnINIFileProcess = 0"];

/** The same lines, a new date, no 304: what a server does that makes its files anew for each request. */
async function offered(check: string, first: string, second: string): Promise<World> {
	const world = withIni({ ...body(first), ignoresConditions: true, modifiedMs }, { AUPDCheckIfIniChanged: check });
	world.boot();
	await world.run();
	world.events = [];
	world.server.files[iniURL] = { ...body(second), ignoresConditions: true, modifiedMs: modifiedMs + 1000 };
	await again(world);
	return world;
}

test("10, 0, 1 and 2: the same content with a new date is discarded (ours: with 0 too, so that no server makes a loop)", async () => {
	for (const check of ["0", "1", "2"]) {
		const text = lines.join("\r\n") + "\r\n";
		assert.equal((await offered(check, text, text)).files[0], "ini:same");
	}
});

test("10, 0 and 1: the same lines in another order are another file", async () => {
	for (const check of ["0", "1"]) {
		const world = await offered(check, lines.join("\n"), [...lines].reverse().join("\n"));
		assert.equal(world.files[0], "ini:applied");
	}
});

test("10, 1: a comment, or the end of a line, makes another file", async () => {
	const text = lines.join("\n");
	for (const other of [text.replace("a comment", "b comment"), lines.join("\r\n"), `${text}\n`])
		assert.equal((await offered("1", text, other)).files[0], "ini:applied");
});

test("10, 2: the same lines in any order are the same file, whatever ends them; another line is another file", async () => {
	const text = lines.join("\n");
	for (const same of [[...lines].reverse().join("\n"), `${lines.join("\r\n")}\r\n`])
		assert.equal((await offered("2", text, same)).files[0], "ini:same");
	for (const other of [text.replace("= 3", "= 4"), `${text}\n; a comment`, text.replace("\n; a comment", "")])
		assert.equal((await offered("2", text, other)).files[0], "ini:applied");
});

test("10: compared is the file of the update before, not what is in force", async () => {
	const text = lines.join("\n");
	const world = withIni({ ...body(text), ignoresConditions: true }, { AUPDCheckIfIniChanged: "1" });
	world.boot();
	await world.run();
	world.configure({ HostName: "byhand" });
	await again(world);
	assert.deepEqual([world.files.at(-2), world.settings.text("HostName")], ["ini:same", "byhand"]);
});

test("10: it is kept over a restart", async () => {
	const world = withIni({ ...body(lines.join("\n")), ignoresConditions: true }, { AUPDCheckIfIniChanged: "2" });
	world.boot();
	await world.run();
	world.server.files[iniURL] = { ...body([...lines].reverse().join("\n")), ignoresConditions: true };
	world.boot();
	await world.run();
	assert.equal(world.files[0], "ini:same");
});

test("10, 2: an ini that failed its trial is not tried again in another order", async () => {
	const bad = ["HostName = bad", "AutoUpdateFrequency = 1"];
	const world = withIni({ ...body(bad.join("\n")), ignoresConditions: true }, { AUPDCheckIfIniChanged: "2" });
	world.server.files[iniURL].onSent = () => {
		world.server.down = true;
	};
	world.boot();
	await world.run(320000);
	assert.equal(world.verdicts.at(-1), "rolled-back");
	world.server.down = false;
	world.server.files[iniURL] = { ...body([...bad].reverse().join("\n")), ignoresConditions: true };
	world.boot("software");
	await world.run();
	assert.equal(world.files[0], "ini:refused:UPDATE_FAILED_BEFORE");
});

test("LineDigest is the same however the bytes are cut", () => {
	const text = encodeUTF8("a = 1\r\n\r\nb = 2\r\r\n; c\nd");
	const whole = new LineDigest();
	whole.update(text);
	const digest = whole.digest();
	assert.equal(digest.split(".")[0], "5");
	for (let cut = 0; cut <= text.length; cut++) {
		for (let second = cut; second <= text.length; second++) {
			const split = new LineDigest();
			for (const [from, to] of [
				[0, cut],
				[cut, second],
				[second, text.length],
			])
				split.update(text.subarray(from, to));
			assert.equal(split.digest(), digest);
		}
	}
	assert.equal(new LineDigest().digest(), "0.0.0");
});
