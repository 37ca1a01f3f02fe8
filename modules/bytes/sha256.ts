// SPDX-License-Identifier: Apache-2.0
//
// SHA-256, streaming (FIPS 180-4 section 6.2). 32-bit integer operations, no allocation per block.

import { BlockHash } from "./block-hash.js";

const ROUNDS: readonly number[] = Object.freeze(
	[
		0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
		0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
		0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
		0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
		0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
		0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
		0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
		0xc67178f2,
	].map((value) => value | 0), // as signed integers, which engines keep out of floating point
);

const START: readonly number[] = Object.freeze([
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

/** Words of the message schedule, and rounds. */
const WORDS = 64;

/** Hash of a stream: `update` any number of times, then `digest` once, which gives 32 bytes. */
export class SHA256 extends BlockHash {
	readonly #words = new Int32Array(WORDS);

	constructor() {
		super({ name: "SHA256", start: START, littleEndian: false });
	}

	/** Section 6.2.2, steps 1 to 4. */
	protected override compress(state: Int32Array, input: Uint8Array, at: number): void {
		const words = this.#words;
		schedule(words, input, at);
		let a = state[0];
		let b = state[1];
		let c = state[2];
		let d = state[3];
		let e = state[4];
		let f = state[5];
		let g = state[6];
		let h = state[7];
		for (let i = 0; i < WORDS; i++) {
			const big1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
			const t1 = (h + big1 + (g ^ (e & (f ^ g))) + ROUNDS[i] + words[i]) | 0;
			const big0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
			const t2 = (big0 + ((a & b) | (c & (a | b)))) | 0;
			h = g;
			g = f;
			f = e;
			e = (d + t1) | 0;
			d = c;
			c = b;
			b = a;
			a = (t1 + t2) | 0;
		}
		state[0] = (state[0] + a) | 0;
		state[1] = (state[1] + b) | 0;
		state[2] = (state[2] + c) | 0;
		state[3] = (state[3] + d) | 0;
		state[4] = (state[4] + e) | 0;
		state[5] = (state[5] + f) | 0;
		state[6] = (state[6] + g) | 0;
		state[7] = (state[7] + h) | 0;
	}
}

/** Message schedule of one block (section 6.2.2, step 1). */
function schedule(words: Int32Array, input: Uint8Array, at: number): void {
	for (let i = 0, p = at; i < 16; i++, p += 4) {
		words[i] = (input[p] << 24) | (input[p + 1] << 16) | (input[p + 2] << 8) | input[p + 3];
	}
	for (let i = 16; i < WORDS; i++) {
		const x = words[i - 15];
		const y = words[i - 2];
		const small0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
		const small1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
		words[i] = (words[i - 16] + small0 + words[i - 7] + small1) | 0;
	}
}

/** Hash of one buffer. @returns 32 bytes */
export function sha256(input: Uint8Array): Uint8Array {
	const hash = new SHA256();
	hash.update(input);
	return hash.digest();
}
