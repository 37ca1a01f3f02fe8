// SPDX-License-Identifier: Apache-2.0
//
// CRC-32 of zlib, PNG and Ethernet (polynomial 0xEDB88320 reflected, initial and final inversion).
// A table of 16 entries: 64 bytes instead of 1 KB, two steps a byte. Source: ISO/IEC 8802-3 section 3.2.9; RFC 1952 section 8.

const NIBBLES: readonly number[] = Object.freeze([
	0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c, 0xedb88320,
	0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
]);

/**
 * @param bytes input
 * @param previous result for what came before, so that `crc32(b, crc32(a))` is the CRC of `a` followed by `b` (default 0)
 * @returns 0 to 0xFFFFFFFF; equals zlib's `crc32(previous, bytes)`. ESP-IDF's otadata uses `crc32(bytes, 0xFFFFFFFF)`
 */
export function crc32(bytes: Uint8Array, previous = 0): number {
	let crc = ~previous;
	for (let i = 0; i < bytes.length; i++) {
		crc ^= bytes[i];
		crc = (crc >>> 4) ^ NIBBLES[crc & 15];
		crc = (crc >>> 4) ^ NIBBLES[crc & 15];
	}
	return ~crc >>> 0;
}
