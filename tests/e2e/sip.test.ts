// SPDX-License-Identifier: Apache-2.0
//
// A gateway with its SIP listener, and sipsak, a program that others wrote: NOTIFY check-sync from a file, over UDP and TCP, with and
// without a password; a whole update comes of it. Over TLS OpenSSL sends it.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { freePort } from "../harness/loopback.js";
import { startProvisioningServer } from "../../tools/provisioning-lib/server.js";
import { ca, CertificateMaker, leaf } from "../tls/certificates.js";
import { Bench, type BenchOptions, firmware, isVerdict, mac } from "./bench.js";
import { sendOverTLS } from "./sip-over-tls.js";
import { sipp } from "./sipp.js";
import { example, sipsak } from "./sipsak.js";

async function gateway(
	ini: string[],
	credentials?: BenchOptions["credentials"],
): Promise<{ bench: Bench; port: number }> {
	const port = await freePort();
	const lines = ["EnableSIPRemoteReset = 1", "AutoUpdateOnStartup = 0", "TLSLocalSIPPort = 0", ...ini, ""];
	const args = ["--port", `sip=${port}`, "--listen", "127.0.0.1"];
	return { bench: await Bench.make({ ini: lines.join("\r\n"), args, credentials }), port };
}

/** Types a change of a parameter, and puts it in force. */
async function save(bench: Bench, line: string): Promise<void> {
	const from = bench.serial.length;
	bench.type(line);
	await bench.printed(" = ", from);
	bench.type("save");
	await bench.printed("saved", from);
}

/** Asks until the listener says so: it follows the settings within a second. */
async function shown(bench: Bench, text: string): Promise<void> {
	const from = bench.serial.length;
	for (let i = 0; i < 300 && !bench.serial.slice(from).includes(text); i++) {
		bench.type("show sip");
		await new Promise((resolve) => setTimeout(resolve, 200));
	}
	assert.ok(bench.serial.slice(from).includes(text), bench.serial.slice(-1000));
}

const isSIP =
	(result: string, reason?: string) =>
	(event: { event: string; result?: unknown; reason?: unknown }): boolean =>
		event.event === "sip" && event.result === result && (reason === undefined || event.reason === reason);

test("the NOTIFY of the manual, sent by sipsak, makes the gateway update its firmware and confirm it", async (t) => {
	const { bench, port } = await gateway(["SIPNotifySources = '127.0.0.1'"]);
	t.after(() => bench.close());
	const server = await startProvisioningServer({ root: bench.www, port: 0, log: () => undefined });
	t.after(() => server.close());
	writeFileSync(join(bench.www, "firmware.cmp"), await firmware("1.1.0"));
	const ini = [`IniFileURL = '${server.url}/config_<MAC>.ini'`, `AutoCmpFileUrl = '${server.url}/firmware.cmp'`];
	ini.push("EnableSIPRemoteReset = 1", "SIPNotifySources = '127.0.0.1'", "AutoUpdateOnStartup = 0", "");
	writeFileSync(join(bench.www, `config_${mac}.ini`), ini.join("\r\n"));
	bench.powerOn();
	await bench.until((event) => event.event === "boot");
	await save(bench, `set IniFileURL ${server.url}/config_<MAC>.ini`);
	const { status, output } = await sipsak(port, []);
	assert.equal(status, 0, output);
	assert.match(output, /SIP\/2\.0 200 OK/);
	const trigger = await bench.until((event) => event.event === "trigger");
	assert.deepEqual([trigger.cause, trigger.requester], ["notify", "SIP UDP 127.0.0.1"]);
	await bench.until(isVerdict("updated"));
	await bench.until(isVerdict("confirmed"));
});

test("the password is asked for and taken, over UDP and TCP; a wrong one, and a stranger, are refused and told of", async (t) => {
	const { bench, port } = await gateway([
		"SIPNotifyUser = 'operator'",
		"SIPNotifyPassword = 'four words are better'",
		"SIPNotifyInterval = 0",
	]);
	t.after(() => bench.close());
	bench.powerOn();
	await bench.until((event) => event.event === "boot");
	for (const transport of ["udp", "tcp"]) {
		const args = ["-E", transport, "-u", "operator", "-a"];
		const good = await sipsak(port, [...args, "four words are better"]);
		assert.equal(good.status, 0, good.output);
		await bench.until(isSIP("challenged"));
		await bench.until(isSIP("triggered"));
		const bad = await sipsak(port, [...args, "three words are"]);
		assert.notEqual(bad.status, 0);
		const refused = await bench.until(isSIP("refused"));
		assert.deepEqual([refused.status, refused.reason, refused.transport], [401, "password", transport.toUpperCase()]);
	}
	await save(bench, "no SIPNotifyPassword");
	assert.match((await sipsak(port, [])).output, /SIP\/2\.0 403/);
	await bench.until(isSIP("refused", "source"));
	assert.doesNotMatch(bench.serial + JSON.stringify(bench.events), /words/);
	const from = bench.serial.length;
	bench.type("show sip");
	await bench.printed(`UDP ${port}, TCP ${port}`, from);
	await bench.printed("refused: password", from);
});

