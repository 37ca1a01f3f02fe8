// SPDX-License-Identifier: Apache-2.0
//
// Whether an image is signed by someone who is trusted: policy only, the mathematics are the caller's (verify.ts).
// Any one block by a trusted key suffices, so that old and new key can sign together while one replaces the other.
// Source: ESP-IDF "Secure Boot v2", "Key Revocation" and "Multiple Keys".

import { toHex } from "../bytes/hex.js";
import { sha256 } from "../bytes/sha256.js";
import { ImageError } from "./error.js";
import { SIGNATURE_BLOCK_LENGTH, SIGNATURE_SECTOR_LENGTH, type SignatureBlock } from "./signature.js";
import type { ImageSummary } from "./types.js";

/** Digests of keys, 32 bytes each, as `keyDigest` of public-key.ts gives them. */
export interface SigningTrust {
	trusted: readonly Uint8Array[];
	/** Count for more than `trusted`. */
	revoked: readonly Uint8Array[];
}

/** @returns whether the signature of a block is by the key beside it, over the digest in it */
export type SignatureVerifier = (block: SignatureBlock) => boolean;

export interface TrustedSignature {
	kind: SignatureBlock["kind"];
	/** Digest of the key, hexadecimal. */
	key: string;
}

type Fault = "IMAGE_KEY_UNKNOWN" | "IMAGE_KEY_REVOKED" | "IMAGE_SIGNATURE_BAD";

/** The gravest one is told. */
const gravity: readonly Fault[] = Object.freeze(["IMAGE_KEY_UNKNOWN", "IMAGE_KEY_REVOKED", "IMAGE_SIGNATURE_BAD"]);

const texts: Readonly<Record<Fault, string>> = Object.freeze({
	IMAGE_KEY_UNKNOWN: "signed by a key that is not in the store",
	IMAGE_KEY_REVOKED: "signed by a key that is revoked",
	IMAGE_SIGNATURE_BAD: "signature is not by the trusted key that it names",
});

/** Characters of a digest that tell keys apart for people. */
const SHOWN = 16;

function hexOf(digests: readonly Uint8Array[]): string[] {
	return digests.map((digest) => toHex(digest));
}

/** Also judged before the download: without any key nothing can be right. @throws ImageError IMAGE_NO_KEYS */
export function checkKeys(trust: SigningTrust): void {
	const revoked = hexOf(trust.revoked);
	if (hexOf(trust.trusted).some((key) => !revoked.includes(key))) return;
	throw new ImageError("IMAGE_NO_KEYS", 0, "no firmware signing key in the store: certificate import signing");
}

/**
 * @param image what the parser found: digests in its blocks are those of the image
 * @returns the first signature that is good
 * @throws ImageError IMAGE_NO_KEYS, IMAGE_UNSIGNED, IMAGE_KEY_UNKNOWN, IMAGE_KEY_REVOKED, IMAGE_SIGNATURE_BAD; whatever `verify` throws
 */
export function checkSignatures(
	image: Pick<ImageSummary, "size" | "signatures">,
	trust: SigningTrust,
	verify: SignatureVerifier,
): TrustedSignature {
	checkKeys(trust);
	if (image.signatures.length === 0) throw new ImageError("IMAGE_UNSIGNED", image.size, "image is not signed");
	const trusted = hexOf(trust.trusted);
	const revoked = hexOf(trust.revoked);
	const sector = Math.ceil(image.size / SIGNATURE_SECTOR_LENGTH) * SIGNATURE_SECTOR_LENGTH;
	let worst: { fault: Fault; key: string; offset: number } | undefined;
	for (const [index, block] of image.signatures.entries()) {
		const key = toHex(sha256(block.keyRecord));
		let fault: Fault;
		if (revoked.includes(key)) fault = "IMAGE_KEY_REVOKED";
		else if (!trusted.includes(key)) fault = "IMAGE_KEY_UNKNOWN";
		else if (verify(block)) return { kind: block.kind, key };
		else fault = "IMAGE_SIGNATURE_BAD";
		if (worst !== undefined && gravity.indexOf(fault) <= gravity.indexOf(worst.fault)) continue;
		worst = { fault, key, offset: sector + index * SIGNATURE_BLOCK_LENGTH };
	}
	const { fault, key, offset } = worst ?? { fault: "IMAGE_KEY_UNKNOWN", key: "", offset: sector };
	throw new ImageError(fault, offset, `${texts[fault]}: key ${key.slice(0, SHOWN)}`);
}
