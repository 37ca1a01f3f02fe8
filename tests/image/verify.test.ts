// SPDX-License-Identifier: Apache-2.0
//
// Signatures with the real mathematics: the program below runs on XS and calls PSA; keys and images are made here by node:crypto
// and the packer, or come from Espressif's espsecure. Our C is under AddressSanitizer and UndefinedBehaviorSanitizer, unless UPGATE_SANITIZE=0 is in the
// environment, or UPGATE_M32=1 builds for 32 bits.
// node-only: starts a program

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import test from "node:test";
import { crc32 } from "../../modules/bytes/crc32.js";
import { build, projectRoot } from "../../tools/build/index.js";
import { parseImage } from "../../tools/firmware-lib/info.js";
import { packImage } from "../../tools/firmware-lib/pack.js";
import type { Spec } from "./program/spec.js";
import { CHIP } from "./sample.js";

const deadlineMs = 300_000;
const bits32 = process.env.UPGATE_M32 === "1";
let executable: Promise<string> | undefined;

function program(): Promise<string> {
	executable ??= build({
		manifest: "tests/image/program/manifest.json",
		name: "image-test",
		sanitize: process.env.UPGATE_SANITIZE !== "0" && !bits32,
		bits32,
	}).then((result) => result.executable);
	return executable;
}

type Keys = readonly (KeyObject | string)[];

/** A PEM file among the vectors, or a key made here. @returns SubjectPublicKeyInfo, hexadecimal */
function spki(key: KeyObject | string): string {
	const object = typeof key === "string" ? readFileSync(join(projectRoot, `tests/image/vectors/${key}.pem`)) : key;
	return createPublicKey(object).export({ type: "spki", format: "der" }).toString("hex");
}

type Options = Omit<Spec, "trusted" | "revoked" | "chip"> & { revoked?: Keys };

/** @returns how often each verdict came; a good one by its kind */
async function judge(image: Uint8Array, trusted: Keys, options: Options = {}): Promise<Record<string, number>> {
	const spec: Spec = { ...options, trusted: trusted.map(spki), revoked: (options.revoked ?? []).map(spki), chip: CHIP };
	const args = ["--mac", "020000000001", "--option", `spec=${JSON.stringify(spec)}`];
	args.push("--option", `image=${Buffer.from(image).toString("hex")}`);
	const child = spawn(await program(), args, { stdio: ["ignore", "pipe", "pipe"], timeout: deadlineMs });
	let errors = "";
	child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
	const ended = once(child, "close");
	for await (const line of createInterface({ input: child.stdout })) {
		if (!line.startsWith('{"done"')) continue;
		const { done } = JSON.parse(line) as { done: Record<string, number> };
		child.kill();
		await ended;
		assert.equal(errors, "");
		return Object.fromEntries(Object.entries(done).map(([verdict, count]) => [verdict.split(" ")[0], count]));
	}
	throw new Error(`the program ended early: ${errors}`);
}

const vector = readFileSync(join(projectRoot, "tests/image/vectors/espsecure-ecdsa-rsa.cmp"));
const ec = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
const ec2 = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
const rsa = generateKeyPairSync("rsa", { modulusLength: 3072 }).privateKey;
const fields = { program: Buffer.alloc(200, 0x5a), description: { version: "2.0", model: "upgate" } };
const signed = (...keys: KeyObject[]): Buffer => packImage({ ...fields, keys });
const BLOCK = 1216;
const sectorOf = (image: Buffer): number => image.length - 4096;

/** Gives block `index` to `change` and repairs its CRC. */
function changed(image: Buffer, index: number, change: (block: Buffer) => void): Buffer {
	const copy = Buffer.from(image);
	const block = copy.subarray(sectorOf(image) + index * BLOCK).subarray(0, BLOCK);
	change(block);
	block.writeUInt32LE(crc32(block.subarray(0, 1196)), 1196);
	return copy;
}

test("signatures by Espressif's espsecure are good, each for its own key", async () => {
	assert.deepEqual(await judge(vector, ["ecdsa"]), { "ecdsa-p256": 1 });
	assert.deepEqual(await judge(vector, ["rsa"]), { "rsa-3072": 1 });
	assert.deepEqual(await judge(vector, ["ecdsa", "rsa"], { revoked: ["ecdsa"] }), { "rsa-3072": 1 });
	assert.deepEqual(await judge(vector, ["unknown"]), { IMAGE_KEY_UNKNOWN: 1 });
});

test("ours are good too, in any of the three blocks", async () => {
	for (const keys of [[ec], [rsa], [ec2, ec], [ec2, rsa], [ec2, rsa, ec], [ec, ec2, rsa]]) {
		const image = signed(...keys);
		for (const key of keys) {
			const expected = key === rsa ? "rsa-3072" : "ecdsa-p256";
			assert.deepEqual(await judge(image, [key]), { [expected]: 1 });
		}
	}
});

test("unsigned, by an unknown key, by a removed key, by a revoked key", async () => {
	assert.deepEqual(await judge(packImage(fields), [ec]), { IMAGE_UNSIGNED: 1 });
	assert.deepEqual(await judge(signed(ec2), [ec, rsa]), { IMAGE_KEY_UNKNOWN: 1 });
	assert.deepEqual(await judge(signed(ec), []), { IMAGE_NO_KEYS: 1 });
	assert.deepEqual(await judge(signed(ec), [ec, rsa], { revoked: [ec] }), { IMAGE_KEY_REVOKED: 1 });
	assert.deepEqual(await judge(signed(ec), [ec], { revoked: [ec] }), { IMAGE_NO_KEYS: 1 });
});

