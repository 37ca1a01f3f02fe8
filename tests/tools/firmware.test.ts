// SPDX-License-Identifier: Apache-2.0
//
// tools/firmware: pack, sign and show, with openssl and (where installed) Espressif's esptool and espsecure as judges.

import test from "node:test";
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SignatureBlock } from "../../modules/image/signature.js";
import { firmware } from "../../tools/firmware-lib/cli.js";
import { describeImage, parseImage } from "../../tools/firmware-lib/info.js";
import { packImage } from "../../tools/firmware-lib/pack.js";
import { blockPublicKey, keyDigest, signImage, signedPart, verifyBlock } from "../../tools/firmware-lib/sign.js";

const TOOL = fileURLToPath(new URL("../../tools/firmware", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "firmware-test-"));
test.after(() => rmSync(folder, { recursive: true }));

const ec = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
const rsa = generateKeyPairSync("rsa", { modulusLength: 3072 }).privateKey;
const description = { version: "7.00.1", model: "upgate", secureVersion: 5, date: "Nov 22 2026", time: "01:02:03" };
const program = Buffer.from(Array.from({ length: 10_001 }, (_, i) => (i * 31) & 0xff));

function file(name: string, content: string | Uint8Array): string {
	const path = join(folder, name);
	writeFileSync(path, content);
	return path;
}

function pem(name: string, key: KeyObject): string {
	return file(name, key.export({ type: "pkcs8", format: "pem" }));
}

async function run(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
	const result = { status: 0, stdout: "", stderr: "" };
	result.status = await firmware(args, {
		out: (text) => (result.stdout += text),
		error: (text) => (result.stderr += text),
	});
	return result;
}

/** A program with a section for the description that prints the version in it, as the gateway's own section is laid out. */
function sampleELF(): string {
	const source = `
		struct description { unsigned magic; char head[12]; char version[32]; char rest[208]; };
		__attribute__((section(".rodata_desc"), used, aligned(16))) const struct description upgate_app_desc = {0xABCD5432};
		int puts(const char *);
		int main(void) { const struct description *volatile d = &upgate_app_desc; puts(d->version); return 0; }`;
	const path = join(folder, "program.elf");
	execFileSync("gcc", ["-o", path, file("program.c", source)]);
	return path;
}

test("packImage() makes an image that parses back to its parts", () => {
	for (const keys of [[], [ec], [rsa], [ec, rsa, ec]]) {
		const image = packImage({ program, description, keys });
		const summary = parseImage(image);
		assert.equal(summary.header.chip, 0x8664);
		assert.equal(summary.description.version, description.version);
		assert.equal(summary.description.secureVersion, 5);
		assert.deepEqual(
			summary.segments.map(({ address, length }) => [address, length]),
			[
				[0x3c000020, 256],
				[0x42000000, 10_004],
			],
		);
		assert.deepEqual(image.subarray(296, 296 + program.length), program);
		assert.equal(summary.length, image.length);
		assert.equal(image.length % 4096 === 0, keys.length > 0);
		assert.equal(summary.signatures.length, keys.length);
		const padded = signedPart(image, summary.size);
		for (const block of summary.signatures) assert.ok(verifyBlock(block, padded));
		assert.equal(describeImage(image).length, 12 + Math.max(1, keys.length));
	}
	assert.throws(() => packImage({ program, description, keys: [ec, ec, ec, ec] }), { code: "FIRMWARE_KEY" });
	assert.throws(() => packImage({ program, description: { ...description, model: "" } }), {
		code: "IMAGE_DESCRIPTION",
	});
	const small = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
	assert.throws(() => signImage(packImage({ program, description }), [small]), { code: "FIRMWARE_KEY" });
});

/** Signature as openssl takes it: DER for ECDSA. */
function opensslSignature(block: SignatureBlock): Uint8Array {
	if (block.kind === "rsa-3072") return block.signature;
	const integer = (bytes: Uint8Array): Buffer => {
		let value = Buffer.from(bytes);
		while (value.length > 1 && value[0] === 0 && (value[1] ?? 0) < 0x80) value = value.subarray(1);
		if ((value[0] ?? 0) >= 0x80) value = Buffer.concat([Buffer.of(0), value]);
		return Buffer.concat([Buffer.of(2, value.length), value]);
	};
	const body = Buffer.concat([integer(block.signature.subarray(0, 32)), integer(block.signature.subarray(32))]);
	return Buffer.concat([Buffer.of(0x30, body.length), body]);
}

