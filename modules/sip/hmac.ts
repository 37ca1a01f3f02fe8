// SPDX-License-Identifier: Apache-2.0
//
// HMAC-SHA-256 for short texts. Source: RFC 2104 section 2.

import { SHA256 } from "../bytes/sha256.js";

const blockBytes = 64;

function padded(key: Uint8Array, value: number): Uint8Array {
	const block = new Uint8Array(blockBytes).fill(value);
	for (let i = 0; i < key.length; i++) block[i] ^= key[i];
	return block;
}

/** @param key at most 64 bytes. @returns 32 bytes */
export function hmacSHA256(key: Uint8Array, data: Uint8Array): Uint8Array {
	const inner = new SHA256();
	inner.update(padded(key, 0x36));
	inner.update(data);
	const outer = new SHA256();
	outer.update(padded(key, 0x5c));
	outer.update(inner.digest());
	return outer.digest();
}
