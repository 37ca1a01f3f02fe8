// SPDX-License-Identifier: Apache-2.0
//
// As many certificates at once as the store takes, at the serial line and by URL, idle and within an update, on a gateway built for 32
// bits with 8 KB of heap less than it has there: what passes has so much to spare. Only with UPGATE_M32=1, as it builds everything anew.

import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, type TestContext } from "node:test";
import { ca, CertificateMaker, leaf } from "../tls/certificates.js";
import { Bench, firmware, isVerdict } from "./bench.js";
import { Nginx } from "./nginx.js";

const skip = process.env.UPGATE_M32 === "1" ? false : "builds for 32 bits: only with UPGATE_M32=1";
const variant = "tight";
/** What the store takes at once. */
const most = 8192;

const folder = mkdtempSync(join(tmpdir(), "upgate-certificate-memory-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const maker = new CertificateMaker(folder);
const root = maker.issue({ name: "root", extensions: ca });
const server = maker.issue({ name: "server", by: root, extensions: leaf("IP:127.0.0.1") });
const tls = [`ssl_certificate ${server.certificateFile};`, `ssl_certificate_key ${server.keyFile};`];

/** Roots of their own, filled up with words to `length` bytes. */
function bundle(name: string, count: number, length: number): string {
	const roots = Array.from(
		{ length: count },
		(_, i) => maker.issue({ name: `${name}-${i}`, extensions: ca }).certificate,
	);
	const text = roots.join("");
	const words = "about these authorities\n".repeat(400).slice(0, length - text.length - 1);
	return `${words}\n${text}`;
}

async function ask(bench: Bench, typed: string, answer: string): Promise<string> {
	const from = bench.serial.length;
	bench.type(typed);
	await bench.printed(answer, from);
	return bench.serial.slice(from);
}

const paste = (text: string): string => `certificate import root\r${text.trimEnd().replaceAll("\n", "\r")}\r.`;

async function tell(t: TestContext, bench: Bench, when: string): Promise<void> {
	const answer = await ask(bench, "show memory", "native heap");
	for (const line of answer.split("\r\n").filter((text) => /^(slots|chunks) /.test(text)))
		t.diagnostic(`${when}: ${line}`);
}

function assertAlive(bench: Bench): void {
	assert.deepEqual(
		bench.all("boot").filter(({ reason }) => reason === "panic" || reason === "watchdog"),
		[],
	);
	assert.ok(!bench.serial.includes("memory full"), bench.serial.slice(-1000));
}

test("8 KB of roots are pasted and listed, and more is refused", { skip }, async (t) => {
	const bench = await Bench.make({ ini: "", variant, credentials: { roots: root.certificateFile } });
	t.after(() => bench.close());
	bench.powerOn();
	await bench.until(isVerdict("nothing-new"));
	await tell(t, bench, "before");
	const many = bundle("pasted", 12, most);
	assert.equal(many.length, most);
	assert.match(await ask(bench, paste(`${many}x\n`), "nothing was taken"), /% more than 8192 bytes/);
	await ask(bench, paste(many), " added\r\n");
	await tell(t, bench, "pasted");
	await ask(bench, paste(many), ": there already");
	await ask(bench, paste(bundle("surplus", 3, 3000)), "% roots.pem would have");
	const listed = await ask(bench, "certificate list", "CN=pasted-11, O=upgate test\r\n  issuer");
	assert.equal(listed.split("root  CN=").length - 1, 13);
	await tell(t, bench, "listed");
	assertAlive(bench);
});

test("8 KB of roots come by URL, and by the serial line while firmware comes in", { skip }, async (t) => {
	const bench = await Bench.make({ ini: "", variant, credentials: { roots: root.certificateFile } });
	t.after(() => bench.close());
	chmodSync(bench.folder, 0o755);
	const nginx = await Nginx.start(join(bench.folder, "nginx"), bench.www, [...tls, "limit_rate 150k;"]);
	t.after(() => nginx.close());
	writeFileSync(join(bench.www, "roots.pem"), bundle("fetched", 6, most));
	writeFileSync(join(bench.www, "long.pem"), bundle("long", 6, most + 1));
	writeFileSync(join(bench.www, "firmware.cmp"), await firmware("1.1.0", { variant }));
	writeFileSync(join(bench.www, "gateway.ini"), "HostName = 'roomy'\n");
	bench.powerOn();
	await bench.until(isVerdict("nothing-new"));
	for (const name of ["long.pem", "roots.pem"]) {
		bench.type(`set TLSRootFileUrl ${nginx.url}/${name}`);
		bench.type(`set IniFileURL ${nginx.url}/gateway.ini`);
		bench.type("update");
		const { result, code, reason } = await bench.until(({ event, file }) => event === "file" && file === "root");
		if (name === "roots.pem") assert.equal(result, "applied");
		else
			assert.deepEqual(
				[code, reason],
				["UPDATE_TLS_FILE_SIZE", "8193 bytes, the certificate store takes 8192 at once"],
			);
		await bench.until(isVerdict("confirmed"));
	}
	await tell(t, bench, "by URL");

	bench.type(`set AutoCmpFileUrl ${nginx.url}/firmware.cmp`);
	const from = bench.serial.length;
	bench.type("update");
	await bench.printed("download", from);
	await ask(bench, paste(bundle("pasted", 6, most)), " added\r\n");
	await tell(t, bench, "pasted while firmware comes in");
	assert.equal(bench.all("file").filter(({ file }) => file === "cmp").length, 0);
	await bench.until(({ event, version }) => event === "boot" && version === "1.1.0");
	await bench.until(isVerdict("confirmed"));
	const listed = await ask(bench, "certificate list", "CN=pasted-5, O=upgate test\r\n  issuer");
	assert.equal(listed.split("root  CN=").length - 1, 13);
	assertAlive(bench);
});
