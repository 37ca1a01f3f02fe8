// SPDX-License-Identifier: Apache-2.0
//
// What a server may offer and a gateway must not take; the version that runs and the settings stay.

import assert from "node:assert/strict";
import type { KeyObject } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { damageImage } from "../../tools/firmware-lib/damage.js";
import { makeKey, publicPEM } from "../../tools/firmware-lib/keys.js";
import { startProvisioningServer } from "../../tools/provisioning-lib/server.js";
import { Bench, firmware, isVerdict } from "./bench.js";

/** Changes an image so that only the thing under test is wrong: checksum and hash are not repaired. */
function flipped(image: Buffer, offset: number): Buffer {
	const copy = Buffer.from(image);
	copy[offset] ^= 0x01;
	return copy;
}

async function offer(bench: Bench, image: Buffer): Promise<void> {
	writeFileSync(join(bench.www, "firmware.cmp"), image);
	bench.type("update");
}

test("firmware that must not be taken is refused, and the old version goes on", async (t) => {
	const bench = await Bench.make({ ini: "" });
	t.after(() => bench.close());
	const server = await startProvisioningServer({ root: bench.www, port: 0 });
	t.after(() => server.close());
	bench.powerOn();
	await bench.until(isVerdict("nothing-new"));
	bench.type(`set AutoCmpFileUrl ${server.url}/firmware.cmp`);
	await bench.printed("AutoCmpFileUrl =");
	const good = await firmware("1.1.0");
	const chip = Buffer.from(good);
	chip.writeUInt16LE(5, 12); // ESP32-C3, esp_image_header_t.chip_id
	const cases: [string, Buffer, string, string | undefined][] = [
		["the same version", await firmware("1.0.0"), "same", undefined],
		["an older version", await firmware("0.9.0"), "refused", "UPDATE_VERSION"],
		["an image for another chip", chip, "refused", "IMAGE_CHIP"],
		["an image of another model", await firmware("1.1.0", { model: "other" }), "refused", "IMAGE_MODEL"],
		["a corrupt image", flipped(good, good.length >> 1), "refused", undefined],
		["an unsigned image", await firmware("1.1.0", { keys: [] }), "refused", "IMAGE_UNSIGNED"],
		[
			"a signature by an unknown key",
			await firmware("1.1.0", { keys: [makeKey("rsa")] }),
			"refused",
			"IMAGE_KEY_UNKNOWN",
		],
		["a bad signature by the trusted key", damageImage(good, "signature"), "refused", "IMAGE_SIGNATURE_BAD"],
		["a truncated image", good.subarray(0, good.length >> 1), "refused", "IMAGE_TRUNCATED"],
		["no image at all", Buffer.from("<html>not found</html>"), "refused", undefined],
	];
	for (const [name, image, result, code] of cases) {
		await t.test(name, async () => {
			await offer(bench, image);
			const file = await bench.until((event) => event.event === "file" && event.file === "cmp");
			assert.equal(file.result, result);
			if (code !== undefined) assert.equal(file.code, code);
			await bench.until((event) => event.event === "verdict");
			const from = bench.serial.length;
			bench.type("show version");
			await bench.printed("version         1.0.0", from);
		});
	}

	await t.test("after all of these the right image is taken", async () => {
		await offer(bench, good);
		await bench.until(isVerdict("confirmed"));
		assert.equal(bench.all("boot").at(-1)?.version, "1.1.0");
	});
});

test("firmware is taken by any of several keys; without a key in the store none is, and verification is switched off by hand only", async (t) => {
	const rsa = makeKey("rsa");
	const old = makeKey("ecdsa");
	const image = await firmware("1.1.0", { keys: [old, rsa] });
	const run = async (name: string, keys: KeyObject[], act: (bench: Bench) => Promise<void>): Promise<void> => {
		const folder = mkdtempSync(join(tmpdir(), "upgate-e2e-"));
		const signingKey = join(folder, "keys.pem");
		writeFileSync(signingKey, keys.map(publicPEM).join(""));
		const credentials = keys.length > 0 ? { signingKey } : { signingKey: undefined };
		const bench = await Bench.make({ ini: "AutoUpdateOnStartup = 0\n", credentials });
		const server = await startProvisioningServer({ root: bench.www, port: 0 });
		try {
			writeFileSync(join(bench.www, "firmware.cmp"), image);
			writeFileSync(join(bench.www, "off.ini"), "HostName = 'taken'\nAUPDVerifySignature = 0\n");
			bench.powerOn();
			await bench.until((event) => event.event === "boot");
			bench.type(`set AutoCmpFileUrl ${server.url}/firmware.cmp`);
			await bench.printed("AutoCmpFileUrl =");
			await t.test(name, () => act(bench));
		} finally {
			await bench.close();
			await server.close();
			rmSync(folder, { recursive: true });
		}
	};
	await run("RSA-3072, the second block", [makeKey("ecdsa"), rsa], async (bench) => {
		bench.type("update");
		const signature = await bench.until((event) => event.event === "signature");
		assert.deepEqual([signature.verified, signature.kind], [true, "rsa-3072"]);
		await bench.until(isVerdict("updated"));
	});
	await run("no key", [], async (bench) => {
		bench.type("update");
		const file = await bench.until((event) => event.event === "file");
		assert.equal(file.code, "IMAGE_NO_KEYS");
		assert.equal(bench.all("flash").length, 0);
		await bench.until((event) => event.event === "verdict");
		bench.type(`set IniFileURL ${bench.all("request")[0].url?.toString().replace("firmware.cmp", "off.ini")}`);
		bench.type("update");
		const ini = await bench.until((event) => event.event === "file" && event.file === "ini");
		assert.deepEqual([ini.result, ini.code], ["refused", "SETTINGS_LOCAL"]);
		await bench.until((event) => event.event === "verdict");
		bench.type("set AUPDVerifySignature 0");
		bench.type("show version");
		await bench.printed("signatures      NOT verified");
		bench.type("update");
		const signature = await bench.until((event) => event.event === "signature");
		assert.equal(signature.verified, false);
		await bench.until(isVerdict("updated-in-part")); // the ini is still refused
	});
});

test("an ini with a bad line is refused whole, with line and column, and the settings stay", async (t) => {
	const bench = await Bench.make({ ini: "HostName = 'before'\n" });
	t.after(() => bench.close());
	const server = await startProvisioningServer({ root: bench.www, port: 0 });
	t.after(() => server.close());
	writeFileSync(join(bench.www, "a.ini"), "HostName = 'after'\nAutoUpdateFrequency = often\n");
	bench.powerOn();
	await bench.until(isVerdict("nothing-new"));
	bench.type(`set IniFileURL ${server.url}/a.ini`);
	bench.type("update");
	const file = await bench.until((event) => event.event === "file");
	assert.equal(file.result, "refused");
	assert.match(String(file.reason), /line 2/);
	await bench.until((event) => event.event === "verdict");
	bench.type("show settings hostname");
	await bench.printed("HostName                     before");
});
