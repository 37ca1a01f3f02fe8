// SPDX-License-Identifier: Apache-2.0
//
// SHA-256 by the PSA API of Mbed TLS, which uses the chip's hash engine, in the place of modules/bytes/sha256.ts and with
// its interface: firmware is hashed as it arrives. Source: FIPS 180-4; PSA Certified Crypto API 1.2, "Message digests".

export class SHA256 extends Native("xs_psa_sha256_destructor") {
	/** @throws Error without memory */
	constructor() {
		super();
		native("xs_psa_sha256_constructor").call(this);
	}
	/** @throws Error after `digest` */
	update(input: Uint8Array): void {
		return native("xs_psa_sha256_update").call(this, input);
	}
	/** Ends the stream. @returns 32 bytes. @throws Error when called twice */
	digest(): Uint8Array {
		return native("xs_psa_sha256_digest").call(this);
	}
	/** A second hash that has taken the same input so far. @throws Error after `digest` */
	clone(): SHA256 {
		return copyState(new SHA256(), this);
	}
}

function copyState(this: unknown, to: SHA256, from: SHA256): SHA256 {
	return native("xs_psa_sha256_copy").call(this, to, from);
}

/** Hash of one buffer. @returns 32 bytes */
export function sha256(input: Uint8Array): Uint8Array {
	const hash = new SHA256();
	hash.update(input);
	return hash.digest();
}
