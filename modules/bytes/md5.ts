// SPDX-License-Identifier: Apache-2.0
//
// MD5 of a stream (RFC 1321), for HTTP and SIP Digest only: servers exist that know nothing else. No protection against a forger;
// whatever is to be trusted is hashed by sha256.ts.

import { BlockHash } from "./block-hash.js";

/** Section 3.4: 2^32 times the sine of 1 to 64, whole part. */
const SINES: readonly number[] = Object.freeze(
	[
		0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501, 0x698098d8,
		0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340,
		0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8, 0x21e1cde6, 0xc33707d6, 0xf4d50d87,
		0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c,
		0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039,
		0xe6db99e5, 0x1fa27cf8, 0xc4ac5665, 0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92,
		0xffeff47d, 0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb,
		0xeb86d391,
	].map((value) => value | 0), // as signed integers, which engines keep out of floating point
);

/** Left rotations of the four rounds, four each. */
const SHIFTS: readonly number[] = Object.freeze([7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]);

const START: readonly number[] = Object.freeze([0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]);

/** Steps of one block. */
const STEPS = 64;

/** Hash of a stream: `update` any number of times, then `digest` once, which gives 16 bytes. */
export class MD5 extends BlockHash {
	constructor() {
		super({ name: "MD5", start: START, littleEndian: true });
	}

	/** Section 3.4. */
	protected override compress(state: Int32Array, input: Uint8Array, at: number): void {
		let a = state[0];
		let b = state[1];
		let c = state[2];
		let d = state[3];
		for (let i = 0; i < STEPS; i++) {
			const round = i >> 4;
			const p = at + 4 * wordOf(round, i);
			const word = input[p] | (input[p + 1] << 8) | (input[p + 2] << 16) | (input[p + 3] << 24);
			const sum = (a + mix(round, b, c, d) + SINES[i] + word) | 0;
			const shift = SHIFTS[4 * round + (i & 3)];
			a = d;
			d = c;
			c = b;
			b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0;
		}
		state[0] = (state[0] + a) | 0;
		state[1] = (state[1] + b) | 0;
		state[2] = (state[2] + c) | 0;
		state[3] = (state[3] + d) | 0;
	}
}

/** Which of the 16 words of the block step `i` takes. */
function wordOf(round: number, i: number): number {
	if (round === 0) return i;
	if (round === 1) return (5 * i + 1) & 15;
	return (round === 2 ? 3 * i + 5 : 7 * i) & 15;
}

/** F, G, H and I of section 3.4. */
function mix(round: number, b: number, c: number, d: number): number {
	if (round === 0) return d ^ (b & (c ^ d));
	if (round === 1) return c ^ (d & (b ^ c));
	return round === 2 ? b ^ c ^ d : c ^ (b | ~d);
}

/** Hash of one buffer. @returns 16 bytes */
export function md5(input: Uint8Array): Uint8Array {
	const hash = new MD5();
	hash.update(input);
	return hash.digest();
}
