// SPDX-License-Identifier: Apache-2.0
//
// XOR of many bytes, four at a time where the buffer allows: the checksum runs over every byte of an image.

/** Below this a view costs more than it saves. */
const SHORT = 64;

/**
 * @param value 0 to 255, what came before
 * @returns `value` XOR all bytes, 0 to 255
 */
export function xorBytes(bytes: Uint8Array, value: number): number {
	let sum = value;
	let at = 0;
	if (bytes.length >= SHORT) {
		const head = -bytes.byteOffset & 3;
		while (at < head) sum ^= bytes[at++];
		const words = new Uint32Array(bytes.buffer, bytes.byteOffset + head, (bytes.length - head) >> 2);
		let word = 0;
		for (let i = 0; i < words.length; i++) word ^= words[i];
		sum ^= (word ^ (word >>> 8) ^ (word >>> 16) ^ (word >>> 24)) & 0xff;
		at += words.length * 4;
	}
	while (at < bytes.length) sum ^= bytes[at++];
	return sum;
}
