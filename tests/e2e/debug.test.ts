// SPDX-License-Identifier: Apache-2.0
//
// `debug http|tls|sip|snmp on` at a whole gateway, while everybody talks to it with secrets: what is told, that none of it is a secret,
// that a flood stays a trickle, and that nothing of it outlives a restart.

import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { type ProvisioningServer, startProvisioningServer } from "../../tools/provisioning-lib/server.js";
import { freePort } from "../harness/loopback.js";
import { leaf } from "../tls/certificates.js";
import { Site } from "../web/site.js";
import { isVerdict } from "./bench.js";
import { Client, community, freeUDPPort, systemMIB } from "./snmp-programs.js";
import { example, sipsak } from "./sipsak.js";

/** Each has a word of its own that nothing else has. */
const secrets = Object.freeze({
	digest: "rosebud-1941",
	basic: "citizen:kane",
	sip: "xanadu-sip",
	read: "inquirer-look",
	write: "inquirer-set",
	auth: "leland-auth-1",
	priv: "leland-priv-2",
	set: "bernstein",
	page: "thatcher and co",
	query: "susan-alexander",
});

let site: Site;
let secure: ProvisioningServer;
let plain: ProvisioningServer;
let sip: number;
let snmp: number;

before(async () => {
	[sip, snmp] = [await freePort(), await freeUDPPort()];
	const args = ["--port", `sip=${sip}`, "--port", `snmp=${snmp}`];
	const ini = [
		"AutoUpdateOnStartup = 0",
		"AUPDDigestUsername = 'gw-user'",
		`AUPDDigestPassword = '${secrets.digest}'`,
		"EnableSIPRemoteReset = 1",
		"SIPNotifyInterval = 0",
		"TLSLocalSIPPort = 0",
		"SIPNotifyUser = 'op'",
		`SIPNotifyPassword = '${secrets.sip}'`,
		"DisableSNMP = 0",
		"SNMPRateLimit = 0",
		`SNMPReadOnlyCommunityString_0 = '${secrets.read}'`,
		`SNMPReadWriteCommunityString_0 = '${secrets.write}'`,
		"SNMPUserName_0 = 'admin'",
		"SNMPUserAuthProtocol_0 = 'SHA-256'",
		`SNMPUserAuthPassword_0 = '${secrets.auth}'`,
		"SNMPUserPrivProtocol_0 = 'AES'",
		`SNMPUserPrivPassword_0 = '${secrets.priv}'`,
		"",
	];
	site = await Site.open({ ini: ini.join("\r\n"), args });
	await serve(ini);
});

/** Servers with passwords, and the URLs that lead there, set over the air: nothing secret is typed. */
async function serve(ini: readonly string[]): Promise<void> {
	const { bench, maker, root } = site;
	const certificate = maker.issue({ name: "server", by: root, extensions: leaf("IP:127.0.0.1") });
	const tls = {
		certificate: readFileSync(certificate.certificateFile, "utf8"),
		key: readFileSync(certificate.keyFile, "utf8"),
	};
	const common = { root: bench.www, port: 0, log: () => undefined };
	secure = await startProvisioningServer({
		...common,
		tls,
		auth: { scheme: "digest", user: "gw-user", password: secrets.digest },
	});
	const [user, password] = secrets.basic.split(":") as [string, string];
	plain = await startProvisioningServer({ ...common, auth: { scheme: "basic", user, password } });
	const url = `${secure.url}/a.ini?token=${secrets.query}`;
	const second = `${plain.url.replace("http://", `http://${secrets.basic}@`)}/tones.dat`;
	writeFileSync(
		join(bench.www, "a.ini"),
		[...ini, `IniFileURL = '${url}'`, `CptFileURL = '${second}'`, ""].join("\r\n"),
	);
	writeFileSync(join(bench.www, "tones.dat"), "tones");
	assert.equal((await site.visitor().enter("/api/setup", secrets.page)).status, 200);
	const set = new Client(`127.0.0.1:${snmp}`, community("2c", secrets.write));
	assert.match(await set.set(`${systemMIB}.1.3.8.5.0`, "s", url), /STRING/);
}

after(async () => {
	await site.close();
	await secure.close();
	await plain.close();
});

/** Types a command. @returns what the line has shown until `text` came */
async function type(line: string, text: string): Promise<string> {
	const { bench } = site;
	const from = bench.serial.length;
	bench.type(line);
	await bench.printed(text, from);
	return bench.serial.slice(from);
}

