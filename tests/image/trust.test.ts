// SPDX-License-Identifier: Apache-2.0
//
// Who is trusted: blocks, trusted and revoked keys in, the good signature or the gravest fault out. The mathematics are faked
// here; verify.test.ts has the real ones.

import test from "node:test";
import assert from "node:assert/strict";
import { sha256 } from "../../modules/bytes/sha256.js";
import { toHex } from "../../modules/bytes/hex.js";
import { ImageParser } from "../../modules/image/parser.js";
import { keyDigest, publicKeysIn } from "../../modules/image/public-key.js";
import type { SignatureBlock } from "../../modules/image/signature.js";
import { checkKeys, checkSignatures, type SignatureVerifier, type SigningTrust } from "../../modules/image/trust.js";
import { loadVector } from "../harness/vectors.js";
import { CHIP, MAX_SIZE } from "./sample.js";

function digestOf(name: string): Uint8Array {
	return keyDigest(publicKeysIn(loadVector(`image/vectors/${name}.pem`))[0]!);
}

const ecdsa = digestOf("ecdsa");
const rsa = digestOf("rsa");
const unknown = digestOf("unknown");
const parser = new ImageParser({ chip: CHIP, maxSize: MAX_SIZE });
parser.write(loadVector("image/vectors/espsecure-ecdsa-rsa.cmp"));
const image = parser.end();

const both: SignatureVerifier = () => true;
const none: SignatureVerifier = () => false;
const only =
	(kind: SignatureBlock["kind"]): SignatureVerifier =>
	(block) =>
		block.kind === kind;

function good(trust: SigningTrust, verify: SignatureVerifier, expected: Uint8Array): void {
	assert.equal(checkSignatures(image, trust, verify).key, toHex(expected));
}

function refused(trust: SigningTrust, verify: SignatureVerifier, code: string, offset: number): void {
	assert.throws(() => checkSignatures(image, trust, verify), { name: "ImageError", code, offset }, code);
}

test("any one good signature by a trusted key suffices", () => {
	good({ trusted: [ecdsa], revoked: [] }, both, ecdsa);
	good({ trusted: [rsa], revoked: [] }, both, rsa);
	good({ trusted: [unknown, rsa, ecdsa], revoked: [] }, both, ecdsa);
	good({ trusted: [ecdsa, rsa], revoked: [] }, only("rsa-3072"), rsa);
	good({ trusted: [ecdsa, rsa], revoked: [ecdsa] }, both, rsa);
	good({ trusted: [rsa], revoked: [unknown] }, only("rsa-3072"), rsa);
});

test("without such a signature the gravest fault is told, with its block", () => {
	refused({ trusted: [unknown], revoked: [] }, both, "IMAGE_KEY_UNKNOWN", 4096);
	refused({ trusted: [unknown], revoked: [rsa] }, both, "IMAGE_KEY_REVOKED", 4096 + 1216);
	refused({ trusted: [unknown, ecdsa], revoked: [ecdsa] }, both, "IMAGE_KEY_REVOKED", 4096);
	refused({ trusted: [rsa], revoked: [ecdsa] }, none, "IMAGE_SIGNATURE_BAD", 4096 + 1216);
	refused({ trusted: [ecdsa, rsa], revoked: [] }, none, "IMAGE_SIGNATURE_BAD", 4096);
});

test("a revoked key does not count, even when it is trusted too; the verifier is not asked about it or about unknown ones", () => {
	const asked: string[] = [];
	const trust = { trusted: [unknown], revoked: [ecdsa] };
	refused(trust, (block) => asked.push(block.kind) > 0, "IMAGE_KEY_REVOKED", 4096);
	assert.deepEqual(asked, []);
});

test("an image without blocks is unsigned, whatever is trusted", () => {
	const bare = { size: 400, signatures: [] };
	const act = (): unknown => checkSignatures(bare, { trusted: [ecdsa], revoked: [] }, both);
	assert.throws(act, { code: "IMAGE_UNSIGNED", offset: 400 });
});

test("without a trusted key nothing is taken, and the reason says what to do", () => {
	for (const trust of [
		{ trusted: [], revoked: [] },
		{ trusted: [ecdsa], revoked: [ecdsa] },
	]) {
		refused(trust, both, "IMAGE_NO_KEYS", 0);
		assert.throws(() => checkKeys(trust), { message: /certificate import signing/ });
	}
	checkKeys({ trusted: [ecdsa, rsa], revoked: [ecdsa] });
});

test("a key counts by its whole record: R and M' of an RSA block too", () => {
	const changed = image.signatures.map((block) => ({ ...block, keyRecord: new Uint8Array(block.keyRecord) }));
	for (const block of changed) block.keyRecord[block.keyRecord.length - 1] = 0;
	const act = (): unknown =>
		checkSignatures({ ...image, signatures: changed }, { trusted: [ecdsa, rsa], revoked: [] }, both);
	assert.throws(act, { code: "IMAGE_KEY_UNKNOWN" });
	const record = image.signatures[1]!.keyRecord;
	assert.equal(toHex(sha256(record)), toHex(rsa));
});

test("what the verifier throws comes through", () => {
	const act = (): unknown =>
		checkSignatures(image, { trusted: [ecdsa], revoked: [] }, () => {
			throw new RangeError("memory");
		});
	assert.throws(act, { name: "RangeError" });
});