test("a signature of the same key over another image is bad", async () => {
	const other = packImage({ ...fields, program: Buffer.alloc(200, 0xa5), keys: [ec, rsa] });
	for (const [index, from, to, key] of [
		[0, 101, 165, ec],
		[1, 812, 1196, rsa],
	] as const) {
		const donor = other.subarray(sectorOf(other) + index * BLOCK);
		const image = changed(signed(ec, rsa), index, (block) => donor.copy(block, from, from, to));
		assert.deepEqual(await judge(image, [key]), { IMAGE_SIGNATURE_BAD: 1 });
	}
});

test("zeros, the order of the group, and numbers above the modulus are no signatures", async () => {
	const order = Buffer.from("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", "hex").reverse();
	for (const [r, s] of [
		[Buffer.alloc(32), Buffer.alloc(32)],
		[order, order],
		[Buffer.alloc(32, 0xff), Buffer.alloc(32, 0xff)],
	]) {
		const image = changed(signed(ec), 0, (block) => {
			r.copy(block, 101);
			s.copy(block, 133);
		});
		assert.deepEqual(await judge(image, [ec]), { IMAGE_SIGNATURE_BAD: 1 });
	}
	for (const value of [0, 0xff]) {
		const image = changed(signed(rsa), 0, (block) => block.fill(value, 812, 1196));
		assert.deepEqual(await judge(image, [rsa]), { IMAGE_SIGNATURE_BAD: 1 });
	}
});

test("every byte of a block changed: refused, by its CRC or its form", async () => {
	for (const key of [ec, rsa]) {
		const image = signed(key);
		const start = sectorOf(image);
		const counts = await judge(image, [key], { flip: { from: start, to: start + BLOCK, masks: [1] } });
		const { IMAGE_SIGNATURE_CRC: crc = 0, IMAGE_SIGNATURE_FORMAT: form = 0, ...rest } = counts;
		assert.deepEqual(rest, {});
		assert.equal(crc + form, BLOCK);
	}
});

test("every byte of a block changed and the CRC repaired: refused, each field with its code", async () => {
	const fieldsOf: [KeyObject, number, number, string][] = [
		[ec, 0, 1, "IMAGE_SIGNATURE_FORMAT"],
		[ec, 2, 4, "IMAGE_SIGNATURE_FORMAT"],
		[ec, 4, 36, "IMAGE_SIGNATURE_DIGEST"],
		[ec, 36, 37, "IMAGE_SIGNATURE_FORMAT"],
		[ec, 37, 101, "IMAGE_KEY_UNKNOWN"],
		[ec, 101, 165, "IMAGE_SIGNATURE_BAD"],
		[ec, 165, 1196, "IMAGE_SIGNATURE_FORMAT"],
		[ec, 1200, 1216, "IMAGE_SIGNATURE_FORMAT"],
		[rsa, 2, 4, "IMAGE_SIGNATURE_FORMAT"],
		[rsa, 4, 36, "IMAGE_SIGNATURE_DIGEST"],
		[rsa, 36, 812, "IMAGE_KEY_UNKNOWN"],
		[rsa, 812, 1196, "IMAGE_SIGNATURE_BAD"],
	];
	for (const [key, from, to, code] of fieldsOf) {
		const image = signed(key);
		const start = sectorOf(image);
		const masks = to - from > 100 ? [0x80] : [1, 0x80];
		const flip = { from: start + from, to: start + to, masks, repair: start };
		assert.deepEqual(await judge(image, [key], { flip }), { [code]: masks.length * (to - from) }, `${from} to ${to}`);
	}
});

test("another version of the block, CRC repaired: its key is another one then", async () => {
	const version = (image: Buffer, value: number): Buffer => changed(image, 0, (block) => void (block[1] = value));
	assert.deepEqual(await judge(version(signed(ec), 2), [ec]), { IMAGE_KEY_UNKNOWN: 1 });
	assert.deepEqual(await judge(version(signed(ec), 1), [ec]), { IMAGE_SIGNATURE_FORMAT: 1 });
	assert.deepEqual(await judge(version(signed(rsa), 3), [rsa]), { IMAGE_SIGNATURE_FORMAT: 1 });
});

test("every byte of a signed image changed, the padding's too: refused", async () => {
	const image = signed(ec);
	const end = parseImage(image).size;
	for (const flip of [
		{ from: 0, to: end, masks: [0x10, 0x01] },
		{ from: end, to: sectorOf(image), step: 31, masks: [0x10] },
		{ from: sectorOf(image) + BLOCK, to: image.length, step: 31, masks: [0x80] },
	]) {
		const counts = await judge(image, [ec], { flip });
		assert.equal(counts["ecdsa-p256"], undefined, JSON.stringify(counts));
		const tried = Math.ceil((flip.to - flip.from) / (flip.step ?? 1)) * flip.masks.length;
		assert.equal(
			Object.values(counts).reduce((sum, count) => sum + count),
			tried,
		);
		const foreign = Object.keys(counts).filter((code) => !code.startsWith("IMAGE_"));
		assert.deepEqual(foreign, []);
	}
});

test("cut at 1,000 places: refused, unsigned where the image itself is whole", async () => {
	const counts = await judge(signed(ec, rsa), [ec], { cuts: 1000 });
	const { IMAGE_TRUNCATED: truncated = 0, IMAGE_UNSIGNED: unsigned = 0, ...rest } = counts;
	assert.deepEqual(rest, {});
	assert.equal(truncated + unsigned, 1000);
});
