// SPDX-License-Identifier: Apache-2.0
//
// The matrix of bad images: every fault has its code, what the head shows is found before the first erase, and afterwards the
// boot choice and the running slot are as before, and nothing bootable lies in the idle slot.

import assert from "node:assert/strict";
import test from "node:test";
import { buildDescription } from "../../modules/image/description.js";
import { ImageParser } from "../../modules/image/parser.js";
import {
	CHIP,
	MODEL,
	finished,
	padded,
	joined,
	sampleHeader,
	sector,
	sampleBlock,
	signedImage,
} from "../image/sample.js";
import { SLOW_ENGINE } from "../store/support.js";
import { sha256 } from "../../modules/bytes/sha256.js";
import { Gateway, HEAD_LENGTH } from "./install.js";

/** Two blocks of image and the signature sector. */
function image(
	fields: { version?: string; model?: string; secureVersion?: number } = {},
	length = 5000,
	lowest = 0,
): Uint8Array {
	const description = buildDescription({ version: "7.00.1", model: MODEL, secureVersion: 3, ...fields });
	const header = sampleHeader(2);
	header[15] = lowest;
	const program = new Uint8Array(length).map((_, i) => i * 13);
	return finished(header, [
		{ address: 0x3c000020, data: description },
		{ address: 0x42000000, data: program },
	]);
}

const unsigned = image();
const good = signedImage(unsigned);

interface Refusal {
	code: string;
	/** Blocks erased in the idle slot. */
	erases: number;
}

/** As the loader judges, which does not look at signatures. */
function isBootable(slot: Uint8Array): boolean {
	try {
		const parser = new ImageParser({ chip: CHIP, maxSize: slot.length });
		parser.write(slot.subarray(0, unsigned.length));
		parser.end();
		return true;
	} catch {
		return false;
	}
}

/** Installs what must be refused. @returns why, after looking at all that must be as before */
function refusal(file: Uint8Array, what: string, gateway = new Gateway(), length?: number): Refusal {
	const choice = gateway.otadata.data.slice();
	let code = "taken";
	try {
		gateway.install(file, length);
	} catch (error) {
		code = (error as { code?: string }).code ?? String(error);
	}
	assert.deepEqual(gateway.otadata.data, choice, `${what}: boot choice`);
	assert.equal(gateway.running.operations, 0, `${what}: running slot`);
	if (gateway.idle.erases === 0) assert.equal(gateway.idle.operations, 0, `${what}: nothing written`);
	else assert.ok(!isBootable(gateway.idle.data), `${what}: idle slot`);
	return { code, erases: gateway.idle.erases };
}

test("the good image is installed, so that each refusal below is for its one fault", () => {
	const gateway = new Gateway();
	const writer = gateway.install(good);
	assert.deepEqual([gateway.selector.current()?.slot, gateway.selector.current()?.state], [1, "NEW"]);
	assert.deepEqual([writer.stored, writer.programmed], [good.length, 3]);
	assert.ok(isBootable(gateway.idle.data));
	assert.equal(gateway.running.operations, 0);
});

/** Field, first byte, byte after the last, codes, and whether the head tells: always, never, or for some values. */
const fields: [name: string, from: number, to: number, codes: string, early: "always" | "never" | "some"][] = [
	["magic", 0, 1, "MAGIC", "always"],
	["segment count", 1, 2, "SEGMENTS|SIZE|CHECKSUM|ENTRY|HASH|TRUNCATED", "some"],
	["SPI settings", 2, 4, "HASH", "never"],
	["entry", 4, 8, "ENTRY|HASH", "never"],
	["pins", 8, 12, "HASH", "never"],
	["chip", 12, 14, "CHIP", "always"],
	["old revision", 14, 15, "HASH", "never"],
	["lowest revision", 15, 17, "REVISION|HASH", "some"],
	["highest revision", 17, 19, "REVISION|HASH", "some"],
	["reserved", 19, 23, "HASH", "never"],
	["hash flag", 23, 24, "HASH", "always"],
	["segment address", 24, 28, "SEGMENTS|ENTRY|HASH", "some"],
	["segment length", 28, 32, "SEGMENTS|SIZE|CHECKSUM|ENTRY|TRUNCATED|HASH", "some"],
	["description magic", 32, 36, "DESCRIPTION", "always"],
	["secure version", 36, 40, "SECURE_VERSION|CHECKSUM", "some"],
	["reserved in the description", 40, 48, "CHECKSUM", "never"],
	["version", 48, 54, "DESCRIPTION|VERSION|CHECKSUM", "some"],
	["rest of the version", 54, 80, "DESCRIPTION|VERSION|CHECKSUM", "some"],
	["model", 80, 86, "MODEL|DESCRIPTION", "always"],
	["rest of the model", 86, 112, "MODEL|DESCRIPTION|CHECKSUM", "some"],
	["time and date", 112, 144, "DESCRIPTION|CHECKSUM", "some"],
	["IDF version", 144, 176, "DESCRIPTION|CHECKSUM", "some"],
	["hash of the ELF, block revisions, page size, reserved", 176, 288, "CHECKSUM", "never"],
];

