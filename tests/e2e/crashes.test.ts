// SPDX-License-Identifier: Apache-2.0
//
// A program whose memory is full, or that hangs, in the update of its start: it does not restart for ever, and its console can be
// used meanwhile.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { startProvisioningServer } from "../../tools/provisioning-lib/server.js";
import { Bench, firmware, isVerdict } from "./bench.js";

const isBoot = (event: { event: string }): boolean => event.event === "boot";
const isWait = (event: { event: string }): boolean => event.event === "crashes";

test("memory full in the update of a start: the updates of the next starts wait, until one has come to its end", async (t) => {
	const bench = await Bench.make({ ini: "IniFileURL = 'http://127.0.0.1:9/a.ini'\n", variant: "hungry" });
	t.after(() => bench.close());
	/* The second wait passes in six seconds. */
	bench.powerOn(["--option", "fault=memory", "--time-scale", "20"]);
	assert.equal((await bench.until(isBoot)).reason, "power-on");
	assert.equal((await bench.until(isBoot)).reason, "panic"); // once may happen: at once again
	const first = await bench.until(isWait);
	assert.deepEqual([first.count, first.waitMs], [2, 30000]);
	const second = await bench.until(isWait);
	assert.deepEqual([second.count, second.waitMs], [3, 120000]);
	assert.ok(bench.serial.includes("memory full"), bench.serial.slice(-1000));
	const from = bench.serial.length;
	bench.type("show update");
	await bench.printed("crashes       3 without an update that came to its end since", from);
	await bench.printed("next          in ", from);
	assert.equal((await bench.until(isWait)).count, 4);
	await bench.powerOff();

	const server = await startProvisioningServer({ root: bench.www, port: 0 });
	t.after(() => server.close());
	writeFileSync(join(bench.www, "a.ini"), "HostName = 'found'\n");
	bench.powerOn();
	await bench.until(isVerdict("failed")); // nobody is there, and that is an end
	bench.type(`set IniFileURL ${server.url}/a.ini`);
	bench.type("update");
	await bench.until(isVerdict("confirmed"));
	process.kill(bench.firmwarePid, "SIGSEGV");
	assert.equal((await bench.until(isBoot)).reason, "panic");
	await bench.until(isVerdict("nothing-new"));
	assert.equal(bench.all("crashes").length, 3);
});

test("a program that hangs is reset by the watchdog; on trial that is the way back", async (t) => {
	const bench = await Bench.make({ ini: "", version: "1.0.0" });
	t.after(() => bench.close());
	const server = await startProvisioningServer({ root: bench.www, port: 0 });
	t.after(() => server.close());
	writeFileSync(join(bench.www, "firmware.cmp"), await firmware("1.1.0", { variant: "hungry" }));
	bench.powerOn(["--option", "fault=time", "--option", "watchdog=1"]); // the factory's firmware knows no faults
	await bench.until(isVerdict("nothing-new"));
	bench.type(`set AutoCmpFileUrl ${server.url}/firmware.cmp`);
	bench.type("update");
	await bench.until((event) => event.event === "restart");
	assert.equal((await bench.until(isBoot)).version, "1.1.0");
	const boot = await bench.until(isBoot);
	assert.deepEqual([boot.version, boot.reason], ["1.0.0", "watchdog"]);
	await bench.until(isVerdict("rolled-back"));
	assert.ok(bench.serial.includes("watchdog: the program hung"));
	assert.equal((await bench.until((event) => event.event === "file")).code, "UPDATE_FAILED_BEFORE");
});
