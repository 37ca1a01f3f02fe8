// SPDX-License-Identifier: Apache-2.0
//
// The log: one endless sequence of bytes laid over blocks that are opened, filled in order and given back.
// Opening is the only way a block changes hands, and the only cure for a doubtful tail: what is good of a block is
// copied into a fresh one. Knows nothing of records; DESIGN.md says why the order of operations is as it is.

import { crc32 } from "../bytes/crc32.js";
import { BlockFailure, StoreError } from "./error.js";
import * as format from "./format.js";
import { type BlockHeader } from "./format.js";
import { type Medium } from "./medium.js";

const { BLOCK, NO_ENTRY, PAGE, TYPE, UNIT } = format;
/** No block holds this place of the log: its header was lost. */
const NONE = 0xffff;

/** Blocks that must not be erased while a recovery is under way. */
export const USE = Object.freeze({ free: 0, needed: 1, doubtful: 2 } as const);

/** Bytes that a block takes over when it is opened. */
interface Source {
	block: number;
	length: number;
	/** CRC-32 that the bytes must have; absent when they are known to be stable. */
	crc?: number;
	/** The bytes end in the two ends of a commit, which are made anew. */
	sealed: boolean;
}

export class Log {
	readonly medium: Medium;
	/** Bytes of the log in one block. */
	readonly payload: number;
	/** Lowest index still wanted; what was released before is free once the next block is open. */
	first = 0;
	/** Index of the block being written, or `undefined` before the first. */
	head: number | undefined;
	/** Position after the last complete commit. */
	tail = 0;
	/** Whether the bytes before `tail` are the two ends of a commit. */
	sealed = false;
	/** Generation of the newest block. */
	generation = 0;
	/** Flags of USE by block while recovery runs. */
	guard: Uint8Array | undefined;
	#recordedFirst = 0;
	#map: Uint16Array;
	#open = false;
	#position = 0;
	#entryStart = 0;
	#entryEnd = 0;
	#filled = 0;
	readonly #page = new Uint8Array(PAGE);

	constructor(medium: Medium) {
		this.medium = medium;
		this.payload = medium.blockLength - BLOCK.payload;
		this.#map = new Uint16Array(medium.blocks).fill(NONE);
	}

	/** Position after the last block. */
	get end(): number {
		return this.head === undefined ? 0 : (this.head + 1) * this.payload;
	}

	get position(): number {
		return this.#position;
	}

	/** Blocks between the oldest wanted one and the head. */
	get length(): number {
		return this.head === undefined ? 0 : this.head - this.first + 1;
	}

	/** Blocks that are free, or will be as soon as the next block is open. */
	get freeBlocks(): number {
		return this.medium.blocks - this.medium.badBlocks - this.length;
	}

	/**
	 * Takes over what recovery found.
	 * @param map physical block by `index % blocks`; NONE (0xFFFF) where there is none
	 */
	adopt(header: BlockHeader, block: number, map: Uint16Array): void {
		this.first = header.first;
		this.#recordedFirst = header.first;
		this.head = header.index;
		this.#map = map;
		this.#map[header.index % this.medium.blocks] = block;
		this.#open = false;
	}

	/** @returns `undefined` when the block is lost or its header damaged */
	header(index: number): BlockHeader | undefined {
		const block = this.#map[index % this.medium.blocks];
		if (block === NONE) return undefined;
		const bytes = new Uint8Array(format.HEADER_LENGTH);
		this.medium.read(bytes, block, BLOCK.header);
		const header = format.decodeHeader(bytes, this.medium.blocks, this.payload / UNIT);
		return header?.index === index ? header : undefined;
	}

	/** @returns position of the first entry that starts in block `index` or after it, or `end` */
	entryFrom(index: number): number {
		for (let at = index; this.head !== undefined && at <= this.head; at++) {
			const header = this.header(at);
			if (header && header.entry !== NO_ENTRY) return at * this.payload + header.entry * UNIT;
		}
		return this.end;
	}

