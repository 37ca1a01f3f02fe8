// SPDX-License-Identifier: Apache-2.0
//
// The engine keeps the name of every property that was ever asked for, and the chip's has room for few: no name that a stranger sends
// may become one. Thousands of names go to each interface of a gateway in one life, and its engine has as many names as before.
// node-only: builds a program, and talks to it over sockets

import assert from "node:assert/strict";
import test, { after, before } from "node:test";
import { freePort } from "../harness/loopback.js";
import { password, Site, type Visitor } from "../web/site.js";
import { freeUDPPort } from "./snmp-programs.js";
import { Names, sip, snmp, StrangeServer, submit, type, update, visit } from "./strange-names.js";

const names = new Names();
/** Of the factory, and of each answer of the server. */
const ini = [
	"EnableSIPRemoteReset = 1",
	"AutoUpdateOnStartup = 0",
	"SIPNotifyUser = 'u'",
	"SIPNotifyPassword = 'password'",
];
ini.push(
	"TLSLocalSIPPort = 0",
	"DisableSNMP = 0",
	"SNMPReadOnlyCommunityString_0 = 'last-of-all'",
	"SNMPRateLimit = 0",
);
const server = new StrangeServer(names, ini);
let site: Site;
let guest: Visitor;
let owner: Visitor;
let ports: { sip: number; snmp: number };

before(async () => {
	await server.start();
	ports = { sip: await freePort(), snmp: await freeUDPPort() };
	ini.push(`IniFileURL = '${server.url}/a.ini'`, "");
	const listeners = ["--port", `sip=${ports.sip}`, "--port", `snmp=${ports.snmp}`];
	const memory = ["--option", "heap=524288", "--option", "gauge=4096"];
	site = await Site.open({ ini: ini.join("\r\n"), variant: "gauge", args: [...listeners, ...memory] });
	guest = site.visitor();
	owner = site.visitor();
	assert.equal((await owner.enter("/api/setup")).status, 200);
	// It is the console's too.
	site.bench.type(password);
});

after(async () => {
	await site.close();
	server.close();
});

/** Names that the engine has made since the start. */
async function made(): Promise<number> {
	const { bench } = site;
	const asked = bench.until(({ event, cause }) => event === "gauge" && cause === "signal");
	process.kill(bench.firmwarePid, "SIGUSR1");
	return (await asked).names as number;
}

/** Whatever is fixed is used for the first time at the first turn. */
async function watch(feed: () => Promise<void>): Promise<void> {
	await feed();
	const [before, count] = [await made(), names.count];
	await feed();
	await feed();
	assert.ok(names.count >= count + 100, `${names.count - count} names`);
	assert.equal(await made(), before, `of ${names.count - count} names some have become the engine's`);
}

test("members of JSON, header fields, queries and cookies from who has not logged in", () =>
	watch(() => visit(guest, names)));

test("the same, values and certificates from the owner", () => watch(() => submit(owner, names)));

test("header fields, challenges, redirects and settings of a server", async () => {
	await watch(() => update(site.bench));
	const results = site.bench.all("file").map(({ result, code }) => `${result} ${code ?? ""}`);
	for (const result of ["failed HTTP_UNAUTHORIZED", "applied "])
		assert.ok(results.includes(result), results.join(", "));
});

test("methods, header fields, parameters and credentials of SIP", () => watch(() => sip(ports.sip, names)));

test("communities, objects and users of SNMP", () => watch(() => snmp(ports.snmp, names)));

test("words and keys at the console", () => watch(() => type(site.bench, names)));

test("all of it was one life, and the engine has made few names in it", async (t) => {
	assert.equal(site.bench.all("boot").length, 1);
	const most = await made();
	t.diagnostic(`${names.count} names were sent; the engine has made ${most}`);
	assert.ok(most < 64, String(most));
});