test("openssl verifies both kinds of signature, and refuses them over other bytes", () => {
	const image = packImage({ program, description, keys: [ec, rsa] });
	const summary = parseImage(image);
	const covered = signedPart(image, summary.size);
	const good = file("covered.bin", covered);
	const bad = file("other.bin", covered.subarray(1));
	for (const block of summary.signatures) {
		const key = file("public.pem", blockPublicKey(block).export({ type: "spki", format: "pem" }));
		const signature = file("signature.bin", opensslSignature(block));
		const pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32", "-sigopt", "rsa_mgf1_md:sha256"];
		const options = [
			"dgst",
			"-sha256",
			...(block.kind === "rsa-3072" ? pss : []),
			"-verify",
			key,
			"-signature",
			signature,
		];
		assert.match(execFileSync("openssl", [...options, good], { encoding: "utf8" }), /Verified OK/);
		assert.notEqual(spawnSync("openssl", [...options, bad]).status, 0);
	}
});

test("RSA blocks carry R and M' for the chip's multiplier", () => {
	const image = packImage({ program, description, keys: [rsa] });
	const block = image.subarray(image.length - 4096);
	const number = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);
	const modulus = number(block.subarray(36, 420));
	assert.equal(block.readUInt32LE(420), 65537);
	assert.equal(number(block.subarray(424, 808)), (1n << 6144n) % modulus);
	assert.equal((modulus * BigInt(block.readUInt32LE(808)) + 1n) & 0xffffffffn, 0n);
});

test("a signature by another key than the one beside it is refused", () => {
	const other = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
	const image = packImage({ program, description });
	const [block] = parseImage(signImage(image, [ec])).signatures;
	const [foreign] = parseImage(signImage(image, [other])).signatures;
	assert.ok(block?.kind === "ecdsa-p256" && foreign?.kind === "ecdsa-p256");
	assert.equal(verifyBlock({ ...block, signature: foreign.signature }, signedPart(image)), false);
	assert.equal(verifyBlock({ ...block, point: new Uint8Array(64) }, signedPart(image)), false);
});

test("build writes a signed image whose program knows its version; info shows it", async () => {
	const elf = sampleELF();
	const output = join(folder, "gateway.cmp");
	const keys = ["--key", pem("ec.pem", ec), "--key", pem("rsa.pem", rsa)];
	const options = ["--version", "7.00.200.001", "--model", "mp-118", "--secure-version", "4"];
	const made = await run("build", ...options, ...keys, "--elf", elf, "-o", output);
	assert.equal(made.status, 0, made.stderr);
	const image = readFileSync(output);
	const summary = parseImage(image);
	const { version, model, secureVersion, elfSHA256 } = summary.description;
	assert.deepEqual([version, model, secureVersion], ["7.00.200.001", "mp-118", 4]);
	assert.equal(Buffer.from(elfSHA256).toString("hex"), createHash("sha256").update(readFileSync(elf)).digest("hex"));
	const segment = summary.segments[1]!;
	const payload = file("payload", image.subarray(segment.offset, segment.offset + segment.length));
	execFileSync("chmod", ["755", payload]);
	assert.equal(execFileSync(payload, { encoding: "utf8" }), "7.00.200.001\n");
	const shown = await run("info", output);
	assert.equal(shown.status, 0, shown.stderr);
	for (const text of ["Linux x64", "7.00.200.001", "mp-118", ...summary.signatures.map(keyDigest)]) {
		assert.ok(shown.stdout.includes(text), text);
	}
});

