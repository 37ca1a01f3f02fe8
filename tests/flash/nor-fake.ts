// SPDX-License-Identifier: Apache-2.0
//
// A NOR flash partition in memory: bits only fall, erase by block, erases counted per block, and a power cut at the n-th
// program or erase (before it, after it, or torn within it). Leaves out timing and weak bits.

import type { Flash, FlashStatus } from "../../modules/ecma419/flash.js";

export const BLOCK = 4096;

export class PowerCut extends Error {}

export interface Cut {
	/** Programs and erases that still happen before the cut. */
	operations: number;
	/** How much of the operation happens: 0 nothing, 1 all, between: a prefix. */
	part: number;
}

export class NORFake implements Flash {
	readonly bytes: Uint8Array;
	/** Erases of each block. */
	readonly wear: number[];
	/** One line an operation: `erase 0-16`, `write 4096+28`. */
	readonly log: string[] = [];
	cut: Cut | undefined;
	/** Addresses whose bits stay at 0 whatever is erased. */
	readonly stuck = new Set<number>();

	constructor(size: number, content?: Uint8Array) {
		this.bytes = new Uint8Array(size).fill(0xff);
		if (content !== undefined) this.bytes.set(content);
		this.wear = new Array<number>(size / BLOCK).fill(0);
	}

	read(byteLength: number, byteOffset: number): ArrayBuffer;
	read(buffer: Uint8Array, byteOffset: number): number;
	read(target: number | Uint8Array, byteOffset: number): ArrayBuffer | number {
		const length = typeof target === "number" ? target : target.length;
		this.#inside(byteOffset, length);
		const part = this.bytes.slice(byteOffset, byteOffset + length);
		if (typeof target === "number") return part.buffer;
		target.set(part);
		return length;
	}

	write(buffer: Uint8Array, byteOffset: number): void {
		this.#inside(byteOffset, buffer.length);
		for (let i = 0; i < buffer.length; i++) {
			const at = byteOffset + i;
			if ((buffer[i] ?? 0) & ~this.#at(at) && !this.stuck.has(at)) throw new Error("a bit would rise");
		}
		this.#operate(`write ${byteOffset}+${buffer.length}`, buffer.length, (count) => {
			for (let i = 0; i < count; i++) this.bytes[byteOffset + i] = this.#at(byteOffset + i) & (buffer[i] ?? 0);
		});
	}

	eraseBlock(start: number, end = start + 1): void {
		if (!(start >= 0 && end > start)) throw new Error("erase range");
		this.#inside(start * BLOCK, (end - start) * BLOCK);
		this.#operate(`erase ${start}-${end}`, (end - start) * BLOCK, (count) => {
			this.bytes.fill(0xff, start * BLOCK, start * BLOCK + count);
			for (const address of this.stuck) this.bytes[address] = 0;
			for (let block = start; block * BLOCK < start * BLOCK + count; block++)
				this.wear[block] = (this.wear[block] ?? 0) + 1;
		});
	}

	status(): FlashStatus {
		return { size: this.bytes.length, blockLength: BLOCK, blocks: this.bytes.length / BLOCK };
	}

	close(): void {}

	#at(offset: number): number {
		return this.bytes[offset] ?? 0;
	}

	#inside(offset: number, length: number): void {
		if (!(offset >= 0 && offset + length <= this.bytes.length)) throw new Error(`range ${offset}+${length}`);
	}

	#operate(line: string, length: number, action: (count: number) => void): void {
		this.log.push(line);
		if (this.cut !== undefined && this.log.length > this.cut.operations) {
			action(Math.floor(length * this.cut.part));
			throw new PowerCut(`at ${line}`);
		}
		action(length);
	}
}
