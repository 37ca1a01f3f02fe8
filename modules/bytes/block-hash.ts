// SPDX-License-Identifier: Apache-2.0
//
// What MD5 and SHA-256 share: input gathered into blocks of 64 bytes, padding with the length in bits, words to bytes.
// Sources: RFC 1321 sections 3.1 and 3.2; FIPS 180-4 section 5.1.1. Leaves out inputs of 2^53 bits and more.

const BLOCK = 64;

export interface BlockHashOptions {
	/** For errors. */
	name: string;
	/** Words of the state before the first block; as many come out. */
	start: readonly number[];
	/** Order of the bytes in the length and in the output. */
	littleEndian: boolean;
}

/** Hash of a stream: `update` any number of times, then `digest` once. */
export abstract class BlockHash {
	readonly #name: string;
	readonly #littleEndian: boolean;
	readonly #state: Int32Array;
	readonly #block = new Uint8Array(BLOCK);
	#held = 0;
	#length = 0;
	#done = false;

	constructor({ name, start, littleEndian }: BlockHashOptions) {
		this.#name = name;
		this.#littleEndian = littleEndian;
		this.#state = new Int32Array(start);
	}

	/** Takes the 64 bytes at `at` into `state`. */
	protected abstract compress(state: Int32Array, input: Uint8Array, at: number): void;

	/** @throws Error after `digest` */
	update(input: Uint8Array): void {
		if (this.#done) throw new Error(`${this.#name}: update after digest`);
		this.#length += input.length;
		let at = 0;
		if (this.#held > 0) {
			at = Math.min(BLOCK - this.#held, input.length);
			this.#block.set(input.subarray(0, at), this.#held);
			this.#held += at;
			if (this.#held < BLOCK) return;
			this.compress(this.#state, this.#block, 0);
			this.#held = 0;
		}
		for (; at + BLOCK <= input.length; at += BLOCK) this.compress(this.#state, input, at);
		if (at < input.length) {
			this.#block.set(input.subarray(at));
			this.#held = input.length - at;
		}
	}

	/**
	 * Ends the stream.
	 * @returns 4 bytes for each word of the state
	 * @throws Error when called twice
	 */
	digest(): Uint8Array {
		if (this.#done) throw new Error(`${this.#name}: digest after digest`);
		this.#done = true;
		this.pad();
		const output = new Uint8Array(4 * this.#state.length);
		const turn = this.#littleEndian ? 0 : 3;
		for (let i = 0; i < output.length; i++) output[i] = this.#state[i >> 2] >>> (8 * ((i & 3) ^ turn));
		return output;
	}

	private pad(): void {
		const block = this.#block;
		const state = this.#state;
		block[this.#held] = 0x80;
		block.fill(0, this.#held + 1);
		if (this.#held >= BLOCK - 8) {
			this.compress(state, block, 0);
			block.fill(0);
		}
		const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
		const low = (this.#length << 3) >>> 0;
		const high = Math.floor(this.#length / 0x20000000);
		view.setUint32(BLOCK - 8, this.#littleEndian ? low : high, this.#littleEndian);
		view.setUint32(BLOCK - 4, this.#littleEndian ? high : low, this.#littleEndian);
		this.compress(state, block, 0);
	}
}