function assertSilent(text: string): void {
	const { bench } = site;
	bench.all("verdict");
	// The query of a URL stands in events, as it does in the settings; what is told of the wire need not have it.
	const told = text.split("\r\n").filter((line) => /^(http|tls|sip|snmp) /.test(line));
	assert.ok(told.length > 3 && !told.join().includes(secrets.query), told.join("\n"));
	const everything = text + JSON.stringify(bench.events);
	const words = Object.values(secrets).flatMap((secret) => [secret, encodeURIComponent(secret)]);
	words.splice(words.indexOf(secrets.query), 2);
	words.push(
		...secrets.basic.split(":"),
		Buffer.from(secrets.basic).toString("base64"),
		"response=",
		"nonce=",
		"gw-user",
	);
	for (const word of words) assert.ok(!everything.includes(word), `${word} in:\n${everything.slice(0, 20_000)}`);
}

test("nothing is told at first; each topic is switched by its name, all of them together, and shown", async () => {
	assert.match(await type("show debug", "snmp   off"), /http {3}off\r\ntls {4}off\r\nsip {4}off\r\n/);
	assert.match(await type("debug sip on", "snmp   off"), /http {3}off\r\ntls {4}off\r\nsip {4}on\r\n/);
	assert.match(await type("no debug", "snmp   off"), /sip {4}off/);
	assert.match(await type("debug http yes", "on or off is wanted"), /on or off/);
	assert.match(await type("debug all on", "snmp   on"), /http {3}on\r\ntls {4}on\r\nsip {4}on/);
});

test("an update over https with Digest, and over http with a user in the URL, is told step by step, without a secret", async () => {
	const from = site.bench.serial.length;
	site.bench.type("update");
	await site.bench.until(isVerdict("confirmed"));
	await delay(300);
	const text = site.bench.serial.slice(from);
	assertSilent(text);
	for (const line of [
		/^tls : 127\.0\.0\.1 port \d+, no session; verifies the peer\r$/m,
		/^tls > 127\.0\.0\.1 ClientHello, \d+ bytes\r$/m,
		/^tls < 127\.0\.0\.1 ServerHello, \d+ bytes\r$/m,
		/^tls : 127\.0\.0\.1 TLSv1\.3, TLS\S+, http\/1\.1; full handshake; peer verified\r$/m,
		/^http > GET \/a\.ini\?token=\.\.\. HTTP\/1\.1\r$/m,
		/^http > {3}User-Agent: .*upgate/m,
		/^http < HTTP\/1\.1 401 Unauthorized\r$/m,
		/^http < {3}www-authenticate: Digest realm="upgate" \.\.\./im,
		/^http > {3}Authorization: Digest \.\.\. realm="upgate" \.\.\./m,
		/^http < HTTP\/1\.1 200 OK\r$/m,
		/^http : connection to https:\/\/127\.0\.0\.1:\d+ used again\r$/m,
		/^http > GET \/tones\.dat HTTP\/1\.1\r$/m,
		/^http > {3}Authorization: Basic \.\.\.\r$/m,
	])
		assert.match(text, line);
});

test("a later connection takes up the session, and says so", async () => {
	// The run in which the settings proved themselves has closed its connections.
	await type("update", "session taken up again");
	await site.bench.until(isVerdict("nothing-new"));
});

test("NOTIFY with a right and a wrong password is told, without password, digest or nonce", async () => {
	const from = site.bench.serial.length;
	const right = await sipsak(sip, ["-u", "op", "-a", secrets.sip]);
	assert.equal(right.status, 0, right.output);
	await sipsak(sip, ["-u", "op", "-a", `${secrets.sip} no`]);
	await site.bench.printed("sip : refused: password", from);
	await delay(300);
	const text = site.bench.serial.slice(from);
	assertSilent(text);
	for (const line of [
		/^sip < UDP 127\.0\.0\.1 port \d+ NOTIFY sip:gw@127\.0\.0\.1:?\d* SIP\/2\.0\r$/m,
		/^sip < {3}Event: check-sync;reboot=false\r$/m,
		/^sip : challenged: none\r$/m,
		/^sip > SIP\/2\.0 401 Unauthorized\r$/m,
		/^sip < {3}Authorization: Digest /m,
		/^sip : triggered: check-sync\r$/m,
		/^sip > SIP\/2\.0 200 OK\r$/m,
	])
		assert.match(text, line);
});

