// SPDX-License-Identifier: Apache-2.0
//
// A gateway that has to sign in: by Digest with the settings, by Basic with the URL; and what it does when it may not.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import type { AuthOptions } from "../../tools/provisioning-lib/auth.js";
import { startProvisioningServer } from "../../tools/provisioning-lib/server.js";
import { Bench, firmware, isVerdict } from "./bench.js";

const secret = "Rosebud 1941";

interface World {
	bench: Bench;
	/** "path status" of each request. */
	log: () => string[];
}

/** A gateway as from the factory. @param ini gets the server's URL without scheme */
async function makeWorld(t: TestContext, scheme: AuthOptions["scheme"], ini: (host: string) => string): Promise<World> {
	const root = mkdtempSync(join(tmpdir(), "upgate-www-"));
	t.after(() => rmSync(root, { recursive: true }));
	const lines: string[] = [];
	const auth = { scheme, user: "gw", password: secret };
	const server = await startProvisioningServer({ root, port: 0, auth, log: (line) => lines.push(line) });
	t.after(() => server.close());
	const text = ini(server.url.slice("http://".length));
	writeFileSync(join(root, "a.ini"), `${text}HostName = 'after'\n`);
	writeFileSync(join(root, "firmware.cmp"), await firmware("1.1.0"));
	const bench = await Bench.make({ ini: text, args: ["--time-scale", "10"] });
	t.after(() => bench.close());
	const log = (): string[] => lines.map((line) => (/GET (\S+) -> (\d+)/.exec(line) ?? []).slice(1).join(" "));
	return { bench, log };
}

function assertSilent(bench: Bench): void {
	bench.all("verdict");
	assert.ok(!(JSON.stringify(bench.events) + bench.serial).includes(secret.slice(0, 7)));
}

test("with Digest and the user of the settings one nonce serves configuration and firmware", async (t) => {
	const ini = (host: string): string =>
		`IniFileURL = 'http://${host}/a.ini'\nAutoCmpFileUrl = 'http://${host}/firmware.cmp'\n` +
		`AUPDDigestUsername = 'gw'\nAUPDDigestPassword = '${secret}'\n`;
	const { bench, log } = await makeWorld(t, "digest", ini);
	bench.powerOn();
	await bench.until(isVerdict("confirmed"));
	assert.deepEqual(log().slice(0, 3), ["/a.ini 401", "/a.ini 200", "/firmware.cmp 200"]);
	await bench.until(isVerdict("nothing-new"));
	assert.deepEqual(log().slice(3), ["/a.ini 401", "/a.ini 304", "/firmware.cmp 304"]);
	assertSilent(bench);
});

test("with Basic and the user of the URL there is no 401 at all", async (t) => {
	const ini = (host: string): string => {
		const base = `http://gw:${encodeURIComponent(secret)}@${host}`;
		return `IniFileURL = '${base}/a.ini'\nAutoCmpFileUrl = '${base}/firmware.cmp'\n`;
	};
	const { bench, log } = await makeWorld(t, "basic", ini);
	bench.powerOn();
	await bench.until(isVerdict("confirmed"));
	assert.deepEqual(log().slice(0, 2), ["/a.ini 200", "/firmware.cmp 200"]);
	assertSilent(bench);
});

test("a wrong password is tried once for each file, and Digest's user is not given away by Basic", async (t) => {
	for (const [scheme, expected] of [
		["digest", ["/a.ini 401", "/a.ini 401", "/firmware.cmp 401", "/firmware.cmp 401"]],
		["basic", ["/a.ini 401", "/firmware.cmp 401"]],
	] as [AuthOptions["scheme"], string[]][]) {
		const ini = (host: string): string =>
			`IniFileURL = 'http://${host}/a.ini'\nAutoCmpFileUrl = 'http://${host}/firmware.cmp'\n` +
			`AUPDDigestUsername = 'gw'\nAUPDDigestPassword = '${secret} no'\n`;
		const { bench, log } = await makeWorld(t, scheme, ini);
		bench.powerOn();
		await bench.until(isVerdict("failed"));
		assert.deepEqual(log(), expected);
		const [request] = bench.all("request");
		assert.deepEqual([request?.status, request?.error], [401, "HTTP_UNAUTHORIZED"]);
		assertSilent(bench);
	}
});
