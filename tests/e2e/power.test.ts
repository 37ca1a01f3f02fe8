// SPDX-License-Identifier: Apache-2.0
//
// Trouble around an update: no server, the plug pulled, a new version that cannot reach its server, a crash.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { startProvisioningServer } from "../../tools/provisioning-lib/server.js";
import { Bench, firmware, isVerdict } from "./bench.js";

/** A server that sends half of the image and then nothing, until `go` is called. */
async function stallingServer(image: Buffer) {
	let stalled = (): void => undefined;
	const reached = new Promise<void>((resolve) => (stalled = resolve));
	let stall = true;
	const server = createServer((_request, response) => {
		response.writeHead(200, { "content-length": image.length });
		if (!stall) return void response.end(image);
		response.write(image.subarray(0, image.length >> 1), stalled);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/firmware.cmp`,
		reached,
		go: () => (stall = false),
		close: () => {
			server.closeAllConnections();
			server.close();
		},
	};
}

test("a power cut in mid-download leaves the old version running and the next update succeeds", async (t) => {
	const server = await stallingServer(await firmware("1.1.0"));
	t.after(() => server.close());
	const bench = await Bench.make({ ini: `AutoCmpFileUrl = '${server.url}'\n` });
	t.after(() => bench.close());
	bench.powerOn();
	await server.reached;
	await new Promise((resolve) => setTimeout(resolve, 500)); // some of it reaches the flash
	const { firmwarePid } = bench;
	await bench.powerOff("SIGKILL");
	await assert.rejects(async () => {
		for (let i = 0; i < 100; i++) {
			process.kill(firmwarePid, 0);
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	}, "the firmware outlived its chip");
	server.go();
	bench.powerOn();
	await bench.until((event) => event.event === "boot");
	const boot = await bench.until((event) => event.event === "boot");
	assert.deepEqual([boot.version, boot.reason], ["1.0.0", "power-on"]);
	await bench.until(isVerdict("confirmed"));
	assert.equal(bench.all("boot").at(-1)?.version, "1.1.0");
});

test("without a server the gateway starts, says so, and updates when the server is there", async (t) => {
	/* The pauses between tries pass five times as fast. */
	const bench = await Bench.make({ ini: "", args: ["--time-scale", "5"] });
	t.after(() => bench.close());
	const closed = await startProvisioningServer({ root: bench.www, port: 0 });
	await closed.close();
	bench.powerOn();
	await bench.until(isVerdict("nothing-new"));
	bench.type(`set IniFileURL ${closed.url}/a.ini`);
	bench.type("update");
	await bench.until(isVerdict("failed"));
	writeFileSync(join(bench.www, "a.ini"), "HostName = 'found'\n");
	const server = await startProvisioningServer({ root: bench.www, port: closed.port });
	t.after(() => server.close());
	bench.type("update");
	await bench.until(isVerdict("updated"));
	bench.type("show settings hostname");
	await bench.printed("HostName                     found");
});

test("a new version that cannot reach its server goes back, and that content is not tried again", async (t) => {
	const bench = await Bench.make({ ini: "AupdTrialTime = 10\n" });
	t.after(() => bench.close());
	const server = await startProvisioningServer({ root: bench.www, port: 0 });
	writeFileSync(join(bench.www, "firmware.cmp"), await firmware("1.1.0"));
	bench.powerOn();
	await bench.until(isVerdict("nothing-new"));
	bench.type(`set AutoCmpFileUrl ${server.url}/firmware.cmp`);
	bench.type("update");
	await bench.until((event) => event.event === "restart");
	await server.close();
	assert.equal((await bench.until((event) => event.event === "boot")).version, "1.1.0");
	assert.equal((await bench.until((event) => event.event === "boot")).version, "1.0.0");
	await bench.until(isVerdict("rolled-back"));
	const again = await startProvisioningServer({ root: bench.www, port: server.port });
	t.after(() => again.close());
	bench.type("update");
	const file = await bench.until((event) => event.event === "file" && event.result !== "failed");
	assert.equal(file.result, "refused");
});

test("a firmware that dies is started again, and the reason is told", async (t) => {
	const bench = await Bench.make({ ini: "" });
	t.after(() => bench.close());
	bench.powerOn();
	await bench.until(isVerdict("nothing-new"));
	process.kill(bench.firmwarePid, "SIGSEGV");
	const boot = await bench.until((event) => event.event === "boot");
	assert.equal(boot.reason, "panic");
});

test("several gateways run side by side, each with its own flash", async (t) => {
	const macs = ["00908F000001", "00908F000002", "00908F000003"];
	const benches = await Promise.all(macs.map((mac) => Bench.make({ ini: `HostName = 'gw-${mac}'\n`, mac })));
	for (const bench of benches) t.after(() => bench.close());
	for (const bench of benches) bench.powerOn();
	for (const [index, bench] of benches.entries()) {
		const boot = await bench.until((event) => event.event === "boot");
		assert.equal(boot.mac, macs[index]);
		bench.type("show settings hostname");
		await bench.printed(`gw-${macs[index]}`);
	}
});

test("the clock that was given at power-on runs on over a reset", async (t) => {
	const bench = await Bench.make({ ini: "", args: ["--clock", "2031-02-03T04:05:06Z"] });
	t.after(() => bench.close());
	bench.powerOn();
	const end = await bench.until(isVerdict("nothing-new"));
	bench.type("reset");
	const boot = await bench.until((event) => event.event === "boot");
	assert.equal(boot.reason, "software");
	assert.match(String(boot.time), /^2031-02-03T04:0/);
	assert.ok(String(boot.time) >= String(end.time), `${String(end.time)} then ${String(boot.time)}`);
});

test("an event file that cannot be written does not silence the console", async (t) => {
	const bench = await Bench.make({ ini: "", args: ["--events", "/nowhere/events"] });
	t.after(() => bench.close());
	bench.powerOn();
	await bench.printed("automatic update: nothing new");
});
