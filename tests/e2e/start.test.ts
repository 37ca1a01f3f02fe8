// SPDX-License-Identifier: Apache-2.0
//
// `npm start -- --once` and the tools as a person starts them.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { projectRoot } from "../../tools/build/index.js";

function run(command: string, args: string[]) {
	return spawnSync(command, args, {
		cwd: projectRoot,
		encoding: "utf8",
		timeout: 300_000,
		stdio: ["ignore", "pipe", "pipe"],
	});
}

test("npm start -- --once ends with 0 when the update is confirmed, and shows it", () => {
	const result = run("npm", ["start", "--", "--once"]);
	assert.equal(result.status, 0, result.stdout + result.stderr);
	assert.match(result.stdout, /upgate 1\.0\.0/);
	assert.match(result.stdout, /update to 1\.1\.0 confirmed/);
});

test("tools/gateway refuses bad options with status 2 and says which", () => {
	for (const [args, text] of [
		[["--mac", "123"], "--mac wants 12 hex digits"],
		[["--serial", "usb"], "--serial wants"],
		[["--until", "never"], "--until wants"],
		[["--port", "ftp=21"], "--port wants"],
		[["--clock", "yesterday"], "--clock wants"],
		[["--timeout", "0"], "--timeout wants"],
		[["--zork"], "--zork"],
	] as [string[], string][]) {
		const result = run("tools/gateway", args);
		assert.equal(result.status, 2, args.join(" "));
		assert.ok(result.stderr.includes(text), result.stderr);
	}
});

test("tools/gateway makes its flash, reaches idle, and ends with 1 at a timeout", (t) => {
	const folder = mkdtempSync(join(tmpdir(), "upgate-e2e-"));
	t.after(() => rmSync(folder, { recursive: true }));
	const ini = join(folder, "factory.ini");
	writeFileSync(ini, "HostName = 'desk'\n");
	const flash = join(folder, "gateway.flash");
	const events = join(folder, "events");
	const common = ["--flash", flash, "--ini", ini, "--serial", "none", "--events", events, "--timeout"];
	assert.equal(run("tools/gateway", [...common, "60", "--until", "idle"]).status, 0);
	assert.match(readFileSync(events, "utf8"), /"event":"boot".*"version":"1\.0\.0"/);
	const late = run("tools/gateway", [...common, "3", "--until", "confirmed"]);
	assert.equal(late.status, 1);
	assert.match(late.stderr, /not confirmed within 3 s/);
});

test("a factory ini with a bad line is refused with its place, and no flash is made", (t) => {
	const folder = mkdtempSync(join(tmpdir(), "upgate-e2e-"));
	t.after(() => rmSync(folder, { recursive: true }));
	const ini = join(folder, "factory.ini");
	writeFileSync(ini, "HostName = 'desk'\nno equal sign\n");
	const result = run("tools/gateway", ["--flash", join(folder, "gateway.flash"), "--ini", ini, "--serial", "none"]);
	assert.equal(result.status, 1);
	assert.match(result.stderr, /line 2/);
});
