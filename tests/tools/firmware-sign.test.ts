// SPDX-License-Identifier: Apache-2.0
//
// The commands of tools/firmware around signatures: a key pair, its digest, signing again and in addition, verifying, damaging.

import test from "node:test";
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../tools/build/index.js";
import { firmware } from "../../tools/firmware-lib/cli.js";
import { damageImage } from "../../tools/firmware-lib/damage.js";
import { parseImage } from "../../tools/firmware-lib/info.js";
import { readPublicKeys, toPEM } from "../../tools/firmware-lib/keys.js";
import { packImage } from "../../tools/firmware-lib/pack.js";
import { makeFlash } from "../../tools/gateway-lib/factory.js";

const folder = mkdtempSync(join(tmpdir(), "firmware-sign-"));
test.after(() => rmSync(folder, { recursive: true }));
const path = (name: string): string => join(folder, name);

async function run(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
	const result = { status: 0, stdout: "", stderr: "" };
	result.status = await firmware(args, {
		out: (text) => (result.stdout += text),
		error: (text) => (result.stderr += text),
	});
	return result;
}

async function succeeds(...args: string[]): Promise<string> {
	const { status, stdout, stderr } = await run(...args);
	assert.equal(status, 0, stderr);
	return stdout;
}

async function refused(status: number, text: RegExp, ...args: string[]): Promise<void> {
	const result = await run(...args);
	assert.equal(result.status, status, args.join(" "));
	assert.match(result.stderr, text);
}

const plain = path("plain.cmp");
writeFileSync(plain, packImage({ program: Buffer.alloc(5000, 7), description: { version: "1.0", model: "upgate" } }));

/** Two keys and an image signed by the first. */
async function prepare(): Promise<{ ec: string; rsa: string; signed: string }> {
	const [ec, rsa, signed] = [path("ec.pem"), path("rsa.pem"), path("signed.cmp")];
	rmSync(ec, { force: true });
	rmSync(rsa, { force: true });
	await succeeds("key", "-o", ec);
	await succeeds("key", "-o", rsa, "--type", "rsa");
	await succeeds("sign", plain, "--key", ec, "-o", signed);
	return { ec, rsa, signed };
}

test("key makes a pair that only the owner can read, and never over another", async () => {
	const { ec } = await prepare();
	assert.equal(statSync(ec).mode & 0o777, 0o600);
	assert.match(readFileSync(`${ec}.pub`, "latin1"), /^-----BEGIN PUBLIC KEY-----/);
	await refused(1, /FIRMWARE_OUTPUT/, "key", "-o", ec);
	await refused(2, /--type wants/, "key", "-o", path("x.pem"), "--type", "dsa");
});

test("digest is the same for the private and the public file, and that of espsecure for its keys", async () => {
	const { ec } = await prepare();
	assert.equal(await succeeds("digest", ec), await succeeds("digest", `${ec}.pub`));
	const vectors = join(projectRoot, "tests/image/vectors");
	const given = "18b4b482e557c4fb0e6b7ea04ef0298ddc76d3ef73dfdddad857d76ba3b103e3\n";
	assert.equal(await succeeds("digest", join(vectors, "rsa.pem")), given);
	const small = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ type: "spki", format: "pem" });
	writeFileSync(path("small.pem"), small);
	await refused(1, /FIRMWARE_KEY: .*2048 bits, 3072 wanted/, "digest", path("small.pem"));
	await refused(1, /FIRMWARE_KEY: .*no public key/, "digest", plain);
	await refused(1, /FIRMWARE_INPUT/, "digest", path("absent.pem"));
});