test("info names code and offset of a damaged file and exits with 1", async () => {
	const image = packImage({ program, description, keys: [ec] });
	const cases: [string, (copy: Buffer) => Uint8Array, RegExp][] = [
		["magic", (copy) => copy.fill(0, 0, 1), /IMAGE_MAGIC at 0/],
		["hash", (copy) => copy.fill(7, 40, 41), /IMAGE_CHECKSUM at/],
		["truncated", (copy) => copy.subarray(0, 5000), /IMAGE_TRUNCATED at 5000/],
		["trailer", (copy) => Buffer.concat([copy, copy]), new RegExp(`IMAGE_TRAILER at ${image.length}`)],
		["block", (copy) => copy.fill(0, image.length - 4096, image.length - 4095), /IMAGE_SIGNATURE_FORMAT at/],
		["empty", () => new Uint8Array(0), /IMAGE_TRUNCATED at 0/],
	];
	for (const [name, damage, expected] of cases) {
		const result = await run("info", file(`${name}.cmp`, damage(Buffer.from(image))));
		assert.equal(result.status, 1, name);
		assert.equal(result.stdout, "", name);
		assert.match(result.stderr, expected);
	}
	assert.equal((await run("info", join(folder, "absent.cmp"))).status, 1);
});

test("wrong arguments give the usage and exit status 2; unusable input gives 1", async () => {
	const output = join(folder, "never.cmp");
	const good = ["--version", "1", "-o", output];
	const usage = [
		[],
		["pack"],
		["info"],
		["info", "a", "b"],
		["info", "--all", "a"],
		["build"],
		["build", "--version", "1"],
	];
	usage.push(["build", "-o", output], ["build", ...good, "extra"], ["build", ...good, "--secure-version", "1x"]);
	usage.push(["build", ...good, "--secure-version", "4294967296"], ["build", ...good, "--key"]);
	for (const args of usage) {
		const result = await run(...args);
		assert.equal(result.status, 2, args.join(" "));
		assert.match(result.stderr, /usage: tools\/firmware/);
	}
	const elf = file("no.elf", "no program");
	const key = file("no.pem", "no key");
	for (const args of [
		["--elf", elf],
		["--elf", join(folder, "absent")],
		["--key", key, "--elf", elf],
	]) {
		const result = await run("build", ...good, ...args);
		assert.equal(result.status, 1, args.join(" "));
		assert.match(result.stderr, /^firmware: FIRMWARE_(PROGRAM|KEY): /);
	}
	const plain = join(folder, "plain.elf");
	execFileSync("gcc", ["-o", plain, file("plain.c", "int main(void) { return 0; }")]);
	assert.match((await run("build", ...good, "--elf", plain)).stderr, /FIRMWARE_TOOL: objcopy: .*rodata_desc/);
	assert.equal((await run("--help")).status, 0);
});

test("the launcher works from any folder and passes the exit status on", () => {
	const shown = spawnSync(TOOL, ["info", file("good.cmp", packImage({ program, description }))], { cwd: folder });
	assert.equal(shown.status, 0);
	assert.equal(spawnSync(TOOL, [], { cwd: folder }).status, 2);
});

/** The first of these commands that is installed. */
function installed(...names: string[]): string | undefined {
	return names.find((name) => spawnSync("sh", ["-c", `command -v ${name}`]).status === 0);
}

const esptool = installed("esptool", "esptool.py");
test("esptool finds checksum and hash right", { skip: esptool === undefined && "esptool is not installed" }, () => {
	const path = file("judge.bin", packImage({ program, description, chip: 5 }));
	const output = execFileSync(esptool!, ["--chip", "esp32c3", "image_info", path], { encoding: "utf8" });
	assert.match(output, /Checksum: [0-9a-fx]+ \(valid\)/);
	assert.match(output, /Validation Hash: [0-9a-f]+ \(valid\)/);
});

const espsecure = installed("espsecure", "espsecure.py");
test("espsecure verifies each kind", { skip: espsecure === undefined && "espsecure is not installed" }, () => {
	for (const key of [ec, rsa]) {
		const path = file("judge.bin", packImage({ program, description, keys: [key, key] }));
		const options = ["verify_signature", "--version", "2", "--keyfile", pem("judge.pem", key), path];
		assert.match(execFileSync(espsecure!, options, { encoding: "utf8" }), /verification successful/);
	}
});
