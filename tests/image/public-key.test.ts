// SPDX-License-Identifier: Apache-2.0
//
// Public keys: openssl's PEM in, the digests of Espressif's espsecure out, and what is no such key.

import test from "node:test";
import assert from "node:assert/strict";
import { toHex } from "../../modules/bytes/hex.js";
import { encodeLatin1 } from "../../modules/bytes/text.js";
import { ImageError } from "../../modules/image/error.js";
import { keyDigest, keyRecord, psaPublicKey, publicKeysIn, readPublicKey } from "../../modules/image/public-key.js";
import { parseSignatureBlock } from "../../modules/image/signature.js";
import { loadVector } from "../harness/vectors.js";
import { joined } from "./sample.js";

const digests = {
	ecdsa: "f42b393e43c4159a8429267f9428565ebe2a489fe7c7f322679d514a6f3eda7a",
	rsa: "18b4b482e557c4fb0e6b7ea04ef0298ddc76d3ef73dfdddad857d76ba3b103e3",
};
const pem = { ecdsa: loadVector("image/vectors/ecdsa.pem"), rsa: loadVector("image/vectors/rsa.pem") };
const spki = { ecdsa: publicKeysIn(pem.ecdsa)[0]!, rsa: publicKeysIn(pem.rsa)[0]! };
const sector = loadVector("image/vectors/espsecure-ecdsa-rsa.cmp").subarray(4096);

test("keyDigest() gives the digest that espsecure gives", () => {
	assert.equal(toHex(keyDigest(spki.ecdsa)), digests.ecdsa);
	assert.equal(toHex(keyDigest(spki.rsa)), digests.rsa);
});

test("keyRecord() of a key is what the signature block of that key carries", () => {
	assert.deepEqual(keyRecord(readPublicKey(spki.ecdsa)), parseSignatureBlock(sector).keyRecord);
	assert.deepEqual(keyRecord(readPublicKey(spki.rsa)), parseSignatureBlock(sector.subarray(1216)).keyRecord);
});

test("psaPublicKey() is the key inside SubjectPublicKeyInfo, from the file and from the block", () => {
	for (const [kind, block] of [
		["ecdsa", parseSignatureBlock(sector)],
		["rsa", parseSignatureBlock(sector.subarray(1216))],
	] as const) {
		const inner = psaPublicKey(readPublicKey(spki[kind]));
		assert.deepEqual(psaPublicKey(block), inner);
		assert.deepEqual(spki[kind].subarray(spki[kind].length - inner.length), inner);
	}
});

test("publicKeysIn() takes every key of a text and passes over the rest", () => {
	const certificate = encodeLatin1("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
	const crlf = encodeLatin1(
		String.fromCharCode(...pem.ecdsa)
			.split("\n")
			.join("\r\n"),
	);
	assert.deepEqual(publicKeysIn(joined(certificate, pem.rsa, encodeLatin1("between\n"), crlf)), [spki.rsa, spki.ecdsa]);
	assert.deepEqual(publicKeysIn(encodeLatin1("nothing here")), []);
});

test("publicKeysIn() refuses a key that is cut, not Base64, or one too many", () => {
	assert.throws(() => publicKeysIn(pem.ecdsa.subarray(0, pem.ecdsa.length - 10)), { code: "IMAGE_KEY", offset: 0 });
	const bad = new Uint8Array(pem.ecdsa);
	bad[40] = 0x21;
	assert.throws(() => publicKeysIn(bad), { name: "ImageError", code: "IMAGE_KEY", offset: 0 });
	const many = Array.from({ length: 16 }, () => pem.ecdsa);
	assert.equal(publicKeysIn(joined(...many)).length, 16);
	assert.throws(() => publicKeysIn(joined(...many, pem.ecdsa)), { code: "IMAGE_KEY" });
});

/** Header bytes, and some of the key: a changed byte among the coordinates or the modulus gives another key, not an error. */
const fixed = { ecdsa: 27, rsa: 33 };

test("readPublicKey() refuses every change of the frame around the key, and every truncation", () => {
	for (const kind of ["ecdsa", "rsa"] as const) {
		const key = spki[kind];
		for (let at = 0; at < fixed[kind]; at++) {
			for (const mask of [1, 0x80, 0xff]) {
				const changed = new Uint8Array(key);
				changed[at] = changed[at]! ^ mask;
				assert.throws(() => readPublicKey(changed), { name: "ImageError", code: "IMAGE_KEY" }, `${kind} ${at} ${mask}`);
			}
		}
		for (let length = 0; length < key.length; length++) {
			assert.throws(() => readPublicKey(key.subarray(0, length)), { name: "ImageError", code: "IMAGE_KEY" });
		}
		assert.throws(() => readPublicKey(joined(key, new Uint8Array(1))), { code: "IMAGE_KEY" });
	}
});

test("keyDigest() of changed keys is another digest or IMAGE_KEY", () => {
	for (const kind of ["ecdsa", "rsa"] as const) {
		for (let at = 0; at < spki[kind].length; at += 3) {
			const changed = new Uint8Array(spki[kind]);
			changed[at] = changed[at]! ^ 4;
			try {
				assert.notEqual(toHex(keyDigest(changed)), digests[kind]);
			} catch (error) {
				assert.ok(error instanceof ImageError && error.code === "IMAGE_KEY", String(error));
			}
		}
	}
});
