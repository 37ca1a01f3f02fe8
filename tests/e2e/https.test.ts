// SPDX-License-Identifier: Apache-2.0
//
// Updates over https from Debian's nginx: with a private root and the gateway's own certificate, and what is told when the server
// cannot be trusted.

import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { ca, CertificateMaker, leaf } from "../tls/certificates.js";
import { Bench, firmware, isVerdict, mac } from "./bench.js";
import { Nginx } from "./nginx.js";

const folder = mkdtempSync(join(tmpdir(), "upgate-https-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const maker = new CertificateMaker(folder);
const root = maker.issue({ name: "root", extensions: ca });
const server = maker.issue({ name: "server", by: root, extensions: leaf("IP:127.0.0.1") });
const device = maker.issue({ name: "device", by: root, extensions: leaf("", "clientAuth") });
const identity = [`ssl_certificate ${server.certificateFile};`, `ssl_certificate_key ${server.keyFile};`];
const mutual = [...identity, `ssl_client_certificate ${root.certificateFile};`, "ssl_verify_client on;"];

for (const version of ["1.2", "1.3"]) {
	test(`a gateway with its own certificate updates over TLS ${version}`, async (t) => {
		const credentials = { roots: root.certificateFile, certificate: device.certificateFile, key: device.keyFile };
		const bench = await Bench.make({ ini: "", credentials });
		t.after(() => bench.close());
		chmodSync(bench.folder, 0o755);
		const nginx = await Nginx.start(join(bench.folder, "nginx"), bench.www, [
			...mutual,
			`ssl_protocols TLSv${version};`,
		]);
		t.after(() => nginx.close());
		writeFileSync(join(bench.www, "firmware.cmp"), await firmware("1.1.0"));
		const ini = `INIFileVersion = 3\nIniFileURL = '${nginx.url}/config_<MAC>.ini'\nAutoCmpFileUrl = '${nginx.url}/firmware.cmp'\n`;
		writeFileSync(join(bench.www, `config_${mac}.ini`), ini);
		bench.powerOn();
		await bench.until(isVerdict("nothing-new"));
		bench.type(`set IniFileURL ${nginx.url}/config_<MAC>.ini`);
		bench.type("update");
		await bench.until(isVerdict("confirmed"));
		assert.equal(bench.all("boot").at(-1)?.version, "1.1.0");
		const [first] = bench.all("tls");
		assert.equal(first.version, `TLSv${version}`);
		assert.equal(first.verified, true);
	});
}

test("a later connection takes up the session of the one before", async (t) => {
	const bench = await Bench.make({ ini: "", credentials: { roots: root.certificateFile } });
	t.after(() => bench.close());
	chmodSync(bench.folder, 0o755);
	const told = ["keepalive_timeout 0;", "if ($ssl_session_reused = r) { rewrite ^ /reused.ini break; }"];
	const nginx = await Nginx.start(join(bench.folder, "nginx"), bench.www, [...identity, ...told]);
	t.after(() => nginx.close());
	writeFileSync(join(bench.www, "gateway.ini"), "HostName = 'anew-7'\n");
	writeFileSync(join(bench.www, "reused.ini"), "HostName = 'resumed-7'\n");
	bench.powerOn();
	await bench.until(isVerdict("nothing-new"));
	bench.type(`set IniFileURL ${nginx.url}/gateway.ini`);
	bench.type("update");
	// The run in which the first settings prove themselves resumes already, and so is given the other ones.
	for (let changes = 0; changes < 2; changes++) {
		await bench.until((event) => event.event === "file" && event.result === "applied");
		await bench.until(isVerdict("confirmed"));
	}
	bench.type("clear");
	await bench.printed("resumed-7> ");
});

async function failure(t: { after: (end: () => Promise<void>) => void }, lines: string[], set = ""): Promise<Bench> {
	const credentials = set === "no roots" ? {} : { roots: root.certificateFile };
	const bench = await Bench.make({ ini: "", credentials, args: ["--time-scale", "8"] });
	t.after(() => bench.close());
	chmodSync(bench.folder, 0o755);
	const nginx = await Nginx.start(join(bench.folder, "nginx"), bench.www, lines);
	t.after(() => nginx.close());
	writeFileSync(join(bench.www, "gateway.ini"), "HostName = 'secured'\n");
	bench.powerOn();
	await bench.until(isVerdict("nothing-new"));
	if (set.startsWith("set ")) bench.type(set);
	bench.type(`set IniFileURL ${nginx.url}/gateway.ini`);
	bench.type("update");
	return bench;
}

test("a server that cannot prove who it is gives nothing, and the reason is told", async (t) => {
	const self = maker.issue({ name: "self", extensions: leaf("IP:127.0.0.1") });
	const bench = await failure(t, [`ssl_certificate ${self.certificateFile};`, `ssl_certificate_key ${self.keyFile};`]);
	await bench.until((event) => event.event === "file" && event.result === "failed");
	const file = bench.all("file").at(-1);
	assert.equal(file?.code, "TLS_SELF_SIGNED");
	assert.match(String(file?.reason), /CN=self.* is signed by itself/);
	assert.equal(bench.all("request").filter(({ error }) => error === "TLS_SELF_SIGNED").length, 1);
});

test("without roots no server is believed", async (t) => {
	const bench = await failure(t, identity, "no roots");
	await bench.until((event) => event.event === "file" && event.result === "failed");
	assert.equal(bench.all("file").at(-1)?.code, "TLS_NO_ROOTS");
});

test("AUPDVerifyCertificates = 0 takes any server, and says so", async (t) => {
	const self = maker.issue({ name: "self-2", extensions: leaf("IP:127.0.0.1") });
	const lines = [`ssl_certificate ${self.certificateFile};`, `ssl_certificate_key ${self.keyFile};`];
	const bench = await failure(t, lines, "set AUPDVerifyCertificates 0");
	await bench.until((event) => event.event === "file" && event.result === "applied");
	assert.equal(bench.all("tls").at(-1)?.verified, false);
	assert.match(bench.serial, /certificate NOT verified/);
});

test("a redirect to another server does not take the certificate along, though that server is one of ours", async (t) => {
	const credentials = { roots: root.certificateFile, certificate: device.certificateFile, key: device.keyFile };
	const bench = await Bench.make({ ini: "", credentials });
	t.after(() => bench.close());
	chmodSync(bench.folder, 0o755);
	const target = await Nginx.start(join(bench.folder, "target"), bench.www, [
		...identity,
		`ssl_client_certificate ${root.certificateFile}; ssl_verify_client optional;`,
		"if ($ssl_client_verify != NONE) { return 418; }",
	]);
	t.after(() => target.close());
	const source = await Nginx.start(join(bench.folder, "source"), bench.www, [
		...mutual,
		`location = /gateway.ini { return 302 ${target.url}/real.ini; }`,
	]);
	t.after(() => source.close());
	writeFileSync(join(bench.www, "real.ini"), `AutoCmpFileUrl = '${target.url}/firmware.cmp'\n`);
	bench.powerOn();
	await bench.until(isVerdict("nothing-new"));
	bench.type(`set AutoCmpFileUrl ${target.url}/firmware.cmp`);
	bench.type(`set IniFileURL ${source.url}/gateway.ini`);
	await bench.printed("IniFileURL =");
	bench.type("update");
	await bench.until((event) => event.event === "verdict");
	const files = bench.all("file").slice(-2);
	assert.deepEqual([files[0].file, files[0].result], ["ini", "applied"]);
	/* Asked directly, the same server is shown the certificate. */
	assert.deepEqual([files[1].file, files[1].code], ["cmp", "UPDATE_STATUS_418"]);
});
