// SPDX-License-Identifier: Apache-2.0
//
// CRC-16 of XMODEM (polynomial 0x1021, most significant bit first, begins with 0). A table of 16 entries, two steps a byte.
// Source: "XMODEM/YMODEM Protocol Reference" (Forsberg, 1988) section 8.1.

const nibbles: readonly number[] = Object.freeze([
	0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50a5, 0x60c6, 0x70e7, 0x8108, 0x9129, 0xa14a, 0xb16b, 0xc18c, 0xd1ad,
	0xe1ce, 0xf1ef,
]);

/** @returns 0 to 0xFFFF; 0 for bytes that end with their own CRC, high byte first */
export function crc16(bytes: Uint8Array): number {
	let crc = 0;
	for (let i = 0; i < bytes.length; i++) {
		const byte = bytes[i];
		crc = ((crc << 4) & 0xffff) ^ nibbles[(crc >>> 12) ^ (byte >>> 4)];
		crc = ((crc << 4) & 0xffff) ^ nibbles[(crc >>> 12) ^ (byte & 15)];
	}
	return crc;
}
