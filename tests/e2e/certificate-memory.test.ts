// SPDX-License-Identifier: Apache-2.0
//
// As many certificates at once as the store takes, at the serial line while it is idle and by URL, on a gateway built for 32 bits with the heap of the
// chip. Leaves out a paste while firmware comes in, for which there is no room. Only with UPGATE_M32=1, as it builds everything anew.

import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, type TestContext } from "node:test";
import { maxTLSFileBytes } from "../../modules/update/tls-file-step.js";
import { ca, CertificateMaker, leaf } from "../tls/certificates.js";
import { Bench, isVerdict } from "./bench.js";
import { Nginx } from "./nginx.js";

const skip = process.env.UPGATE_M32 === "1" ? false : "builds for 32 bits: only with UPGATE_M32=1";
const variant = "chip32";
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

test("4 KB of roots come by URL, and a longer file is refused", { skip }, async (t) => {
	const bench = await Bench.make({ ini: "", variant, credentials: { roots: root.certificateFile } });
	t.after(() => bench.close());
	chmodSync(bench.folder, 0o755);
	const nginx = await Nginx.start(join(bench.folder, "nginx"), bench.www, tls);
	t.after(() => nginx.close());
	writeFileSync(join(bench.www, "roots.pem"), bundle("fetched", 5, maxTLSFileBytes));
	writeFileSync(join(bench.www, "long.pem"), bundle("long", 5, maxTLSFileBytes + 1));
	bench.powerOn();
	await bench.until(isVerdict("nothing-new"));
	for (const name of ["long.pem", "roots.pem"]) {
		bench.type(`set TLSRootFileUrl ${nginx.url}/${name}`);
		bench.type("update");
		const { result, code, reason } = await bench.until(({ event, file }) => event === "file" && file === "root");
		if (name === "roots.pem") assert.equal(result, "applied");
		else assert.deepEqual([code, reason], ["UPDATE_TLS_FILE_SIZE", "4097 bytes, limit 4096"]);
		await bench.until(isVerdict(name === "roots.pem" ? "confirmed" : "failed"));
	}
	await tell(t, bench, "by URL");
	assertAlive(bench);
});
