// SPDX-License-Identifier: Apache-2.0
//
// Authentication of the provisioning server, with curl as a client that is not ours; its faults, and the options for both.

import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { promisify } from "node:util";
import { parseChallenges } from "../../modules/http/challenge.js";
import { digestAuthorization, readDigestChallenge } from "../../modules/http/digest.js";
import { projectRoot } from "../../tools/build/index.js";
import { type AuthOptions, Guard } from "../../tools/provisioning-lib/auth.js";
import { faults } from "../../tools/provisioning-lib/faults.js";
import { startProvisioningServer } from "../../tools/provisioning-lib/server.js";

async function serve(t: TestContext, scheme: AuthOptions["scheme"]): Promise<string> {
	const root = mkdtempSync(join(tmpdir(), "upgate-www-"));
	t.after(() => rmSync(root, { recursive: true }));
	writeFileSync(join(root, "a.ini"), "HostName = 'x'\n");
	const auth = { scheme, user: "us\u00e9r", password: 'p"\\:w' };
	const server = await startProvisioningServer({ root, port: 0, auth });
	t.after(() => server.close());
	return server.url;
}

/** @returns status of the last response */
async function curl(url: string, ...args: string[]): Promise<string> {
	const command = ["-s", "-o", "/dev/null", "-w", "%{http_code}", ...args, url];
	return (await promisify(execFile)("curl", command, { timeout: 30_000 })).stdout;
}

const right = 'us\u00e9r:p"\\:w';

test("curl gets a file by Basic with the right password only", async (t) => {
	const url = `${await serve(t, "basic")}/a.ini`;
	assert.equal(await curl(url, "-u", right), "200");
	assert.equal(await curl(url, "-u", `${right}x`), "401");
	assert.equal(await curl(url), "401");
});

test("curl gets a file by Digest with the right password only, and not by Basic", async (t) => {
	const url = `${await serve(t, "digest")}/a.ini?x=1`;
	assert.equal(await curl(url, "--digest", "-u", right), "200");
	assert.equal(await curl(url, "--digest", "-u", `${right}x`), "401");
	assert.equal(await curl(url, "--basic", "-u", right), "401");
});

test("a count that was used, and a nonce that was not given, are answered with stale", () => {
	const guard = new Guard({ scheme: "digest", user: "u", password: "p" });
	const [name, field] = guard.check(undefined, "GET", "/").fields[0];
	assert.equal(name, "WWW-Authenticate");
	assert.match(field, /^Digest realm="upgate", nonce="[^"]+", qop="auth", algorithm=SHA-256, charset=UTF-8$/);
	const challenge = readDigestChallenge(parseChallenges(field)[0]);
	assert.ok(challenge !== undefined);
	const ask = (count: number, nonce = challenge.nonce) => {
		const own = { ...challenge, nonce };
		const request = { challenge: own, user: "u", password: "p", method: "GET", uri: "/", cnonce: "c", count };
		return guard.check(digestAuthorization(request), "GET", "/");
	};
	for (const count of [1, 2, 9]) assert.equal(ask(count).accepted, true);
	for (const [count, nonce] of [[9], [3], [10, "other"]] as [number, string?][]) {
		const { accepted, fields } = ask(count, nonce);
		assert.equal(accepted, false);
		assert.match(fields[0][1], /stale=true/);
	}
	assert.equal(ask(10).accepted, true);
	assert.equal(guard.check("Digest username=x", "GET", "/").accepted, false);
});

test("--list-faults prints every fault, and bad options end with status 2 and a reason", () => {
	const run = (...args: string[]) =>
		spawnSync("tools/provisioning-server", args, { cwd: projectRoot, encoding: "utf8", timeout: 60_000 });
	const list = run("--list-faults");
	assert.equal(list.status, 0);
	const names = list.stdout.trim().split("\n");
	assert.deepEqual(
		names.map((line) => line.split(" ")[0]),
		Object.keys(faults),
	);
	for (const [args, text] of [
		[["--fault", "none"], "no fault is called none"],
		[["--auth", "ntlm", "--user", "u", "--password", "p"], "--auth wants basic or digest"],
		[["--auth", "basic", "--user", "u"], "--auth wants --user and --password"],
		[["--user", "u", "--password", "p"], "--auth wants"],
		[["--auth", "basic", "--user", "a:b", "--password", "p"], "--user cannot hold a colon"],
	] as [string[], string][]) {
		const result = run(...args);
		assert.equal(result.status, 2, args.join(" "));
		assert.ok(result.stderr.includes(text), result.stderr);
	}
});
