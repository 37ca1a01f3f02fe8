// SPDX-License-Identifier: Apache-2.0
//
// A whole update on the bench: factory firmware, a server with a newer one, restart, confirmation, and then nothing new.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { startProvisioningServer } from "../../tools/provisioning-lib/server.js";
import { Bench, firmware, isVerdict, mac } from "./bench.js";

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Segment 1 of an image: 24-byte header, then segment headers of 8 bytes (ESP-IDF "App image format"). */
function programOf(image: Buffer): Buffer {
	const first = image.readUInt32LE(28);
	const second = 24 + 8 + first;
	return image.subarray(second + 8, second + 8 + image.readUInt32LE(second + 4));
}

/** Flash contents without the model's counters behind them. */
const contents = (path: string): Buffer => readFileSync(path).subarray(0, 4 * 1024 * 1024);

test("a factory gateway updates configuration and firmware, restarts once, confirms, and then finds nothing new", async (t) => {
	const log: string[] = [];
	const bench = await Bench.make({ ini: "" });
	t.after(() => bench.close());
	const server = await startProvisioningServer({ root: bench.www, port: 0, log: (line) => log.push(line) });
	t.after(() => server.close());
	const image = await firmware("1.1.0");
	writeFileSync(join(bench.www, "firmware.cmp"), image);
	writeFileSync(
		join(bench.www, `config_${mac}.ini`),
		`HostName = 'lobby'\r\nINIFileVersion = 7\r\nIniFileURL = '${server.url}/config_<MAC>.ini'\r\nAutoCmpFileUrl = '${server.url}/firmware.cmp'\r\n`,
	);
	bench.powerOn();
	await bench.until(isVerdict("nothing-new"));
	bench.type(`set IniFileURL ${server.url}/config_<MAC>.ini`);
	await bench.printed("IniFileURL =");

	bench.type("update");
	await bench.until(isVerdict("updated"));
	await bench.until((event) => event.event === "restart");
	const boot = await bench.until((event) => event.event === "boot");
	assert.deepEqual([boot.version, boot.slot, boot.reason, boot.state], ["1.1.0", 1, "software", "pending"]);
	await bench.until(isVerdict("confirmed"));

	await t.test("the running program is the one of the .cmp, from memory and not from the build folder", async () => {
		const { link, bytes } = bench.executable();
		assert.match(link, /^\/memfd:/);
		assert.equal(sha256(bytes), sha256(programOf(image)));
		bench.removeBootloader();
		const from = bench.serial.length;
		bench.type("show version");
		await bench.printed("version         1.1.0", from);
	});

	await t.test("nothing new: one 304 per file and no change of the flash", async () => {
		await bench.until(isVerdict("nothing-new"));
		bench.type("update");
		await bench.until(isVerdict("nothing-new"));
		const before = contents(bench.flash);
		const count = log.length;
		bench.type("update");
		await bench.until(isVerdict("nothing-new"));
		assert.deepEqual(
			log.slice(count).map((line) => /GET (\S+) -> (\d+)/.exec(line)?.slice(1)),
			[
				[`/config_${mac}.ini`, "304"],
				["/firmware.cmp", "304"],
			],
		);
		assert.ok(before.equals(contents(bench.flash)));
	});

	await t.test("the User-Agent tells product, running version, MAC and configuration version", () => {
		const agent = `[Mozilla/4.0 (compatible; upgate; upgate;1.1.0;${mac};7)]`;
		assert.ok(log[log.length - 1].includes(agent), log[log.length - 1]);
	});

	await t.test("the new version starts again after the power was off, and was restarted once", async () => {
		assert.equal(bench.all("restart").length, 1);
		const slots = bench.serial.length;
		bench.type("show slots");
		await bench.printed("ota_1", slots);
	});
});
