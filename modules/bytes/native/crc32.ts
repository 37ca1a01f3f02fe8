// SPDX-License-Identifier: Apache-2.0
//
// modules/bytes/crc32.ts in C, in its place and with its interface: each record of the store has one.

/**
 * @param bytes input
 * @param previous result for what came before, so that `crc32(b, crc32(a))` is the CRC of `a` followed by `b` (default 0)
 * @returns 0 to 0xFFFFFFFF; equals zlib's `crc32(previous, bytes)`. ESP-IDF's otadata uses `crc32(bytes, 0xFFFFFFFF)`
 */
export function crc32(this: unknown, bytes: Uint8Array, previous?: number): number {
	return native("xs_bytes_crc32").call(this, bytes, previous);
}
