// SPDX-License-Identifier: Apache-2.0
//
// Repeatable random numbers for generated tests: the same seed gives the same sequence under Node and XS.
// Not for secrets. Source: Marsaglia, "Xorshift RNGs" (the 32-bit triple 13, 17, 5), with a mixed seed.

export class Random {
	readonly seed: number;
	#state: number;

	/** @param seed any number; its low 32 bits count */
	constructor(seed: number) {
		this.seed = seed >>> 0;
		// Neighbouring seeds must not give alike sequences, and the state must not be 0.
		let mixed = Math.imul(this.seed ^ (this.seed >>> 16), 0x45d9f3b) >>> 0;
		mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b) >>> 0;
		this.#state = (mixed ^ (mixed >>> 16)) >>> 0 || 0x9e3779b9;
	}

	/** @returns a whole number, 0 to 2^32 - 1 */
	next(): number {
		let x = this.#state;
		x ^= x << 13;
		x ^= x >>> 17;
		x ^= x << 5;
		this.#state = x >>> 0;
		return this.#state;
	}

	/** @returns a whole number, 0 to limit - 1; limit is 1 to 2^32 */
	below(limit: number): number {
		return Math.floor((this.next() / 0x100000000) * limit);
	}

	/** @returns `length` random bytes */
	bytes(length: number): Uint8Array {
		const bytes = new Uint8Array(length);
		// As `next`, in one loop: this is asked for many.
		let x = this.#state;
		for (let i = 0; i < length; i++) {
			x ^= x << 13;
			x ^= x >>> 17;
			x ^= x << 5;
			bytes[i] = x >>> 24;
		}
		this.#state = x >>> 0;
		return bytes;
	}

	/** @returns one item of a list that is not empty */
	pick<T>(list: readonly T[]): T {
		return list[this.below(list.length)] as T;
	}
}
