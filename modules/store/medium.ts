// SPDX-License-Identifier: Apache-2.0
//
// The blocks of the partition: read, checked erase, checked program, count of erases, bad blocks.
// Knows nothing of the log. A block that does not take an operation is a BlockFailure; a flash that does not answer at
// all is STORE_FLASH.

import { isFilled, isPart } from "../bytes/bulk.js";
import type { Flash } from "../ecma419/flash.js";
import { BlockFailure, StoreError } from "./error.js";
import { MAX_BLOCKS } from "./format.js";

/** What is looked at, at a time, after it was written. A divisor of a page; a whole one would be held for it all the time. */
const checkBytes = 64;

/** Why a block is not used. Inherited marks come from an earlier start and are given another chance in need. */
const BAD = Object.freeze({ no: 0, inherited: 1, now: 2 } as const);

export class Medium {
	readonly blocks: number;
	readonly blockLength: number;
	/** Erases of each block as far as known. */
	readonly erases: Uint32Array;
	/** Erases of all blocks since the partition was first used. */
	totalErases = 0;
	readonly #flash: Flash;
	/** Marks of blocks; made with the first one. */
	#bad: Uint8Array | undefined;
	/** Marks in it: asked for at each commit. */
	#badBlocks = 0;
	readonly #check: Uint8Array;

	/** @throws StoreError STORE_FLASH when the flash does not tell its size */
	constructor(flash: Flash) {
		this.#flash = flash;
		const status = this.guard("status", () => flash.status());
		this.blocks = Math.min(MAX_BLOCKS, status.blocks);
		this.blockLength = status.blockLength;
		this.erases = new Uint32Array(this.blocks);
		this.#check = new Uint8Array(checkBytes);
	}

	get badBlocks(): number {
		return this.#badBlocks;
	}

	isBad(block: number): boolean {
		return this.markOf(block) !== BAD.no;
	}

	markBad(block: number): void {
		this.mark(block, BAD.now);
	}

	private markOf(block: number): number {
		return this.#bad?.[block] ?? BAD.no;
	}

	private mark(block: number, mark: number): void {
		if (this.markOf(block) !== BAD.no) this.#badBlocks--;
		if (mark !== BAD.no) this.#badBlocks++;
		this.#bad ??= new Uint8Array(this.blocks);
		this.#bad[block] = mark;
	}

	/** @returns one bit a block, MAX_BLOCKS bits */
	badBitmap(): Uint8Array {
		const bitmap = new Uint8Array(MAX_BLOCKS / 8);
		for (let block = 0; block < this.blocks; block++) {
			if (this.isBad(block)) bitmap[block >> 3] |= 1 << (block & 7);
		}
		return bitmap;
	}

	inheritBad(bitmap: Uint8Array): void {
		for (let block = 0; block < this.blocks; block++) {
			const bit = (bitmap[block >> 3] >> (block & 7)) & 1;
			if (bit === 1 && this.markOf(block) === BAD.no) this.mark(block, BAD.inherited);
		}
	}

	/** Gives blocks that failed before the last start another chance. @returns whether there were any */
	forgiveBad(): boolean {
		let any = false;
		for (let block = 0; block < this.blocks; block++) {
			if (this.markOf(block) !== BAD.inherited) continue;
			this.mark(block, BAD.no);
			any = true;
		}
		return any;
	}

	/** Fills `target` from `offset` of `block`. @throws StoreError STORE_FLASH */
	read(target: Uint8Array, block: number, offset: number): void {
		const at = block * this.blockLength + offset;
		const count = this.guard("read", () => this.#flash.read(target, at));
		if (count !== target.length) throw new StoreError("STORE_FLASH", `read ${count} of ${target.length} bytes`);
	}

	/** Erases `block` and looks at all of it. @throws BlockFailure, StoreError STORE_FLASH */
	erase(block: number): void {
		this.erases[block]++;
		this.totalErases++;
		try {
			this.#flash.eraseBlock(block);
		} catch (error) {
			this.fail(block, "erase failed", error);
		}
		for (let offset = 0; offset < this.blockLength; offset += checkBytes) {
			this.read(this.#check, block, offset);
			if (!isFilled(this.#check, 0xff)) this.fail(block, "not erased");
		}
	}

	/**
	 * Programs bytes within one page and reads them back.
	 * @throws BlockFailure, StoreError STORE_FLASH
	 */
	program(bytes: Uint8Array, block: number, offset: number): void {
		try {
			this.#flash.write(bytes, block * this.blockLength + offset);
		} catch (error) {
			this.fail(block, "program failed", error);
		}
		// A second look, since the block is given up when a read alone went wrong.
		if (!this.holds(bytes, block, offset) && !this.holds(bytes, block, offset)) {
			this.fail(block, "read back differs");
		}
	}

	private holds(bytes: Uint8Array, block: number, offset: number): boolean {
		for (let done = 0; done < bytes.length; done += checkBytes) {
			const check = this.#check.subarray(0, Math.min(checkBytes, bytes.length - done));
			this.read(check, block, offset + done);
			if (!isPart(check, bytes, done)) return false;
		}
		return true;
	}

	/** Tells a block that fails from a flash that is gone: the latter does not answer to a read either. */
	private fail(block: number, message: string, cause?: unknown): never {
		this.read(this.#check.subarray(0, 1), block, 0);
		throw new BlockFailure(block, `block ${block}: ${message}`, cause);
	}

	private guard<T>(what: string, action: () => T): T {
		try {
			return action();
		} catch (error) {
			throw new StoreError("STORE_FLASH", `flash ${what} failed`, error);
		}
	}
}
