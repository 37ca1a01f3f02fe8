// SPDX-License-Identifier: Apache-2.0
//
// The commands of the gateway, typed at a console: answers, changes that are saved, secrets that stay hidden.

import assert from "node:assert/strict";
import test from "node:test";
import { gatewayCommands, type GatewayPorts } from "../../modules/console/gateway-commands.js";
import type { Board } from "../../modules/ecma419/board.js";
import type { UpdateStatus } from "../../modules/update/status.js";
import { UpdateError } from "../../modules/update/error.js";
import { Settings } from "../../modules/settings/settings.js";
import { FakeStore } from "../settings/support.js";
import { FakeCertificates } from "./certificates.js";
import { keys, Terminal } from "./terminal.js";

const idle: UpdateStatus = {
	phase: "idle",
	causes: [],
	file: undefined,
	done: 0,
	total: undefined,
	queued: false,
	trial: false,
	last: undefined,
	next: undefined,
	crashes: 0,
};

const use = { now: 1234, peak: 56789, size: 1048576 };
const board = {
	application: {
		name: "upgate",
		version: "1.2.3",
		secureVersion: 4,
		builtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
		sha256: "ab".repeat(32),
	},
	resetReason: "software",
	mac: new Uint8Array([0x00, 0x90, 0x8f, 0x1d, 0xd0, 0xd3]),
	chip: 0,
	runningSlot: 1,
	clock: { now: () => Date.UTC(2026, 5, 1), source: "http", set: () => undefined, ticks: () => 61_500 },
	memory: () => ({ slots: use, chunks: use, stack: use, native: { ...use, size: 0 } }),
	option: () => undefined,
	event: () => undefined,
	random: () => undefined,
	restart: () => undefined,
} as Board;

class Gateway {
	readonly store = new FakeStore();
	readonly settings = new Settings({ store: this.store });
	readonly done: string[] = [];
	status = idle;
	readonly ports: GatewayPorts = {
		board,
		settings: this.settings,
		certificates: new FakeCertificates(),
		update: {
			trigger: (cause) => this.done.push(`update ${cause}`),
			status: () => this.status,
			firmware: {
				switch: () => this.done.push("switch"),
				confirm: () => {
					throw new UpdateError("UPDATE_NO_TRIAL", "nothing is on trial");
				},
				rollback: () => this.done.push("rollback"),
			},
		},
		slots: () => ["ota_0  upgate 1.0.0  VALID", "ota_1  upgate 1.2.3  VALID, running"],
		restart: (reason) => this.done.push(`restart ${reason}`),
	};
	readonly terminal = new Terminal({ columns: 200, commands: gatewayCommands(this.ports) });

	/** @returns what the command answered */
	type(line: string): string[] {
		const before = this.terminal.lines.length;
		this.terminal.type(`${line}\r`);
		return this.terminal.lines.slice(Math.max(before, 1), -1);
	}

	/** What the arrow key brings back. */
	recall(): string {
		this.terminal.type(keys.up);
		const line = this.terminal.screen.bottom;
		this.terminal.type(keys.cancel);
		return line.replace(/^>[ ]?/, "");
	}
}

test("each command has help of its own, within 80 columns", () => {
	const gateway = new Gateway();
	const commands = gatewayCommands(gateway.ports);
	assert.equal(new Set(commands.map(({ words }) => words)).size, commands.length);
	for (const { words, help } of commands) assert.ok(help.length > 0, words);
	const lines = gateway.type("help");
	for (const line of lines) assert.ok(line.length < 80, line);
	assert.deepEqual(
		lines.map((line) => line.trim().split("  ")[0]),
		["help", ...commands.map(({ words, usage }) => `${words} ${usage}`.trim())],
	);
});

test("show version, clock, memory and slots", () => {
	const gateway = new Gateway();
	assert.deepEqual(gateway.type("show version"), [
		"model           upgate",
		"version         1.2.3",
		"secure version  4",
		"built           2026-01-02T03:04:05.000Z",
		`program SHA-256 ${"ab".repeat(32)}`,
		"running slot    ota_1",
		"MAC address     00:90:8f:1d:d0:d3",
		"last reset      software",
	]);
	gateway.settings.set("AUPDVerifySignature", "0");
	assert.ok(gateway.type("show version").includes("signatures      NOT verified (AUPDVerifySignature = 0)"));
	assert.deepEqual(gateway.type("show clock"), ["time    2026-06-01T00:00:00.000Z", "source  http", "up      61 s"]);
	assert.deepEqual(gateway.type("show memory"), [
		"bytes              now      peak      size",
		"slots             1234     56789   1048576",
		"chunks            1234     56789   1048576",
		"stack             1234     56789   1048576",
		"native heap       1234     56789         -",
	]);
	assert.deepEqual(gateway.type("sh sl"), ["ota_0  upgate 1.0.0  VALID", "ota_1  upgate 1.2.3  VALID, running"]);
});

test("show update tells what it does and did", () => {
	const gateway = new Gateway();
	assert.deepEqual(gateway.type("show update"), ["state         idle", "last result   none since start"]);
	gateway.status = {
		phase: "running",
		causes: ["console", "interval"],
		file: "cmp",
		done: 1000,
		total: 4000,
		queued: true,
		trial: true,
		last: { verdict: "failed", version: "1.2.3", reason: "no answer", time: null, ticks: 0 },
		next: 91_500,
		crashes: 3,
	};
	assert.deepEqual(gateway.type("show update"), [
		"state         running (console, interval)",
		"file          cmp, 1000 of 4000 bytes",
		"queued        one more run follows",
		"trial         this firmware is not confirmed yet",
		"crashes       3 without an update that came to its end since",
		"last result   failed (1.2.3): no answer",
		"next          in 30 s",
	]);
});

