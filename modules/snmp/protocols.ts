// SPDX-License-Identifier: Apache-2.0
//
// The protocols of the user-based security model that we have, and what they need of a cryptographic library. Left out, for being
// broken: MD5 and DES; SHA-224, which nobody asks for.
// Sources: RFC 3414 section 6, RFC 7860 section 4, RFC 3826, draft-blumenthal-aes-usm-04.

import { SNMPError } from "./error.js";

/** A hash of a stream. */
export interface HashPort {
	/** @param times how often the bytes are taken, 0 to 64 */
	update(bytes: Uint8Array, times: number): void;
	digest(): Uint8Array;
}

export interface CryptoPort {
	/** @param algorithm 0 SHA-1, 1 SHA-256, 2 SHA-384, 3 SHA-512 */
	hash(algorithm: number): HashPort;
	/** The whole code. */
	hmac(algorithm: number, key: Uint8Array, bytes: Uint8Array): Uint8Array;
	/** AES, cipher feedback of 128 bits, in place. @param key 16, 24 or 32 bytes @param start 16 bytes */
	cfb(decrypt: boolean, key: Uint8Array, start: Uint8Array, bytes: Uint8Array): void;
}

export interface AuthProtocol {
	readonly name: string;
	/** For `CryptoPort`. */
	readonly hash: number;
	/** Bytes of a key. */
	readonly keyBytes: number;
	/** Bytes of the code in a message. */
	readonly codeBytes: number;
}

export interface PrivProtocol {
	readonly name: string;
	readonly keyBytes: number;
}

const auths: readonly AuthProtocol[] = Object.freeze([
	Object.freeze({ name: "SHA", hash: 0, keyBytes: 20, codeBytes: 12 }),
	Object.freeze({ name: "SHA-256", hash: 1, keyBytes: 32, codeBytes: 24 }),
	Object.freeze({ name: "SHA-384", hash: 2, keyBytes: 48, codeBytes: 32 }),
	Object.freeze({ name: "SHA-512", hash: 3, keyBytes: 64, codeBytes: 48 }),
]);

const privs: readonly PrivProtocol[] = Object.freeze([
	Object.freeze({ name: "AES", keyBytes: 16 }),
	Object.freeze({ name: "AES-192", keyBytes: 24 }),
	Object.freeze({ name: "AES-256", keyBytes: 32 }),
]);

function find<Protocol extends { name: string }>(list: readonly Protocol[], name: string): Protocol {
	const found = list.find((protocol) => protocol.name === name.toUpperCase());
	if (found !== undefined) return found;
	const known = list.map((protocol) => protocol.name).join(", ");
	throw new SNMPError("SNMP_PROTOCOL", 0, `one of ${known} wanted`);
}

/** @throws SNMPError SNMP_PROTOCOL */
export function authProtocol(name: string): AuthProtocol {
	return find(auths, name);
}

/** @throws SNMPError SNMP_PROTOCOL */
export function privProtocol(name: string): PrivProtocol {
	return find(privs, name);
}
