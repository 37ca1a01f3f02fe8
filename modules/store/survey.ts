// SPDX-License-Identifier: Apache-2.0
//
// First step of recovery: which block is the newest, which blocks belong to its log, and which must not be erased
// before a newer one stands. Reads 112 bytes of each block and writes nothing.

import * as format from "./format.js";
import { type BlockHeader } from "./format.js";
import { USE } from "./log.js";
import { type Medium } from "./medium.js";

const { BLOCK, TYPE, UNIT } = format;
const NONE = 0xffff;

/**
 * How far the opening of a block came. Each operation proves that the one before it was completed: with the first mark
 * the header and what was copied are stable, with the second the first mark is.
 */
export const TRUST = Object.freeze({ none: 0, header: 1, opened: 2, proven: 3 } as const);

/** The newest block that can be used. */
export interface Top {
	block: number;
	header: BlockHeader;
	/** Whether it is certain to be seen again at the next start. */
	proven: boolean;
}

export class Survey {
	/** Highest generation seen, used or not. */
	generation = 0;
	readonly #medium: Medium;
	readonly #payloadUnits: number;
	readonly #generations: Uint32Array;
	readonly #indexes: Uint32Array;
	readonly #trust: Uint8Array;
	readonly #bytes = new Uint8Array(BLOCK.payload);

	/** @throws StoreError STORE_FLASH */
	constructor(medium: Medium) {
		this.#medium = medium;
		this.#payloadUnits = (medium.blockLength - BLOCK.payload) / UNIT;
		this.#generations = new Uint32Array(medium.blocks);
		this.#indexes = new Uint32Array(medium.blocks);
		this.#trust = new Uint8Array(medium.blocks);
		for (let block = 0; block < medium.blocks; block++) this.look(block);
		this.countErases();
	}

	/** @returns `undefined` when no block holds a log */
	top(): Top | undefined {
		const block = this.newest(TRUST.opened);
		if (block === undefined) return undefined;
		const header = this.readHeader(block);
		if (header === undefined) {
			this.distrust(block);
			return this.top();
		}
		return { block, header, proven: this.#trust[block] === TRUST.proven };
	}

	/** A block whose content is not what its header says is not looked at again. */
	distrust(block: number): void {
		this.#trust[block] = TRUST.none;
	}

	/** @returns physical block by `index % blocks` for the log that ends in `top`, 0xFFFF where a block is lost */
	map(top: Top): Uint16Array {
		return this.chain(top.header.first, top.header.index, top.header.generation);
	}

	/**
	 * While the top is not proven, it may be gone at the next start: then the newest proven block counts again, and its
	 * log must still be there. Other unproven blocks are erased only when nothing else is left.
	 * @returns flags of USE by block
	 */
	guard(top: Top): Uint8Array {
		const use = new Uint8Array(this.#medium.blocks);
		const base = this.newest(TRUST.proven);
		const baseHeader = base === undefined ? undefined : this.readHeader(base);
		const baseGeneration = baseHeader?.generation ?? 0;
		for (let block = 0; block < use.length; block++) {
			const open = this.#trust[block] === TRUST.opened && this.#generations[block] > baseGeneration;
			if (open) use[block] = USE.doubtful;
		}
		if (base !== undefined && baseHeader !== undefined) {
			this.need(use, this.chain(baseHeader.first, baseHeader.index, baseGeneration));
			use[base] = USE.needed;
		}
		this.need(use, this.map(top));
		use[top.block] = USE.needed;
		return use;
	}

	private need(use: Uint8Array, map: Uint16Array): void {
		for (const block of map) if (block !== NONE) use[block] = USE.needed;
	}

	/** Of several proven blocks with one index the newest counts: the others were cut off or copied. */
	private chain(first: number, index: number, generation: number): Uint16Array {
		const map = new Uint16Array(this.#medium.blocks).fill(NONE);
		for (let block = 0; block < map.length; block++) {
			if (this.#trust[block] !== TRUST.proven || this.#generations[block] >= generation) continue;
			if (this.#indexes[block] < first || this.#indexes[block] >= index) continue;
			const slot = this.#indexes[block] % map.length;
			if (map[slot] === NONE || this.#generations[map[slot]] < this.#generations[block]) map[slot] = block;
		}
		return map;
	}

	/** Among equal generations the proven block counts: the other one's header was the last operation before a cut. */
	private newest(trust: number): number | undefined {
		let best: number | undefined;
		for (let block = 0; block < this.#trust.length; block++) {
			if (this.#trust[block] < trust) continue;
			const age = best === undefined ? -1 : this.#generations[best];
			const newer = this.#generations[block] > age;
			const surer = this.#generations[block] === age && this.#trust[block] > this.#trust[best ?? block];
			if (newer || surer) best = block;
		}
		return best;
	}

	private readHeader(block: number): BlockHeader | undefined {
		this.#medium.read(this.#bytes, block, BLOCK.header);
		return format.decodeHeader(this.#bytes, this.#medium.blocks, this.#payloadUnits);
	}

	private look(block: number): void {
		const header = this.readHeader(block);
		if (header === undefined) return;
		const bytes = this.#bytes;
		const generation = header.generation;
		this.#generations[block] = generation;
		this.#indexes[block] = header.index;
		this.#medium.erases[block] = header.erases;
		this.#medium.totalErases = Math.max(this.#medium.totalErases, header.totalErases);
		this.generation = Math.max(this.generation, generation);
		const first = format.isMark(bytes.subarray(BLOCK.firstMark, BLOCK.secondMark), TYPE.firstMark, generation);
		const second = format.isMark(bytes.subarray(BLOCK.secondMark, BLOCK.payload), TYPE.secondMark, generation);
		// The second mark was never begun before the first was complete.
		this.#trust[block] = second ? TRUST.proven : first ? TRUST.opened : TRUST.header;
	}

	/** A block without a header has lost its count: the blocks without share what the total says is missing. */
	private countErases(): void {
		let known = 0;
		let unknown = 0;
		for (let block = 0; block < this.#trust.length; block++) {
			if (this.#trust[block] === TRUST.none) unknown++;
			known += this.#medium.erases[block];
		}
		const missing = this.#medium.totalErases - known;
		if (missing <= 0 || unknown === 0) return;
		for (let block = 0; block < this.#trust.length; block++) {
			if (this.#trust[block] === TRUST.none) this.#medium.erases[block] = Math.floor(missing / unknown);
		}
	}
}