test("gets and sets of every version are told, without communities, keys or the texts that are set", async () => {
	const from = site.bench.serial.length;
	const agent = `127.0.0.1:${snmp}`;
	const object = `${systemMIB}.1.3.8.5.0`;
	const url = `https://gw:${secrets.set}@127.0.0.1/b.ini`;
	await new Client(agent, community("1", secrets.read)).get(object);
	await new Client(agent, community("2c", `${secrets.read}-wrong`)).run("snmpget", "-r", "0", "-t", "1", object);
	await new Client(agent, community("2c", secrets.write)).set(`${systemMIB}.1.3.8.4.0`, "s", url);
	const keys = ["-l", "authPriv", "-u", "admin", "-a", "SHA-256", "-A", secrets.auth, "-x", "AES", "-X", secrets.priv];
	assert.match(await new Client(agent, ["-v", "3", ...keys]).get(`${systemMIB}.1.3.8.4.0`), /STRING: .*b\.ini/);
	await delay(300);
	const text = site.bench.serial.slice(from);
	assertSilent(text);
	for (const line of [
		/^snmp < 127\.0\.0\.1 port \d+ v1 get \d+\r$/m,
		/^snmp : refused: wrong community\r$/m,
		/^snmp < 127\.0\.0\.1 port \d+ v2c set \d+\r$/m,
		/^snmp < {3}1\.3\.6\S+ = \(\d+ bytes\)\r$/m,
		/^snmp : v3 user "" is told: unknownEngineIDs\r$/m,
		/^snmp < v3 user admin, authPriv, get \d+\r$/m,
		/^snmp > response \d+: noError, \d+ bytes\r$/m,
		/^snmp > {3}1\.3\.6\S+ = "https:.*b\.ini"\r$/m,
	])
		assert.match(text, line);
});

test("a visit to the pages is told by path and status, without cookie, token and password", async () => {
	const from = site.bench.serial.length;
	const visitor = site.visitor();
	await visitor.enter("/api/login", secrets.page);
	await visitor.ask("/api/status?x=1");
	await visitor.enter("/api/login", `${secrets.page} no`);
	await site.bench.printed("http : page for 127.0.0.1: GET /api/status?...: 200", from);
	await site.bench.printed("http : page for 127.0.0.1: POST /api/login: 4", from);
	const text = site.bench.serial.slice(from);
	assertSilent(text);
	for (const word of [visitor.cookie.split("=")[1] ?? "", visitor.token])
		assert.ok(word.length > 8 && !text.includes(word));
	assert.match(text, /^tls : 127\.0\.0\.1 is accepted; does not verify the peer\r$/m);
	assert.match(text, /^tls < 127\.0\.0\.1 ClientHello, \d+ bytes\r$/m);
});

test("a flood of SIP is told in part, the console answers, and what was left out is counted", async () => {
	const from = site.bench.serial.length;
	const socket = createSocket("udp4");
	const message = Buffer.from(example("resync").replaceAll("\n", "\r\n"));
	for (let i = 0; i < 4000; i++) {
		socket.send(message, sip, "127.0.0.1");
		if (i % 100 === 0) await delay(5);
	}
	await type("show clock", "source  host");
	await site.bench.printed(" or more lines left out)", from);
	socket.close();
	await type("debug sip off", "sip    off");
	const lines = site.bench.serial.slice(from).split("\r\n");
	assert.ok(lines.filter((line) => line.startsWith("sip")).length < 400, String(lines.length));
});

test("with all of them listening there is memory for every place of the tree of commands", async () => {
	const { bench } = site;
	const starts = bench.all("boot").length;
	bench.type("configure system automatic-update");
	await type("show debug", "snmp   on");
	await type("help | count e", " lines");
	await type("crc-check regular", "AUPDCheckIfIniChanged = 1");
	await type("discard", "forgotten: 1 change");
	bench.type("end");
	assert.match(await type("show memory", "native heap"), /slots/);
	assert.equal(bench.all("boot").length, starts);
	assert.doesNotMatch(bench.serial, /memory full|panic/);
});

test("nothing is on after a restart", async () => {
	await type("debug all on", "snmp   on");
	const from = site.bench.serial.length;
	site.bench.type("reset");
	await site.bench.printed("password:", from);
	site.bench.type(secrets.page);
	assert.match(await type("show debug", "snmp   off"), /http {3}off\r\ntls {4}off\r\nsip {4}off\r\n/);
});
