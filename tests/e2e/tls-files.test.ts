// SPDX-License-Identifier: Apache-2.0
//
// Roots, certificate and key by URL on a real gateway: taken over verified https and used at the next server, which demands them; and,
// where they do not do, gone again with the settings that brought them when the trial runs out.

import assert from "node:assert/strict";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, type TestContext } from "node:test";
import { fingerprint } from "../certificates/bench.js";
import { ca, CertificateMaker, type Issued, leaf } from "../tls/certificates.js";
import { Bench, type BenchOptions, firmware, isVerdict } from "./bench.js";
import { Nginx } from "./nginx.js";

const folder = mkdtempSync(join(tmpdir(), "upgate-tls-files-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const maker = new CertificateMaker(folder);
const root = maker.issue({ name: "root", extensions: ca });
const server = maker.issue({ name: "server", by: root, extensions: leaf("IP:127.0.0.1") });
const device = maker.issue({ name: "device", by: root, extensions: leaf("", "clientAuth") });
const nextRoot = maker.issue({ name: "next-root", extensions: ca });
const nextServer = maker.issue({ name: "next-server", by: nextRoot, extensions: leaf("IP:127.0.0.1") });
const nextDevice = maker.issue({ name: "next-device", by: nextRoot, extensions: leaf("", "clientAuth") });

const identity = (issued: Issued): string[] => [
	`ssl_certificate ${issued.certificateFile};`,
	`ssl_certificate_key ${issued.keyFile};`,
];
const demanding = (issued: Issued): string[] => [
	`ssl_client_certificate ${issued.certificateFile};`,
	"ssl_verify_client on;",
];

async function serve(
	t: TestContext,
	bench: Bench,
	name: string,
	lines: string[],
): Promise<{ url: string; www: string }> {
	const www = join(bench.folder, name);
	mkdirSync(www);
	const nginx = await Nginx.start(join(bench.folder, `nginx-${name}`), www, lines);
	t.after(() => nginx.close());
	return { url: nginx.url, www };
}

async function start(t: TestContext, options: Partial<BenchOptions>): Promise<Bench> {
	const bench = await Bench.make({ ini: "", ...options });
	t.after(() => bench.close());
	chmodSync(bench.folder, 0o755);
	bench.powerOn();
	await bench.until(isVerdict("nothing-new"));
	return bench;
}

/** Puts roots, certificate and key of the next server there. @returns the lines of an ini that name them */
function offerFiles({ url, www }: { url: string; www: string }): string {
	copyFileSync(nextRoot.certificateFile, join(www, "roots.pem"));
	copyFileSync(nextDevice.certificateFile, join(www, "device.crt"));
	copyFileSync(nextDevice.keyFile, join(www, "device.key"));
	// nginx reads them as whoever it runs as.
	for (const name of ["roots.pem", "device.crt", "device.key"]) chmodSync(join(www, name), 0o644);
	const names = { TLSRootFileUrl: "roots.pem", TLSCertFileUrl: "device.crt", TLSPkeyFileUrl: "device.key" };
	return Object.entries(names)
		.map(([parameter, name]) => `${parameter} = '${url}/${name}'\n`)
		.join("");
}

async function ask(bench: Bench, command: string, answer: string): Promise<string> {
	const from = bench.serial.length;
	bench.type(command);
	await bench.printed(answer, from);
	return bench.serial.slice(from);
}

const secrets = [device.key, nextDevice.key].flatMap((pem) => pem.split("\n").slice(1, 3));

test("roots, certificate and key come by URL, and open the server that demands them", async (t) => {
	const bench = await start(t, { credentials: { roots: root.certificateFile } });
	const first = await serve(t, bench, "first", identity(server));
	const next = await serve(t, bench, "next", [...identity(nextServer), ...demanding(nextRoot)]);
	writeFileSync(join(first.www, "gateway.ini"), `IniFileURL = '${next.url}/gateway.ini'\n${offerFiles(first)}`);
	writeFileSync(
		join(next.www, "gateway.ini"),
		`HostName = 'arrived'\nIniFileURL = '${next.url}/gateway.ini'\nAutoCmpFileUrl = '${next.url}/firmware.cmp'\n`,
	);
	writeFileSync(join(next.www, "firmware.cmp"), await firmware("1.1.0"));

	bench.type(`set IniFileURL ${first.url}/gateway.ini`);
	bench.type("update");
	await bench.until(isVerdict("updated"));
	await bench.until(isVerdict("confirmed"));
	const taken = bench.all("file").filter(({ result }) => result === "applied");
	assert.deepEqual(
		taken.slice(0, 4).map(({ file }) => file),
		["ini", "root", "device", "key"],
	);
	await bench.until(({ event, version }) => event === "boot" && version === "1.1.0");
	await bench.until(isVerdict("confirmed"));
	const listed = await ask(bench, "certificate list", "key\r\n");
	assert.match(listed, /root {2}CN=root[^]*root {2}CN=next-root[^]*device {2}CN=next-device/);
	assert.ok(bench.all("tls").every(({ verified }) => verified === true));
	await ask(bench, "show settings TLS", "TLSPkeyFileUrl");
	assert.ok(secrets.every((secret) => !bench.serial.includes(secret)));
});

test("where the server does not take the new certificate, the trial runs out and the old ones are back", async (t) => {
	const credentials = { roots: root.certificateFile, certificate: device.certificateFile, key: device.keyFile };
	const bench = await start(t, { credentials, args: ["--time-scale", "4"] });
	const only = await serve(t, bench, "only", [...identity(server), ...demanding(root)]);
	const url = `${only.url}/gateway.ini`;
	writeFileSync(join(only.www, "gateway.ini"), `HostName = 'lost'\nAupdTrialTime = 20\n${offerFiles(only)}`);
	bench.type(`set IniFileURL ${url}`);
	bench.type("update");
	await bench.until(isVerdict("updated"));
	const lost = await bench.until(({ event, result }) => event === "verdict" && result !== "failed");
	assert.deepEqual([lost.result, String(lost.reason).includes("not confirmed")], ["rolled-back", true]);
	await bench.until(({ event }) => event === "boot");
	await bench.until(({ event }) => event === "verdict");

	const listed = await ask(bench, "certificate list", "key\r\n");
	assert.ok(listed.includes(fingerprint(root)) && listed.includes(fingerprint(device)), listed);
	assert.ok(!listed.includes("next-"), listed);
	writeFileSync(join(only.www, "gateway.ini"), "HostName = 'found'\n");
	bench.type("update");
	const again = await bench.until(({ event, result }) => event === "file" && result === "applied");
	assert.equal(again.file, "ini");
	await bench.until(isVerdict("confirmed"));
});
