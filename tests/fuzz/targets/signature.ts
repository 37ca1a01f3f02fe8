// SPDX-License-Identifier: Apache-2.0
//
// One signature block: only ImageError comes out, and what is taken can be put together again from what was read.

import assert from "node:assert/strict";
import { crc32 } from "../../../modules/bytes/crc32.js";
import { ImageError } from "../../../modules/image/error.js";
import { parseSignatureBlock, type SignatureBlock } from "../../../modules/image/signature.js";
import { sampleBlock } from "../../image/sample.js";
import type { Target } from "../target.js";

const reversed = (bytes: Uint8Array): Uint8Array => bytes.slice().reverse();

/** Numbers are little endian in a block. */
function pairOf(bytes: Uint8Array): Uint8Array {
	return Buffer.concat([reversed(bytes.subarray(0, 32)), reversed(bytes.subarray(32))]);
}

/** The block again; of an RSA key the two helper numbers are taken over, since nobody reads them. */
function rebuilt(block: SignatureBlock, input: Uint8Array): Uint8Array {
	const output = new Uint8Array(1216);
	output[0] = 0xe7;
	output.set(block.digest, 4);
	if (block.kind === "rsa-3072") {
		output[1] = 2;
		output.set(reversed(block.modulus), 36);
		new DataView(output.buffer).setUint32(420, block.exponent, true);
		output.set(input.subarray(424, 812), 424);
		output.set(reversed(block.signature), 812);
	} else {
		output.set([3], 1);
		output[36] = 2;
		output.set(pairOf(block.point), 37);
		output.set(pairOf(block.signature), 101);
	}
	assert.deepEqual(block.keyRecord, output.slice(36, block.kind === "rsa-3072" ? 812 : 101));
	new DataView(output.buffer).setUint32(1196, crc32(output.subarray(0, 1196)), true);
	return output;
}

export const signatureTarget: Target = {
	name: "signature",
	corpus: () => [sampleBlock("ecdsa", new Uint8Array(32).fill(7)), sampleBlock("rsa", new Uint8Array(32).fill(9))],
	repair(input) {
		if (input.length < 1200) return;
		new DataView(input.buffer).setUint32(1196, crc32(input.subarray(0, 1196)), true);
	},
	check(input) {
		try {
			const block = parseSignatureBlock(input, 4096);
			assert.deepEqual(rebuilt(block, input), input.slice(0, 1216));
			return true;
		} catch (error) {
			if (!(error instanceof ImageError)) throw error;
			assert.match(error.code, /^IMAGE_SIGNATURE_(FORMAT|CRC)$/);
			assert.ok(error.offset >= 4096 && error.offset <= 4096 + 1216, `offset ${error.offset}`);
			return false;
		}
	},
};
