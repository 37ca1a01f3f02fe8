// SPDX-License-Identifier: Apache-2.0
//
// An operator at the console of a real gateway: an update that is downloaded now and installed later, and one that is stopped.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { startProvisioningServer } from "../../tools/provisioning-lib/server.js";
import { Bench, firmware, isVerdict } from "./bench.js";

test("update hold, a power cut, update release: the new version starts only then, and nothing is fetched twice", async (t) => {
	const bench = await Bench.make({ ini: "AutoUpdateOnStartup = 0\n" });
	t.after(() => bench.close());
	const server = await startProvisioningServer({ root: bench.www, port: 0 });
	t.after(() => server.close());
	writeFileSync(join(bench.www, "firmware.cmp"), await firmware("1.1.0"));
	bench.powerOn();
	await bench.until(({ event }) => event === "boot");
	bench.type(`set AutoCmpFileUrl ${server.url}/firmware.cmp`);
	bench.type("update hold");
	await bench.printed("wait for: update release");
	bench.type("update");
	await bench.until(isVerdict("held"));
	await bench.powerOff("SIGKILL");
	bench.powerOn();
	const boot = await bench.until(({ event }) => event === "boot");
	assert.equal(boot.version, "1.0.0");
	const from = bench.serial.length;
	bench.type("update status");
	await bench.printed('ready for "update release"', from);
	bench.type("update release");
	await bench.until((event) => event.event === "boot" && event.version === "1.1.0");
	await bench.until(isVerdict("confirmed"));
	assert.equal(bench.all("request").filter(({ status }) => status === 200).length, 1);
});

test("update cancel stops a download; the next update goes on with the rest", async (t) => {
	const image = await firmware("1.1.0");
	const asked: (string | undefined)[] = [];
	const server = createServer((request, response) => {
		asked.push(request.headers.range);
		const first = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
		const fields = { etag: '"v1"', "content-length": image.length - first };
		const range = { "content-range": `bytes ${first}-${image.length - 1}/${image.length}` };
		response.writeHead(first > 0 ? 206 : 200, first > 0 ? { ...fields, ...range } : fields);
		if (asked.length > 1) response.end(image.subarray(first));
		else response.write(image.subarray(0, image.length >> 1)); // and no more
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	const { port } = server.address() as AddressInfo;
	const bench = await Bench.make({ ini: `AutoCmpFileUrl = 'http://127.0.0.1:${port}/firmware.cmp'\n` });
	t.after(() => bench.close());
	bench.powerOn();
	await bench.until(({ event }) => event === "trigger");
	for (const deadline = Date.now() + 60_000; asked.length === 0 && Date.now() < deadline;)
		await new Promise((resolve) => setTimeout(resolve, 20));
	await new Promise((resolve) => setTimeout(resolve, 1000)); // some of it reaches the flash
	bench.type("update cancel");
	const verdict = await bench.until(isVerdict("failed"));
	assert.match(String(verdict.reason), /^UPDATE_CANCELLED/);
	bench.type("update");
	await bench.until(isVerdict("confirmed"));
	assert.equal(bench.all("boot").at(-1)?.version, "1.1.0");
	assert.match(asked[1] ?? "", /^bytes=[1-9]\d+-$/);
});
