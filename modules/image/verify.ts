// SPDX-License-Identifier: Apache-2.0
//
// The mathematics of signature blocks, through the PSA functions of Mbed TLS. Knows no trust: trust.ts does.
// Source: PSA Crypto API 1.1, psa_verify_hash and error codes.

import { ImageError } from "./error.js";
import { psaPublicKey } from "./public-key.js";
import type { SignatureBlock } from "./signature.js";

/** Not the signature's fault: not supported, bad state, no memory, communication, hardware, entropy. */
const ownFaults: readonly number[] = Object.freeze([-134, -137, -141, -145, -147, -148]);

/** @returns status of PSA, 0 when the signature is right */
function verifyHash(this: unknown, rsa: boolean, key: Uint8Array, digest: Uint8Array, signature: Uint8Array): number {
	return native("xs_image_verifyHash").call(this, rsa, key, digest, signature);
}

/**
 * Verifies over the digest that the block carries; the parser has found that digest to be the image's.
 * @returns whether the signature is by the key in the block
 * @throws ImageError IMAGE_VERIFIER when that could not be found out
 */
export function verifySignature(block: SignatureBlock): boolean {
	const status = verifyHash(block.kind === "rsa-3072", psaPublicKey(block), block.digest, block.signature);
	if (ownFaults.includes(status))
		throw new ImageError("IMAGE_VERIFIER", 0, `signature not verified: PSA error ${status}`);
	return status === 0;
}