test("sign replaces signatures, --append adds, up to three; verify judges as a gateway does", async () => {
	const { ec, rsa, signed } = await prepare();
	const both = path("both.cmp");
	assert.match(await succeeds("sign", signed, "--key", rsa, "-o", both, "--append"), /2 signature/);
	assert.deepEqual(
		parseImage(readFileSync(both)).signatures.map(({ kind }) => kind),
		["ecdsa-p256", "rsa-3072"],
	);
	assert.match(await succeeds("verify", both, "--key", `${rsa}.pub`), /rsa-3072/);
	assert.match(await succeeds("verify", both, "--key", `${ec}.pub`, "--key", rsa), /ecdsa-p256/);
	assert.match(await succeeds("verify", both, "--key", ec, "--key", rsa, "--revoked", ec), /rsa-3072/);
	await refused(1, /IMAGE_KEY_REVOKED/, "verify", signed, "--key", ec, "--key", rsa, "--revoked", ec);
	await refused(1, /IMAGE_KEY_UNKNOWN/, "verify", signed, "--key", rsa);
	await refused(1, /IMAGE_UNSIGNED/, "verify", plain, "--key", rsa);
	assert.match(await succeeds("sign", both, "--key", rsa, "-o", both), /1 signature/);
	await refused(1, /IMAGE_KEY_UNKNOWN/, "verify", both, "--key", ec);
	const four = ["--key", rsa, "--key", rsa, "--key", rsa];
	await refused(1, /4 signatures, at most 3/, "sign", both, ...four, "-o", both, "--append");
	await refused(2, /--key PEM is missing/, "sign", both, "-o", both);
});

test("damage changes one thing, and its code names it", async () => {
	const { ec, rsa, signed } = await prepare();
	const image = path("both.cmp");
	await succeeds("sign", signed, "--key", rsa, "-o", image, "--append");
	const cases: [string, RegExp][] = [
		["header:0", /IMAGE_MAGIC/],
		["header:23", /IMAGE_HASH/],
		["byte:100", /IMAGE_CHECKSUM/],
		["program", /IMAGE_CHECKSUM/],
		["checksum", /IMAGE_CHECKSUM/],
		["hash", /IMAGE_HASH/],
		["crc:1", /IMAGE_SIGNATURE_CRC/],
		["truncate:5000", /IMAGE_TRUNCATED/],
		["unsigned", /IMAGE_UNSIGNED/],
	];
	for (const [what, code] of cases) {
		await succeeds("damage", image, "--what", what, "-o", path("bad.cmp"));
		await refused(1, code, "verify", path("bad.cmp"), "--key", ec, "--key", rsa);
	}
	for (const [what, key, code] of [
		["signature", ec, /IMAGE_SIGNATURE_BAD/],
		["signature:1", rsa, /IMAGE_SIGNATURE_BAD/],
		["key:0", ec, /IMAGE_KEY_UNKNOWN/],
		["key:1", rsa, /IMAGE_KEY_UNKNOWN/],
	] as const) {
		await succeeds("damage", image, "--what", what, "-o", path("bad.cmp"));
		await refused(1, code, "verify", path("bad.cmp"), "--key", key);
		assert.match(await succeeds("verify", path("bad.cmp"), "--key", key === ec ? rsa : ec), /signed/);
	}
	for (const what of [
		"header:24",
		"header",
		"signature:2",
		"truncate:99999999",
		"byte:9999999",
		"everything",
		"byte:x",
	]) {
		await refused(2, /usage: tools\/firmware/, "damage", image, "--what", what, "-o", path("bad.cmp"));
	}
	const bytes = readFileSync(image);
	damageImage(bytes, "hash");
	assert.deepEqual(bytes, readFileSync(image));
});

test("a new gateway takes public keys only, and no file without one", async () => {
	const { ec, rsa } = await prepare();
	const both = toPEM([...readPublicKeys(ec), ...readPublicKeys(`${rsa}.pub`)]);
	writeFileSync(path("keys.pem"), both);
	assert.deepEqual(readPublicKeys(path("keys.pem")).length, 2);
	const partitions = join(projectRoot, "hosts/partitions/4mb.csv");
	const options = { partitions, firmware: plain };
	await makeFlash({ ...options, flash: path("a.flash"), signingKey: ec });
	const contents = readFileSync(path("a.flash"));
	assert.ok(contents.includes(readFileSync(`${ec}.pub`)));
	assert.ok(!contents.includes("PRIVATE KEY"));
	await assert.rejects(makeFlash({ ...options, flash: path("b.flash"), signingKey: plain }), { code: "FIRMWARE_KEY" });
});
