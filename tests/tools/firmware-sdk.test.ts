// SPDX-License-Identifier: Apache-2.0
//
// tools/firmware sign: an app image of the SDK's build becomes a signed .cmp, or is refused.

import test from "node:test";
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { firmware } from "../../tools/firmware-lib/cli.js";
import { parseImage } from "../../tools/firmware-lib/info.js";
import { signedPart, verifyBlock } from "../../tools/firmware-lib/sign.js";
import { appImage } from "../fakes/esp-rom/images.js";

const C3 = 5;
const folder = mkdtempSync(join(tmpdir(), "firmware-sdk-"));
test.after(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
	const path = join(folder, name);
	writeFileSync(path, content);
	return path;
}

const pem = { type: "pkcs8", format: "pem" } as const;
const ec = file("ec.pem", generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey.export(pem));
const rsa = file("rsa.pem", generateKeyPairSync("rsa", { modulusLength: 3072 }).privateKey.export(pem));
const output = join(folder, "out.cmp");

async function sign(...args: string[]): Promise<{ status: number; text: string }> {
	rmSync(output, { force: true });
	let text = "";
	const take = (piece: string): void => void (text += piece);
	const status = await firmware(["sign", ...args, "-o", output], { out: take, error: take });
	return { status, text };
}

test("the image is kept as it is, filled up to 4096 bytes, and signed with each key", async () => {
	const app = appImage(C3);
	const path = file("xs_esp32.bin", app);
	const wanted = ["--model", "upgate", "--version", "2.1.0", "--secure-version", "0"];
	const { status, text } = await sign(path, "--key", ec, "--key", rsa, ...wanted);
	assert.equal(status, 0, text);
	assert.match(text, /upgate 2\.1\.0 for ESP32-C3, [0-9]+ bytes, 2 signature\(s\)\n$/);
	const image = readFileSync(output);
	const size = Math.ceil(app.length / 4096) * 4096;
	assert.equal(image.length, size + 4096);
	assert.deepEqual(image.subarray(0, app.length), app);
	assert.ok(image.subarray(app.length, size).every((byte) => byte === 0xff));
	const { signatures } = parseImage(image);
	assert.deepEqual(
		signatures.map(({ kind }) => kind),
		["ecdsa-p256", "rsa-3072"],
	);
	for (const block of signatures) assert.ok(verifyBlock(block, signedPart(app)));
});

test("an image of another model, version or secure version is refused, and no file is left", async () => {
	const path = file("app.bin", appImage(C3));
	for (const [option, value] of [
		["--model", "mp-118"],
		["--version", "2.1.1"],
		["--secure-version", "1"],
	]) {
		const { status, text } = await sign(path, "--key", ec, option, value);
		assert.equal(status, 1, option);
		assert.match(text, /^firmware: FIRMWARE_MISMATCH: the image's .* not /);
		assert.ok(!existsSync(output));
	}
});

test("what is no whole image with a description is refused", async () => {
	const app = appImage(C3);
	const cases: [string, Uint8Array, RegExp][] = [
		["no description", Buffer.from(app).fill(0, 32, 36), /IMAGE_DESCRIPTION at 32/],
		["cut short", app.subarray(0, 5000), /IMAGE_TRUNCATED at 5000/],
		["one bit fallen", Buffer.from(app).fill(app[900]! ^ 1, 900, 901), /IMAGE_CHECKSUM/],
		["no image", Buffer.from("\x7fELF"), /IMAGE_MAGIC|IMAGE_TRUNCATED/],
	];
	for (const [name, bytes, expected] of cases) {
		const { status, text } = await sign(file("bad.bin", bytes), "--key", ec);
		assert.equal(status, 1, name);
		assert.match(text, expected, name);
	}
	assert.equal((await sign(file("good.bin", app), "--key", ec)).status, 0);
	const signed = file("signed.bin", readFileSync(output));
	assert.match((await sign(signed, "--key", ec)).text, / 1 signature/);
	assert.match((await sign(join(folder, "absent"), "--key", ec)).text, /FIRMWARE_INPUT/);
});

test("wrong arguments give the usage and exit status 2", async () => {
	const path = file("app.bin", appImage(C3));
	for (const args of [[], [path], [path, path, "--key", ec], [path, "--elf", "x"]]) {
		const { status, text } = await sign(...(args as string[]));
		assert.equal(status, 2, args.join(" "));
		assert.match(text, /usage: tools\/firmware/);
	}
});
