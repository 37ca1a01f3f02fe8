// SPDX-License-Identifier: Apache-2.0
//
// Hashes, HMAC and AES for the user-based security model, through the PSA functions of Mbed TLS. Decides nothing.
// Sources: PSA Crypto API 1.1; RFC 3826 section 3.1.

import type { CryptoPort, HashPort } from "./protocols.js";

export class Hash extends Native("xs_snmp_hash_destructor") implements HashPort {
	/** @param algorithm a number of protocols.ts. @throws Error without memory */
	constructor(algorithm: number) {
		super();
		native("xs_snmp_hash_constructor").call(this, algorithm);
	}
	update(bytes: Uint8Array, times: number): void {
		return native("xs_snmp_hash_update").call(this, bytes, times);
	}
	digest(): Uint8Array {
		return native("xs_snmp_hash_digest").call(this);
	}
}

function hmac(this: unknown, algorithm: number, key: Uint8Array, bytes: Uint8Array): Uint8Array {
	return native("xs_snmp_hmac").call(this, algorithm, key, bytes);
}

function cfb(this: unknown, decrypt: boolean, key: Uint8Array, start: Uint8Array, bytes: Uint8Array): void {
	return native("xs_snmp_cfb").call(this, decrypt, key, start, bytes);
}

export const psaCrypto: CryptoPort = Object.freeze({
	hash: (algorithm: number) => new Hash(algorithm),
	hmac: (algorithm: number, key: Uint8Array, bytes: Uint8Array) => hmac(algorithm, key, bytes),
	cfb: (decrypt: boolean, key: Uint8Array, start: Uint8Array, bytes: Uint8Array) => cfb(decrypt, key, start, bytes),
});