test("set saves a value, no brings the default back, show settings tells", () => {
	const gateway = new Gateway();
	assert.deepEqual(gateway.type("show settings"), ["all parameters are at their defaults"]);
	assert.deepEqual(gateway.type("set hostname desk"), ["HostName = desk  (takes effect after reset)"]);
	assert.deepEqual(gateway.type("set AupdTrialTime 60"), ["AupdTrialTime = 60"]);
	assert.equal(new Settings({ store: gateway.store }).text("HostName"), "desk");
	assert.deepEqual(gateway.type("show settings"), [
		"AupdTrialTime                60 s",
		"HostName                     desk",
		"the others are at their defaults; show settings WORD lists all with WORD in it",
	]);
	assert.deepEqual(gateway.type("no HOSTNAME"), ['HostName = ""  (takes effect after reset)']);
	assert.deepEqual(gateway.type("show settings trialtime"), ["AupdTrialTime                60 s"]);
	assert.deepEqual(gateway.type("show settings hostname"), [
		'HostName                     ""  (default)',
		"PeerHostNameVerificationMode 0  (default)",
	]);
	assert.deepEqual(gateway.type("show settings zork"), ["no parameter matches zork"]);
	assert.equal(gateway.recall(), "show settings zork");
});

test("what settings refuse is said, and nothing changes", () => {
	const gateway = new Gateway();
	assert.match(gateway.type("set AupdTrialTime 1")[0], /^% AupdTrialTime: expected 10 to 86400 s, found "1"/);
	assert.match(gateway.type("set ResetNow 1")[0], /^% ResetNow has a meaning in an ini file only/);
	const unknown = "% no parameter of this name; show settings WORD lists those with WORD in it";
	assert.deepEqual(gateway.type("set Zork 1"), [unknown]);
	assert.deepEqual(gateway.type("no Zork"), [unknown]);
	assert.equal(gateway.store.commits.length, 0);
});

test("a change that cannot be stored is undone and said", () => {
	const gateway = new Gateway();
	gateway.type("set HostName desk");
	gateway.store.failure = new Error("the store is full");
	assert.deepEqual(gateway.type("set HostName shelf"), ["% the store is full"]);
	assert.deepEqual(gateway.type("no HostName"), ["% the store is full"]);
	assert.equal(gateway.settings.text("HostName"), "desk");
	gateway.store.failure = undefined;
	assert.deepEqual(gateway.settings.changed, []);
});

test("secrets and URLs are not kept for the arrow keys, shown in answers or quoted in errors", () => {
	const gateway = new Gateway();
	gateway.type("show clock");
	const typed = [
		"set AUPDDigestPassword hush",
		"set aupddigestpassword 'hush hush'",
		"set AUPDUserPassword me:hush surplus",
		"set AUPDUserPassword 'me:hush",
		`set AUPDDigestPassword ${"hush".repeat(20)}`,
		"set IniFileURL http://me:hush@192.0.2.1/x.ini",
		"set IniFileURL gopher://me:hush@192.0.2.1/x.ini",
		"set AUPDDigestPassword=hush",
		"no AUPDDigestPassword=hush",
		"set AUPDDigestPasword hush",
		"sett AUPDDigestPassword hush",
		"AUPDDigestPassword = hush",
		"AUPDDigestPassword=hush",
	];
	for (const line of typed) {
		const answer = gateway.type(line);
		assert.ok(answer.length > 0, line);
		assert.ok(!answer.some((text) => text.includes("hush")), `${line}: ${answer.join("\n")}`);
	}
	assert.equal(gateway.settings.text("AUPDDigestPassword"), "hush hush");
	assert.deepEqual(gateway.type("show settings password"), [
		"AUPDDigestPassword           ***",
		'AUPDUserPassword             ""  (default)',
	]);
	assert.deepEqual(gateway.type("show settings inifileurl"), [
		"IniFileURL                   http://***@192.0.2.1/x.ini",
	]);
	for (let i = 0; i < 20; i++) {
		gateway.terminal.type(keys.up);
		assert.ok(!gateway.terminal.screen.bottom.includes("hush"), gateway.terminal.screen.bottom);
	}
});

test("other lines are kept, right or wrong", () => {
	const gateway = new Gateway();
	for (const line of [
		"set HostName desk",
		"set AupdTrialTime 1",
		"set AUPDDigestPassword",
		"show zork",
		"shwo version",
	]) {
		gateway.type(line);
		assert.equal(gateway.recall(), line);
	}
});

test("update and reset do so", () => {
	const gateway = new Gateway();
	assert.deepEqual(gateway.type("update"), ["update requested"]);
	assert.deepEqual(gateway.type("reset"), ["restarting"]);
	assert.deepEqual(gateway.done, ["update console", "restart console"]);
});

test("firmware list, switch, confirm and rollback: done, or refused with the reason", () => {
	const gateway = new Gateway();
	assert.deepEqual(gateway.type("firmware list"), gateway.type("show slots"));
	assert.deepEqual(gateway.type("firmware switch"), ["the firmware in the other slot is checked first"]);
	assert.deepEqual(gateway.type("firm roll"), ["going back"]);
	assert.deepEqual(gateway.done, ["switch", "rollback"]);
	assert.match(gateway.type("firmware confirm").join(), /nothing is on trial/);
});
