// SPDX-License-Identifier: Apache-2.0
//
// SNMPv3 of a whole gateway, asked by Net-SNMP's programs: each protocol and level, what is refused, where keys and passwords lie,
// boots and time over a restart. Natives and host are built with sanitizers where UPGATE_SANITIZE_ALL asks for it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test, { after, before } from "node:test";
import { Bench, isVerdict } from "./bench.js";
import { Client, freeUDPPort, systemMIB } from "./snmp-programs.js";

const location = "1.3.6.1.2.1.1.6.0";
const usmStats = "1.3.6.1.6.3.15.1.1";
const boots = "1.3.6.1.6.3.10.2.1.2.0";

let bench: Bench;
let agent: string;

function user(name: string, ...options: string[]): Client {
	return new Client(agent, ["-v", "3", "-u", name, ...options]);
}

const authPriv = (name: string, auth: string, priv: string, key = "correct-horse", secret = "battery-staple"): Client =>
	user(name, "-l", "authPriv", "-a", auth, "-A", key, "-x", priv, "-X", secret);

function parameters(i: number, name: string, auth: string, priv: string, write: 0 | 1): string[] {
	const lines = [
		`SNMPUserName_${i} = '${name}'`,
		`SNMPUserAuthProtocol_${i} = '${auth}'`,
		`SNMPUserWrite_${i} = ${write}`,
	];
	if (auth !== "") lines.push(`SNMPUserAuthPassword_${i} = 'correct-horse'`);
	if (priv !== "") lines.push(`SNMPUserPrivProtocol_${i} = '${priv}'`, `SNMPUserPrivPassword_${i} = 'battery-staple'`);
	return lines;
}

before(async () => {
	const port = await freeUDPPort();
	agent = `127.0.0.1:${port}`;
	const ini = [
		"DisableSNMP = 0",
		"SNMPLocation = 'cellar'",
		...parameters(0, "admin", "SHA-256", "AES", 1),
		...parameters(1, "watch", "SHA", "", 0),
		...parameters(2, "open", "", "", 0),
		"",
	].join("\r\n");
	bench = await Bench.make({ ini, args: ["--port", `snmp=${port}`] });
	bench.powerOn();
	await bench.until(isVerdict("nothing-new"));
	await bench.printed("user 2");
});

after(() => bench.close());

test("a user without authentication is refused by default, and says so on the console", async () => {
	assert.match(bench.serial, /snmp: user 2: AuthProtocol wanted, or SNMPNoAuthUsers = 1/);
	assert.match(await user("open", "-l", "noAuthNoPriv").get(location), /Unknown user name/);
});

test("authPriv with SHA-256 and AES reads and sets; authNoPriv with SHA reads only", async () => {
	const admin = authPriv("admin", "SHA-256", "AES");
	assert.equal(await admin.get(location), `.${location} = STRING: "cellar"`);
	assert.match(await admin.set(location, "s", "attic"), /"attic"/);
	const watch = user("watch", "-l", "authNoPriv", "-a", "SHA", "-A", "correct-horse");
	assert.equal(await watch.get(location), `.${location} = STRING: "attic"`);
	assert.match(await watch.set(location, "s", "roof"), /noAccess/);
	assert.match(await admin.set(`${systemMIB}.3.1.1.5.0`, "u", "1"), /Gauge32: 1/);
	const trigger = await bench.until(({ event, cause }) => event === "trigger" && cause === "snmp");
	assert.equal(trigger.requester, "admin");
});

test("wrong keys, less security than the user has, unknown users and other contexts are refused and counted", async () => {
	const admin = authPriv("admin", "SHA-256", "AES");
	const count = async (id: number): Promise<number> => Number((await admin.get(`${usmStats}.${id}.0`)).split(": ")[1]);
	const before = await Promise.all([1, 3, 5].map(count));
	assert.match(await authPriv("admin", "SHA-256", "AES", "wrong-horse").get(location), /Authentication failure/);
	assert.match(
		await user("admin", "-l", "authNoPriv", "-a", "SHA-256", "-A", "correct-horse").get(location),
		/security level/i,
	);
	assert.match(await user("admin", "-l", "noAuthNoPriv").get(location), /security level/i);
	assert.match(await user("nobody", "-l", "noAuthNoPriv").get(location), /Unknown user name/);
	const after = await Promise.all([1, 3, 5].map(count));
	assert.ok(
		after.every((value, i) => value > before[i]),
		`${before.join()} ${after.join()}`,
	);
	const garbled = await authPriv("admin", "SHA-256", "AES", "correct-horse", "wrong-staple").get(location);
	assert.match(garbled, /Timeout|Decryption|error/i);
	const elsewhere = user(
		"admin",
		"-l",
		"authPriv",
		"-a",
		"SHA-256",
		"-A",
		"correct-horse",
		"-x",
		"AES",
		"-X",
		"battery-staple",
		"-n",
		"other",
	);
	assert.match(await elsewhere.get(location), /context/i);
});

test("a message with other boots or a time outside the window is refused; the manager learns the time and goes on", async () => {
	const wrong = user("watch", "-l", "authNoPriv", "-a", "SHA", "-A", "correct-horse", "-Z", "1,100000");
	const admin = authPriv("admin", "SHA-256", "AES");
	const window = async (): Promise<string> => admin.get(`${usmStats}.2.0`);
	const before = await window();
	assert.match(await wrong.get(location), /STRING: "attic"|Timeout|Not in time window/i);
	assert.notEqual(await window(), before);
});

test("every protocol works after its password is set on the console, and no password stays in the flash", async () => {
	for (const [auth, priv] of [
		["SHA-384", "AES-192"],
		["SHA-512", "AES-256"],
		["SHA", "AES-256"],
		["SHA-256", "AES-192"],
		["SHA-512", "AES"],
	]) {
		const from = bench.serial.length;
		bench.type(`set SNMPUserAuthProtocol_0 ${auth}`);
		bench.type(`set SNMPUserPrivProtocol_0 ${priv}`);
		bench.type("set SNMPUserPrivPassword_0 battery-staple");
		bench.type("set SNMPUserAuthPassword_0 correct-horse");
		bench.type("save");
		await bench.printed("saved", from);
		const admin = authPriv("admin", auth, priv);
		let answer = "";
		for (let i = 0; i < 5 && !answer.includes("attic"); i++) answer = await admin.get(location);
		assert.equal(answer, `.${location} = STRING: "attic"`, `${auth} ${priv}`);
	}
	const from = bench.serial.length;
	bench.type("show settings SNMPUserA");
	await bench.printed("SNMPUserAuthPassword_2", from);
	assert.match(bench.serial.slice(from), /SNMPUserAuthPassword_0 +""/);
});

test("after a restart the engine's boots are one more and the stored keys serve", async () => {
	const admin = authPriv("admin", "SHA-512", "AES");
	const before = Number((await admin.get(boots)).split(": ")[1]);
	bench.type("reset");
	await bench.until(({ event }) => event === "boot");
	await bench.until(isVerdict("nothing-new"));
	const after = await authPriv("admin", "SHA-512", "AES").get(boots);
	assert.equal(after, `.${boots} = INTEGER: ${before + 1}`);
	await bench.powerOff();
	/* Records that were replaced may still lie in the flash; what counts is the newest. */
	assert.ok(readFileSync(bench.flash).includes("snmp.keys"));
});
