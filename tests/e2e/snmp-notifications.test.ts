// SPDX-License-Identifier: Apache-2.0
//
// Notifications of a whole gateway, taken by Net-SNMP's snmptrapd: traps and informs, as v2c and as a user of SNMPv3.

import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { Bench, isVerdict, mac } from "./bench.js";
import { Client, community, enterprise, freeUDPPort, run } from "./snmp-programs.js";

const trapd = "80001f8880aabbccdd01020304";
const gateway = `8000f76503${mac.toLowerCase()}`;
const notifications = `.${enterprise}.9.10.1.21.2.0`;

/** snmptrapd on loopback; everything it takes, a line each. */
class Manager {
	readonly folder = mkdtempSync(join(tmpdir(), "upgate-trapd-"));
	readonly port: number;
	lines = "";
	readonly #child: ChildProcess;

	constructor(port: number) {
		this.port = port;
		const config = [
			`exactEngineID 0x${trapd}`,
			"authCommunity log tell",
			"authUser log admin",
			`createUser -e 0x${gateway} admin SHA-256 "correct-horse" AES "battery-staple"`,
			'createUser admin SHA-256 "correct-horse" AES "battery-staple"',
		];
		const file = join(this.folder, "snmptrapd.conf");
		writeFileSync(file, `${config.join("\n")}\n`);
		const args = ["-f", "-Lo", "-On", "-C", "-c", file, "-F", "%P %V %v\\n", `udp:127.0.0.1:${port}`];
		const env = { PATH: process.env.PATH, MIBS: "", SNMP_PERSISTENT_DIR: this.folder };
		this.#child = spawn("/usr/sbin/snmptrapd", args, { env, stdio: ["ignore", "pipe", "inherit"] });
		this.#child.stdout?.on("data", (chunk: Buffer) => (this.lines += chunk.toString("utf8")));
	}

	async took(pattern: RegExp): Promise<void> {
		const deadline = Date.now() + 30_000;
		while (!pattern.test(this.lines)) {
			if (Date.now() > deadline) throw new Error(`no ${String(pattern)} in:\n${this.lines}`);
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
	}

	async close(): Promise<void> {
		if (this.#child.exitCode === null && this.#child.kill()) await once(this.#child, "close");
		rmSync(this.folder, { recursive: true, force: true });
	}
}

async function make(lines: string[]) {
	const port = await freeUDPPort();
	const manager = new Manager(await freeUDPPort());
	await manager.took(/NET-SNMP version/);
	const ini = [
		"DisableSNMP = 0",
		"SNMPReadOnlyCommunityString_0 = 'look'",
		"SNMPManagerTableIP_0 = 127.0.0.1",
		`SNMPManagerTrapPort_0 = ${manager.port}`,
		"HostName = 'lobby'",
		...lines,
		"",
	].join("\r\n");
	const bench = await Bench.make({ ini, args: ["--port", `snmp=${port}`] });
	const close = async (): Promise<void> => {
		await bench.close();
		await manager.close();
	};
	return { bench, manager, close, reader: new Client(`127.0.0.1:${port}`, community("2c", "look")) };
}

const admin = [
	"SNMPUserName_0 = 'admin'",
	"SNMPUserAuthProtocol_0 = 'SHA-256'",
	"SNMPUserAuthPassword_0 = 'correct-horse'",
	"SNMPUserPrivProtocol_0 = 'AES'",
	"SNMPUserPrivPassword_0 = 'battery-staple'",
	"SNMPManagerTrapUser_0 = 'admin'",
];

const lostInforms = `${enterprise}.1.3.6.0`;

for (const [title, lines, security] of [
	["traps in v2c", ["SNMPTrapCommunityString = 'tell'"], /TRAP2, SNMP v2c, community tell/],
	[
		"informs in v2c",
		["SNMPTrapCommunityString = 'tell'", "SNMPManagerInform_0 = 1"],
		/INFORM, SNMP v2c, community tell/,
	],
	["traps in v3", admin, /TRAP2, SNMP v3, user admin/],
	[
		"informs in v3",
		["SNMPManagerInform_0 = 1", `SNMPManagerEngineID_0 = ${trapd}`, ...admin],
		/INFORM, SNMP v3, user admin/,
	],
] as [string, string[], RegExp][])
	test(`snmptrapd takes start, result of a download and reset as ${title}`, async (t) => {
		const { bench, manager, close, reader } = await make(lines);
		t.after(close);
		bench.powerOn();
		await bench.until(isVerdict("nothing-new"));
		await manager.took(/\.1\.3\.6\.1\.6\.3\.1\.1\.5\.1\b/);
		assert.match(manager.lines, security);
		await manager.took(new RegExp(`OID: ${notifications}\\.4\\b.*STRING: "upgate 1\\.0\\.0 started: power-on"`));
		await manager.took(new RegExp(`OID: ${notifications}\\.28\\b.*STRING: "nothing-new: .*STRING: "lobby"`));
		assert.match(await reader.get(lostInforms), /Counter32: 0$/);
		bench.type("reset");
		await manager.took(new RegExp(`OID: ${notifications}\\.5\\b.*STRING: "console"`));
	});

test("informs that nobody acknowledges are tried three times, then lost, and counted", async (t) => {
	const { bench, manager, close, reader } = await make(["SNMPTrapCommunityString = 'tell'", "SNMPManagerInform_0 = 1"]);
	t.after(close);
	await manager.close();
	bench.powerOn();
	await bench.until(isVerdict("nothing-new"));
	let lost = 0;
	for (let i = 0; i < 100 && lost === 0; i++) {
		await new Promise((resolve) => setTimeout(resolve, 200));
		lost = Number((await reader.get(lostInforms)).split(": ")[1]);
	}
	assert.ok(lost > 0);
});

test("snmpinform to the agent itself is not taken, and the agent goes on", async (t) => {
	const { bench, close, reader } = await make([]);
	t.after(close);
	bench.powerOn();
	await bench.until(isVerdict("nothing-new"));
	const args = ["-v", "2c", "-c", "look", "-t", "1", "-r", "0", reader.agent, "", "1.3.6.1.6.3.1.1.5.1"];
	const { stderr } = await run("snmpinform", args);
	assert.match(stderr, /Timeout/);
	assert.match(await reader.get("1.3.6.1.6.3.11.2.1.3.0"), /Counter32: 1$/);
});
