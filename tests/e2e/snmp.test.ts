// SPDX-License-Identifier: Apache-2.0
//
// The agent of a whole gateway, asked by Net-SNMP's programs in versions 1 and 2c: objects, errors, an update by one set.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { startProvisioningServer, type ProvisioningServer } from "../../tools/provisioning-lib/server.js";
import { Bench, firmware, isVerdict, mac } from "./bench.js";
import { Client, community, freeUDPPort, systemMIB } from "./snmp-programs.js";

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
	writeFileSync(
		join(bench.www, `config_${mac}.ini`),
		`${ini}HostName = 'lobby'\r\nIniFileURL = '${server.url}/config_<MAC>.ini'\r\nAutoCmpFileUrl = '${server.url}/firmware.cmp'\r\n`,
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
	assert.equal(bench.all("trigger").filter(({ cause }) => cause === "snmp").length, 1);
});