test("the fields are the whole head", () => {
	assert.equal(fields[0]![1], 0);
	fields.slice(1).forEach(([name, from], index) => assert.equal(from, fields[index]![2], name));
	assert.equal(fields.at(-1)![2], HEAD_LENGTH);
});

for (const [name, from, to, codes, early] of fields) {
	test(`every bit of every byte of the head flipped: ${name}`, () => {
		const allowed = new RegExp(`^(IMAGE_)?(${codes})$`);
		for (let at = from; at < to; at++) {
			for (let bit = 0; bit < 8; bit += SLOW_ENGINE ? 5 : 1) {
				const file = good.slice();
				file[at] = file[at]! ^ (1 << bit);
				const what = `byte ${at} bit ${bit}`;
				const { code, erases } = refusal(file, what);
				assert.match(code, allowed, what);
				if (early === "always") assert.equal(erases, 0, what);
				if (early === "never") assert.ok(erases > 0, what);
			}
		}
	});
}

test("truncated at 1,000 places: nothing bootable stays behind, and the next try succeeds", () => {
	const places = SLOW_ENGINE ? 40 : 1000;
	const size = unsigned.length;
	for (let i = 0; i < places; i++) {
		const length = i === 0 ? size : Math.floor((i * good.length) / places);
		const { code } = refusal(good.slice(0, length), `cut at ${length}`);
		assert.equal(code, length === size ? "IMAGE_UNSIGNED" : "IMAGE_TRUNCATED", `cut at ${length}`);
	}
	const gateway = new Gateway();
	for (const length of [0, 100, 4096, 4097, 9000, good.length - 1]) {
		refusal(good.slice(0, length), `cut at ${length}`, gateway);
		gateway.idle.operations = gateway.idle.erases = 0;
	}
	gateway.install(good);
	assert.ok(isBootable(gateway.idle.data));
});

const tooLong = signedImage(image({}, 8 * 4096));

/** Title, file, gateway, code, and whether the idle slot stays as it was. */
const cases: [title: string, file: Uint8Array, change: (gateway: Gateway) => void, code: string, early: boolean][] = [
	["unsigned", unsigned, () => undefined, "IMAGE_UNSIGNED", false],
	["signed by an unknown key", signedImage(image(), ["rsa"]), () => undefined, "IMAGE_KEY_UNKNOWN", false],
	["signed by a key that was removed", good, (gateway) => removeKey(gateway), "IMAGE_KEY_UNKNOWN", false],
	["signed by a key that is revoked", good, (gateway) => revokeKey(gateway), "IMAGE_KEY_REVOKED", false],
	[
		"with a signature that is not the key's",
		good,
		(gateway) => (gateway.verified = false),
		"IMAGE_SIGNATURE_BAD",
		false,
	],
	["with the signature of other bytes", otherSector(), () => undefined, "IMAGE_SIGNATURE_DIGEST", false],
	["for another model", signedImage(image({ model: "upgate2" })), () => undefined, "IMAGE_MODEL", true],
	["for another chip", good, (gateway) => (gateway.limits = { chip: 9 }), "IMAGE_CHIP", true],
	["for newer chips", forRevision(200), () => undefined, "IMAGE_REVISION", true],
	[
		"that fits, but not with its signature",
		good,
		(gateway) => (gateway.limits = { maxSize: 8192 }),
		"IMAGE_SIZE",
		false,
	],
	["older", signedImage(image({ version: "6.99.9" })), () => undefined, "VERSION", true],
	["equal", signedImage(image({ version: "7.00.0" })), () => undefined, "VERSION", true],
	["equal, written otherwise", signedImage(image({ version: "7.0" })), () => undefined, "VERSION", true],
	["without an order of versions", signedImage(image({ version: "v8" })), () => undefined, "IMAGE_VERSION", true],
	["below the secure version", signedImage(image({ secureVersion: 2 })), () => undefined, "IMAGE_SECURE_VERSION", true],
	["larger than the slot", tooLong, () => undefined, "IMAGE_SIZE", true],
];

function removeKey(gateway: Gateway): void {
	gateway.trust = { trusted: [new Uint8Array(32)], revoked: [] };
}

function revokeKey(gateway: Gateway): void {
	const { trusted } = gateway.trust;
	gateway.trust = { trusted: [new Uint8Array(32), ...trusted], revoked: trusted };
}

/** @param lowest revision of the chip, below 256 */
function forRevision(lowest: number): Uint8Array {
	return signedImage(image({}, 5000, lowest));
}

function otherSector(): Uint8Array {
	return joined(padded(image()), sector(sampleBlock("ecdsa", sha256(padded(image({ version: "9" }))))));
}

for (const [title, file, change, code, early] of cases) {
	test(`an image ${title} is refused${early ? " before the first erase" : ""}`, () => {
		const gateway = new Gateway();
		change(gateway);
		const found = refusal(file, title, gateway);
		assert.equal(found.code, code);
		assert.equal(found.erases === 0, early);
	});
}

test("a length above the slot is refused when it is announced", () => {
	assert.deepEqual(refusal(good, "announced", new Gateway(), 8 * 4096 + 1), { code: "FLASH_FULL", erases: 0 });
});