	/** Fills `target` from `position` on, over block borders. @returns whether all blocks are there */
	read(target: Uint8Array, position: number): boolean {
		let done = 0;
		while (done < target.length) {
			const index = Math.floor((position + done) / this.payload);
			if (this.head === undefined || index < this.#recordedFirst || index > this.head) return false;
			const block = this.#map[index % this.medium.blocks];
			if (block === NONE) return false;
			const offset = position + done - index * this.payload;
			const count = Math.min(target.length - done, this.payload - offset);
			this.medium.read(target.subarray(done, done + count), block, BLOCK.payload + offset);
			done += count;
		}
		return true;
	}

	/** Makes the log writable at `tail`. What follows `tail` on flash is left behind for good. */
	open(): void {
		if (this.#open) return;
		const head = this.head;
		if (head === undefined) {
			this.openBlock(0, 0, undefined);
		} else {
			const index = Math.min(head, Math.floor(this.tail / this.payload));
			const block = this.#map[index % this.medium.blocks];
			const length = this.tail - index * this.payload;
			const entry = this.header(index)?.entry ?? NO_ENTRY;
			this.openBlock(index, entry, block === NONE ? undefined : { block, length, sealed: this.sealed });
		}
		this.#position = this.tail;
		this.#filled = 0;
		this.#open = true;
	}

	/**
	 * Copies the head, of which nothing is certain but its CRC, into a fresh block.
	 * @returns `false` when the CRC is wrong
	 */
	carry(header: BlockHeader): boolean {
		const block = this.#map[header.index % this.medium.blocks];
		const source = { block, length: header.prefix * UNIT, crc: header.prefixCRC, sealed: false };
		return this.openBlock(header.index, header.entry, source);
	}

	/** Gives up what was written after `tail`; the next `open` starts there in a fresh block. */
	abandon(): void {
		this.#open = false;
	}

	/** What was written up to here is a complete commit. */
	seal(): void {
		this.tail = this.#position;
		this.sealed = true;
	}

	/** Announces the next entry: a block opened within it must know where it ends. */
	startEntry(length: number): void {
		this.#entryStart = this.#position;
		this.#entryEnd = this.#position + length;
	}

	/** Appends bytes; full pages are programmed at once, the rest by `flush`. @throws BlockFailure, StoreError */
	put(bytes: Uint8Array): void {
		let done = 0;
		while (done < bytes.length) {
			if (this.#position === this.end) this.openNext();
			const offset = this.#position % this.payload;
			const room = Math.min(PAGE - ((BLOCK.payload + offset) % PAGE), this.payload - offset);
			const count = Math.min(room, bytes.length - done);
			this.#page.set(bytes.subarray(done, done + count), this.#filled);
			this.#filled += count;
			this.#position += count;
			done += count;
			if (count === room) this.flush();
		}
	}

	flush(): void {
		if (this.#filled === 0 || this.head === undefined) return;
		const start = this.#position - this.#filled - this.head * this.payload;
		const bytes = this.#page.subarray(0, this.#filled);
		this.#filled = 0;
		this.medium.program(bytes, this.#map[this.head % this.medium.blocks], BLOCK.payload + start);
	}

	private openNext(): void {
		const index = this.head === undefined ? 0 : this.head + 1;
		const start = index * this.payload;
		let entry = 0;
		if (this.#entryStart !== start) {
			entry = this.#entryEnd < start + this.payload ? (this.#entryEnd - start) / UNIT : NO_ENTRY;
		}
		this.openBlock(index, entry, undefined);
	}

	/** Tries free blocks until one takes header and copy. @returns `false` when the source has not the CRC it must have */
	private openBlock(index: number, entry: number, source: Source | undefined): boolean {
		for (;;) {
			const block = this.allocate();
			this.generation++;
			try {
				this.medium.erase(block);
				const prefixCRC = source === undefined ? 0 : this.copy(source, block, index);
				if (source?.crc !== undefined && source.crc !== prefixCRC) return false;
				const prefix = source === undefined ? 0 : source.length / UNIT;
				this.writeHeader(block, { index, entry, prefix, prefixCRC });
			} catch (error) {
				if (!(error instanceof BlockFailure)) throw error;
				this.medium.markBad(block);
				continue;
			}
			this.#map[index % this.medium.blocks] = block;
			this.head = index;
			this.#recordedFirst = this.first;
			this.guard = undefined;
			return true;
		}
	}

	/** Copies page by page. @returns CRC-32 of what was copied */
	private copy(source: Source, block: number, index: number): number {
		let crc = 0;
		let offset = 0;
		while (offset < source.length) {
			const room = PAGE - ((BLOCK.payload + offset) % PAGE);
			const bytes = this.#page.subarray(0, Math.min(room, source.length - offset));
			this.medium.read(bytes, source.block, BLOCK.payload + offset);
			if (source.sealed) this.remakeEnds(bytes, offset, source.length, index);
			this.medium.program(bytes, block, BLOCK.payload + offset);
			crc = crc32(bytes, crc);
			offset += bytes.length;
		}
		return crc;
	}

	/** The last operation before a power cut may have been one of the two ends: their bytes are not taken on trust. */
	private remakeEnds(bytes: Uint8Array, offset: number, length: number, index: number): void {
		for (const [back, type] of [
			[2 * UNIT, TYPE.firstEnd],
			[UNIT, TYPE.secondEnd],
		]) {
			const at = length - back;
			if (at < offset || at >= offset + bytes.length) continue;
			const unit = (index * this.payload + at) / UNIT;
			bytes.set(format.encodeMark(type, unit), at - offset);
		}
	}

	private writeHeader(block: number, part: Pick<BlockHeader, "index" | "entry" | "prefix" | "prefixCRC">): void {
		const medium = this.medium;
		const header = {
			...part,
			generation: this.generation,
			first: this.first,
			erases: medium.erases[block],
			totalErases: medium.totalErases,
			bad: medium.badBitmap(),
		};
		medium.program(format.encodeHeader(header, this.payload / UNIT), block, BLOCK.header);
		medium.program(format.encodeMark(TYPE.firstMark, this.generation), block, BLOCK.firstMark);
		medium.program(format.encodeMark(TYPE.secondMark, this.generation), block, BLOCK.secondMark);
	}

	/** The free block with the fewest erases. @throws StoreError STORE_WORN when there is none */
	private allocate(): number {
		const use = this.guard ?? this.inUse();
		for (const wanted of [USE.free, USE.doubtful]) {
			let best: number | undefined;
			for (let block = 0; block < this.medium.blocks; block++) {
				if (use[block] !== wanted || this.medium.isBad(block)) continue;
				if (best === undefined || this.medium.erases[block] < this.medium.erases[best]) best = block;
			}
			if (best !== undefined) return best;
		}
		if (this.medium.forgiveBad()) return this.allocate();
		throw new StoreError("STORE_WORN", "no usable block is left");
	}

	private inUse(): Uint8Array {
		const use = new Uint8Array(this.medium.blocks);
		for (let index = this.#recordedFirst; this.head !== undefined && index <= this.head; index++) {
			const block = this.#map[index % this.medium.blocks];
			if (block !== NONE) use[block] = USE.needed;
		}
		return use;
	}
}
