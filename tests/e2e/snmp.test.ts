// SPDX-License-Identifier: Apache-2.0
//
// The agent of a whole gateway, asked by Net-SNMP's programs in versions 1 and 2c: objects, errors, an update by one set.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { projectRoot } from "../../tools/build/index.js";
import { startProvisioningServer, type ProvisioningServer } from "../../tools/provisioning-lib/server.js";
import { Bench, firmware, isVerdict, mac } from "./bench.js";
import { Client, community, freeUDPPort, run, systemMIB } from "./snmp-programs.js";

const actions = `${systemMIB}.3.1.1`;
let bench: Bench;
let server: ProvisioningServer;
let agent: string;
let reader: Client;
let writer: Client;

before(async () => {
	const port = await freeUDPPort();
	agent = `127.0.0.1:${port}`;
	const ini = [
		"DisableSNMP = 0",
		"SNMPReadOnlyCommunityString_0 = 'look'",
		"SNMPReadWriteCommunityString_0 = 'change'",
		"SNMPRateLimit = 0",
		"SNMPLocation = 'cellar'",
		"",
	].join("\r\n");
	bench = await Bench.make({ ini, args: ["--port", `snmp=${port}`] });
	server = await startProvisioningServer({ root: bench.www, port: 0, log: () => undefined });
	writeFileSync(join(bench.www, "firmware.cmp"), await firmware("1.1.0"));
	writeFileSync(join(bench.www, "usa.dat"), "tones");
	writeFileSync(
		join(bench.www, `config_${mac}.ini`),
		`${ini}HostName = 'lobby'\r\nIniFileURL = '${server.url}/config_<MAC>.ini'\r\nAutoCmpFileUrl = '${server.url}/firmware.cmp'\r\nCptFileURL = '${server.url}/usa.dat'\r\n`,
	);
	reader = new Client(agent, community("2c", "look"));
	writer = new Client(agent, community("2c", "change"));
	bench.powerOn();
	await bench.until(isVerdict("nothing-new"));
});

after(async () => {
	await bench.close();
	await server.close();
});

test("snmpget reads the system group and our version in v1 and v2c", async () => {
	for (const version of ["1", "2c"] as const) {
		const client = new Client(agent, community(version, "look"));
		const lines = (await client.get("1.3.6.1.2.1.1.6.0", `${systemMIB}.2.2.1.0`, "1.3.6.1.2.1.1.2.0")).split("\n");
		assert.equal(lines[0], '.1.3.6.1.2.1.1.6.0 = STRING: "cellar"');
		assert.equal(lines[1], `.${systemMIB}.2.2.1.0 = STRING: "1.0.0"`);
		assert.match(lines[2], /OID: \.1\.3\.6\.1\.4\.1\.63333\.8\.1\.1\.1/);
	}
});

test("a community that is not ours gets no answer", async () => {
	const stranger = new Client(agent, ["-v", "2c", "-c", "public"]);
	assert.match(await stranger.get("1.3.6.1.2.1.1.6.0"), /Timeout/);
});

test("snmpwalk in v1 and v2c, snmpbulkwalk and snmpgetnext give the same objects, over IPv4 and IPv6", async () => {
	const names = ({ stdout }: { stdout: string }): string[] =>
		stdout
			.split("\n")
			.filter((line) => line.startsWith(".1.3") && !line.includes("No more variables"))
			.map((line) => line.split(" ")[0]);
	const walked = names(await reader.run("snmpwalk", "1.3"));
	assert.ok(walked.length > 90, String(walked.length));
	const v1 = new Client(agent, community("1", "look"));
	assert.deepEqual(names(await v1.run("snmpwalk", "1.3")), walked);
	assert.deepEqual(names(await reader.run("snmpbulkwalk", "-Cr25", "1.3")), walked);
	const v6 = new Client(`udp6:[::1]:${agent.split(":")[1]}`, community("2c", "look"));
	assert.deepEqual(names(await v6.run("snmpbulkwalk", "1.3")), walked);
	assert.equal(names(await reader.run("snmpgetnext", walked[10]))[0], walked[11]);
});

