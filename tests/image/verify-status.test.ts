// SPDX-License-Identifier: Apache-2.0
//
// What verifySignature() makes of PSA's numbers, with a native that answers as told; verify.test.ts has the real one.
// node-only: puts a native of its own in the place of the host's

import test from "node:test";
import assert from "node:assert/strict";
import { parseSignatureBlock } from "../../modules/image/signature.js";
import { loadVector } from "../harness/vectors.js";

const block = parseSignatureBlock(loadVector("image/vectors/espsecure-ecdsa-rsa.cmp").subarray(4096));
let status = 0;
Object.assign(globalThis, { native: () => ({ call: () => status }) });
const { verifySignature } = (await import("../../modules/image/" + "verify.js")) as {
	verifySignature: (from: typeof block) => boolean;
};

test("a wrong signature and a key that PSA refuses are not good; a fault of our own is told with its number", () => {
	assert.equal(verifySignature(block), true);
	for (const refusal of [-149, -135, -150, -151, -132, -1]) {
		status = refusal;
		assert.equal(verifySignature(block), false, String(refusal));
	}
	for (const fault of [-134, -137, -141, -145, -147, -148]) {
		status = fault;
		const text = new RegExp(`PSA error ${fault}$`);
		assert.throws(() => verifySignature(block), { name: "ImageError", code: "IMAGE_VERIFIER", message: text });
	}
});