test("a change of the settings acts without a restart: ports open and close, other events are refused", async (t) => {
	const { bench, port } = await gateway(["SIPNotifySources = '127.0.0.0/8'"]);
	t.after(() => bench.close());
	bench.powerOn();
	await bench.until((event) => event.event === "boot");
	const other = await sipsak(port, [], example("resync"));
	assert.match(other.output, /SIP\/2\.0 489/);
	assert.match(other.output, /Allow-Events: check-sync/);
	await save(bench, "set EnableSIPRemoteReset 0");
	await shown(bench, "listens       no");
	await save(bench, "set EnableSIPRemoteReset 1");
	await shown(bench, `UDP ${port}`);
	assert.equal((await sipsak(port, [])).status, 0);
	await bench.until(isSIP("triggered"));
});

test("SIPp's calls go as its scenarios say: UDP and TCP, retransmissions, passwords, and what a gateway does not do", async (t) => {
	const { bench, port } = await gateway(["SIPNotifySources = '127.0.0.1'", "SIPNotifyUser = 'op'"]);
	t.after(() => bench.close());
	bench.powerOn();
	await bench.until((event) => event.event === "boot");
	const common = ["-m", "5", "-r", "10", "-timeout", "60"];
	for (const [scenario, args] of [
		["notify", []],
		["notify", ["-lost", "15", "-m", "20"]],
		["others", []],
		["notify", ["-t", "t1"]],
		["notify", ["-t", "tn", "-max_socket", "3"]],
	] as [string, string[]][]) {
		const run = await sipp(port, scenario, [...common, ...args]);
		assert.equal(run.status, 0, `${scenario} ${args.join(" ")}: ${run.output.slice(-2000)}`);
		assert.equal(run.failed, 0);
	}
	const from = bench.serial.length;
	bench.type("show sip");
	await bench.printed("retransmitted", from);
	await save(bench, "no SIPNotifySources");
	await save(bench, "set SIPNotifyPassword op");
	const digest = await sipp(port, "digest", [...common, "-au", "op", "-ap", "op"]);
	assert.equal(digest.status, 0, digest.output.slice(-2000));
	assert.equal(bench.all("trigger").length, 1, "all were joined to what the first one had begun");
});

test("with a device certificate TLS is open: OpenSSL verifies it, and its NOTIFY triggers; without one the console says why not", async (t) => {
	const folder = mkdtempSync(join(tmpdir(), "upgate-sip-"));
	t.after(() => rmSync(folder, { recursive: true, force: true }));
	const maker = new CertificateMaker(folder);
	const root = maker.issue({ name: "root", extensions: ca });
	const device = maker.issue({ name: "device", by: root, extensions: leaf("IP:127.0.0.1", "serverAuth") });
	const credentials = { roots: root.certificateFile, certificate: device.certificateFile, key: device.keyFile };
	const ini = ["SIPNotifySources = '127.0.0.1'", "SIPNotifyInterval = 0", "TLSLocalSIPPort = 5061"];
	const { bench, port } = await gateway(ini, credentials);
	t.after(() => bench.close());
	bench.powerOn();
	await bench.until((event) => event.event === "boot");
	await shown(bench, `TCP ${port}, TLS ${port + 1}`);
	for (let i = 0; i < 3; i++) {
		const { output } = await sendOverTLS(port + 1, { root: root.certificateFile });
		assert.match(output, /SIP\/2\.0 200 OK/);
		assert.match(output, /Via: SIP\/2\.0\/TLS/i);
	}
	const trigger = await bench.until((event) => event.event === "trigger");
	assert.deepEqual([trigger.cause, trigger.requester], ["notify", "SIP TLS 127.0.0.1"]);
	const from = bench.serial.length;
	bench.type("show memory");
	await bench.printed("web pages   ", from);
	const line = /\nsip {9}(\d+) when opened; transactions and buffers: now (\d+), most (\d+)/;
	const [idle, held, most] = (line.exec(bench.serial.slice(from)) ?? []).slice(1).map(Number);
	/* What is held then depends on whether the last connection is closed yet. */
	assert.ok(idle > 1000 && held >= 0 && most >= held, bench.serial.slice(from));

	const bare = await gateway(ini);
	t.after(() => bare.bench.close());
	bare.bench.powerOn();
	await bare.bench.until((event) => event.event === "boot");
	await shown(bare.bench, `TLS ${bare.port + 1}: there is no device certificate`);
});

/* A short form of `npm run bench -- sip`, which sends 500 a second for 30 seconds. */
test("two seconds of 250 NOTIFY a second make one update, and cost no memory", async (t) => {
	const { bench, port } = await gateway(["SIPNotifySources = '127.0.0.1'", "SIPNotifyInterval = 600"]);
	t.after(() => bench.close());
	bench.powerOn();
	await bench.until((event) => event.event === "boot");
	const run = await sipp(port, "notify", ["-m", "500", "-r", "250", "-timeout", "100"]);
	assert.equal(run.successful + run.failed, 500, run.output.slice(-2000));
	assert.ok(run.successful > 100, `${run.successful} answered`);
	assert.equal(bench.all("trigger").length, 1);
	assert.ok(bench.all("sip").length <= 20, "the log is not filled");
	const from = bench.serial.length;
	bench.type("show sip");
	await bench.printed("joined", from);
	assert.ok(Number(/transactions {2}(\d+)/.exec(bench.serial.slice(from))?.[1]) <= 32);
});