test("with the MIB loaded objects are asked for by name", async () => {
	const folders = ["tests/snmp/mibs", "modules/snmp/mibs"].map((folder) => join(projectRoot, folder)).join(":");
	const args = ["-v", "2c", "-c", "look", "-m", "UPGATE-MIB", "-M", folders, agent];
	const { stdout, stderr } = await run("snmpget", [...args, "UPGATE-MIB::upgateVersionSoftware.0"]);
	assert.equal(stdout, "UPGATE-MIB::upgateVersionSoftware.0 = STRING: 1.0.0\n", stderr);
});

test("a set is refused with the right error, and changes nothing", async () => {
	const url = `${systemMIB}.1.3.8.5.0`;
	const before = await reader.get(url);
	for (const [bindings, error] of [
		[[`${actions}.5.0`, "i", "1"], /wrongType/],
		[[`${actions}.5.0`, "u", "7"], /wrongValue/],
		[[`${actions}.13.0`, "s", "x"], /notWritable/],
		[[`${actions}.5.1`, "u", "1"], /noCreation/],
		[["1.3.6.1.4.1.99999.1.0", "u", "1"], /notWritable/],
		[[url, "s", "no url"], /wrongValue/],
		[[url, "s", `http://${"x".repeat(300)}/`], /wrongLength/],
		[
			[url, "s", "http://198.51.100.1/a.ini", `${actions}.5.0`, "u", "9"],
			/wrongValue[\s\S]*Failed object.*3\.1\.1\.5\.0/,
		],
	] as [string[], RegExp][])
		assert.match(await writer.set(...bindings), error);
	assert.match(await reader.set(`${actions}.5.0`, "u", "1"), /noAccess/);
	const v1 = new Client(agent, community("1", "change"));
	assert.match(await v1.set(`${actions}.5.0`, "i", "1"), /badValue|Value given has the wrong type/);
	assert.match(await v1.set(`${actions}.13.0`, "s", "x"), /noSuchName|no such name/i);
	assert.equal(await reader.get(url), before);
	assert.equal(bench.all("trigger").length, 1);
});

test("a set to 1 runs the update once, and its result can be read, also after the restart", async () => {
	const url = `${server.url}/config_<MAC>.ini`;
	assert.match(await reader.get(`${systemMIB}.1.6.1.0`), /= ""$/);
	assert.match(await writer.set(`${systemMIB}.1.3.8.5.0`, "s", url), /STRING/);
	assert.match(await writer.set(`${actions}.12.0`, "u", "4711", `${actions}.5.0`, "u", "1"), /Gauge32: 1/);
	const trigger = await bench.until(({ event, cause }) => event === "trigger" && cause === "snmp");
	assert.equal(trigger.requester, "127.0.0.1");
	assert.match(await reader.get(`${actions}.13.0`), /"4711 ; inProgress ; /);
	await bench.until(isVerdict("updated"));
	await bench.until(isVerdict("confirmed"));
	assert.match(await reader.get(`${actions}.13.0`), /"4711 ; success ; confirmed/);
	assert.match(await reader.get(`${systemMIB}.2.2.1.0`), /"1\.1\.0"/);
	assert.match(await reader.get("1.3.6.1.2.1.1.5.0"), /"lobby"/);
	assert.match(await reader.get(`${systemMIB}.1.6.1.0`), /STRING: "cpt"/);
	assert.match(await reader.get(`${systemMIB}.1.6.2.0`), /= ""$/);
	assert.equal(bench.all("trigger").filter(({ cause }) => cause === "snmp").length, 1);
});

test("show memory has the heap of the agent, and says which listeners are off", async () => {
	const from = bench.serial.length;
	bench.type("show memory");
	await bench.printed("web pages   ", from);
	const text = bench.serial.slice(from);
	assert.match(text, /\nsip {9}off \(EnableSIPRemoteReset = 0\)\r?\n/);
	const line = /\nsnmp {8}(\d+) when opened; kept of requests, and buffers: now (\d+), most (\d+)/;
	const [bytes, held, most] = (line.exec(text) ?? []).slice(1).map(Number);
	assert.ok(bytes > 1000 && bytes < 40_000, text);
	assert.ok(most > held + 1452, "a datagram and the buffer of its answer");
});
