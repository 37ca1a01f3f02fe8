// SPDX-License-Identifier: Apache-2.0
//
// The commands of the gateway, typed at a console: what they show and do.

import assert from "node:assert/strict";
import test from "node:test";
import { gatewayCommands } from "../../modules/console/gateway-commands.js";
import { Gateway } from "./gateway.js";

test("each command has help of its own, within 80 columns", () => {
	const gateway = new Gateway();
	const commands = [...gatewayCommands(gateway.ports)];
	assert.equal(new Set(commands.map(({ words }) => words)).size, commands.length);
	for (const { words, help } of commands) assert.ok(help.length > 0, words);
	const lines = gateway.type("help");
	for (const line of lines) assert.ok(line.length < 80, line);
	assert.deepEqual(
		lines.map((line) => line.trim().split("  ")[0]),
		["help", "terminal length ROWS", ...commands.map(({ words, usage }) => `${words} ${usage}`.trim())],
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
		"listeners: bytes of slots and chunks",
		"sip         14744 when opened",
		"snmp        off",
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
