// SPDX-License-Identifier: Apache-2.0
//
// Certificates of a real gateway: pasted at its serial line, requested from it, brought by the factory, and near their end.

import assert from "node:assert/strict";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, type TestContext } from "node:test";
import { fingerprint, openssl } from "../certificates/bench.js";
import { makeKey, publicPEM } from "../../tools/firmware-lib/keys.js";
import { ca, CertificateMaker, leaf } from "../tls/certificates.js";
import { Bench, type BenchOptions, firmware, isVerdict } from "./bench.js";
import { Nginx } from "./nginx.js";

const folder = mkdtempSync(join(tmpdir(), "upgate-certificates-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const maker = new CertificateMaker(folder);
const root = maker.issue({ name: "root", extensions: ca });
const other = maker.issue({ name: "other", extensions: ca });
const server = maker.issue({ name: "server", by: root, extensions: leaf("IP:127.0.0.1") });
const device = maker.issue({ name: "device", by: root, extensions: leaf("", "clientAuth") });
const mutual = [
	`ssl_certificate ${server.certificateFile};`,
	`ssl_certificate_key ${server.keyFile};`,
	`ssl_client_certificate ${root.certificateFile};`,
	"ssl_verify_client on;",
];

async function start(t: TestContext, options: Partial<BenchOptions> = {}): Promise<{ bench: Bench; url: string }> {
	const bench = await Bench.make({ ini: "", ...options });
	t.after(() => bench.close());
	chmodSync(bench.folder, 0o755);
	const nginx = await Nginx.start(join(bench.folder, "nginx"), bench.www, mutual);
	t.after(() => nginx.close());
	writeFileSync(join(bench.www, "gateway.ini"), "HostName = 'certified'\n");
	bench.powerOn();
	await bench.until(isVerdict("nothing-new"));
	return { bench, url: `${nginx.url}/gateway.ini` };
}

/** Types a command and what it asks for, and waits for a word of the answer. @returns what came meanwhile */
async function ask(bench: Bench, command: string, input: string[], answer: string): Promise<string> {
	const from = bench.serial.length;
	bench.type([command, ...input].join("\r"));
	await bench.printed(answer, from);
	return bench.serial.slice(from);
}

const lines = (pem: string): string[] => [...pem.trim().split("\n"), ""];

/** Has a request signed for a client. */
function sign(request: string): string {
	const csr = join(folder, "gateway.csr");
	const extensions = join(folder, "gateway.ext");
	writeFileSync(csr, request);
	writeFileSync(extensions, leaf("", "clientAuth").join("\n"));
	const signer = ["-CA", root.certificateFile, "-CAkey", root.keyFile, "-CAcreateserial", "-extfile", extensions];
	return openssl(["x509", "-req", "-in", csr, ...signer, "-days", "3650"]);
}

async function update(bench: Bench): Promise<string> {
	bench.type("update");
	const { code, result } = await bench.until(({ event }) => event === "file");
	await bench.until(({ event }) => event === "verdict");
	return String(code ?? result);
}

test("root pasted, certificate requested, signed and pasted: the update by TLS with both works", async (t) => {
	const { bench, url } = await start(t);
	bench.type(`set IniFileURL ${url}`);
	assert.equal(await update(bench), "TLS_NO_ROOTS");

	await ask(bench, "certificate import root", lines(root.certificate), 'root "CN=root, O=upgate test" added');
	await ask(bench, "certificate import root", lines(other.certificate), 'root "CN=other, O=upgate test" added');
	assert.match(await ask(bench, "certificate list", [], fingerprint(root)), /valid {4}2020-01-01 to 2040-01-01/);
	assert.notEqual(await update(bench), "applied");

	const answer = await ask(bench, "certificate request CN=gateway-7", [], "have it signed");
	const request = /-----BEGIN CERTIFICATE REQUEST-----[^]*-----END CERTIFICATE REQUEST-----/.exec(answer)?.[0] ?? "";
	const issued = sign(`${request.replaceAll("\r", "")}\n`);
	await ask(bench, "certificate import device", [...lines(issued).slice(0, -1), "."], 'certificate "CN=gateway-7"');
	assert.match(await ask(bench, "show certificates", [], "key      P-256\r\n  SHA-256"), /device {2}CN=gateway-7/);
	assert.equal(await update(bench), "applied");
	assert.equal(bench.all("tls").at(-1)?.verified, true);

	await ask(bench, `certificate remove ${fingerprint(root)}`, [], "% this root verified the present server");
	await ask(bench, `certificate remove ${fingerprint(other)}`, [], "removed: root");
	await ask(bench, `certificate remove ${fingerprint(root)}`, [], "% the last root");
	assert.ok(!bench.serial.includes("PRIVATE KEY"));

	await bench.powerOff("SIGKILL");
	bench.powerOn();
	const again = await bench.until(({ event }) => event === "file");
	assert.equal(again.result, "not-modified");
	await bench.until(({ event }) => event === "verdict");
	await ask(bench, `certificate remove ${fingerprint(root)} force`, [], "removed: root");
	assert.equal(await update(bench), "TLS_NO_ROOTS");
});

test("what is refused at the console is told, and leaves the certificate that works", async (t) => {
	const credentials = { roots: root.certificateFile, certificate: device.certificateFile, key: device.keyFile };
	const { bench, url } = await start(t, { credentials });
	bench.type(`set IniFileURL ${url}`);
	const locked = openssl(["pkey", "-in", device.keyFile, "-aes128", "-passout", "pass:x"]);
	await ask(bench, "certificate import key", lines(locked), "% the private key is encrypted");
	await ask(bench, "certificate import key", lines(other.key), "waits for its certificate");
	await ask(bench, "certificate import device", lines(server.certificate), "% the certificate does not belong");
	await ask(bench, "certificate import root", lines(device.certificate), "is no certificate of an authority");
	assert.equal(await update(bench), "applied");
	const secrets = [device.key, other.key, locked].flatMap((pem) => pem.split("\n").slice(1, 3));
	for (const secret of secrets) assert.ok(!bench.serial.includes(secret));
});

test("a factory folder brings ini, roots, certificate, key and signing keys, in PEM or DER", async (t) => {
	const factory = join(folder, "factory");
	mkdirSync(factory);
	copyFileSync(root.certificateFile, join(factory, "roots.pem"));
	openssl(["x509", "-in", device.certificateFile, "-outform", "DER", "-out", join(factory, "device.crt")]);
	openssl(["pkey", "-in", device.keyFile, "-outform", "DER", "-out", join(factory, "device.key")]);
	openssl(["pkey", "-in", other.keyFile, "-pubout", "-out", join(factory, "signing.pem")]);
	const { bench, url } = await start(t, { credentials: { factory } });
	const listed = await ask(bench, "certificate list", [], "signing\r\n  key      P-256");
	assert.match(listed, /root {2}CN=root[^]*device {2}CN=device[^]*key\r\n {2}key {6}P-256/);
	bench.type(`set IniFileURL ${url}`);
	assert.equal(await update(bench), "applied");
});

test("firmware by a revoked key is refused, and by another one taken", async (t) => {
	const { bench, url } = await start(t, {
		credentials: { roots: root.certificateFile, certificate: device.certificateFile, key: device.keyFile },
	});
	const image = url.replace("gateway.ini", "firmware.cmp");
	const listed = await ask(bench, "certificate list", [], "signing\r\n  key      P-256\r\n  SHA-256");
	const handle = /signing\r\n {2}key {6}P-256\r\n {2}SHA-256 {2}([0-9a-f]{16})/.exec(listed)?.[1] ?? "";
	const key = makeKey("ecdsa");
	await ask(bench, `certificate revoke ${handle}`, [], "% the last key");
	await ask(bench, "certificate import signing", lines(publicPEM(key)), " added");
	await ask(bench, `certificate revoke ${handle}`, [], `revoked: ${handle}`);
	await ask(bench, "certificate list", [], "revoked (signs no longer)");
	writeFileSync(join(bench.www, "firmware.cmp"), await firmware("1.1.0"));
	bench.type(`set AutoCmpFileUrl ${image}`);
	assert.equal(await update(bench), "IMAGE_KEY_REVOKED");
	writeFileSync(join(bench.www, "firmware.cmp"), await firmware("1.2.0", { keys: [key] }));
	assert.equal(await update(bench), "installed");
});

test("factory credentials that cannot be taken are told at each start, and the gateway runs", async (t) => {
	const { bench } = await start(t, { credentials: { roots: device.certificateFile } });
	assert.match(
		bench.serial,
		/factory.roots: "CN=device, .*" is no certificate of an authority \(CERTIFICATES_NOT_CA\)/,
	);
	assert.doesNotMatch(await ask(bench, "certificate list", [], "signing\r\n"), /CN=/);
});

test("certificates that end soon are told once a day", async (t) => {
	/* A day takes 43 seconds. */
	const args = ["--clock", "2039-12-20T12:00:00Z", "--time-scale", "2000"];
	const { bench } = await start(t, { credentials: { roots: root.certificateFile }, args });
	await bench.printed('warning: root certificate "CN=root, O=upgate test" expires in 11 days, on 2040-01-01');
	await bench.printed("expires in 10 days, on 2040-01-01");
	const told = bench.all("certificate").map(({ warning }) => /in [0-9]+ days/.exec(String(warning))?.[0]);
	assert.deepEqual(told, ["in 11 days", "in 10 days"]);
});
