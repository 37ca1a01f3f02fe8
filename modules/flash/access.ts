// SPDX-License-Identifier: Apache-2.0
//
// Flash calls with our error around the driver's, and comparison of flash with memory through a small buffer.

import type { Flash } from "../ecma419/flash.js";
import { FlashError } from "./error.js";

/** Bytes read at a time for a comparison. */
const COMPARE_LENGTH = 512;

function guarded<T>(what: string, offset: number, action: () => T): T {
	try {
		return action();
	} catch (cause) {
		throw new FlashError("FLASH_IO", `flash ${what} failed at 0x${offset.toString(16)}`, { offset, cause });
	}
}

/** Reads, programs, erases and compares; each failure is FLASH_IO with the driver's error as cause. */
export class FlashAccess {
	readonly #flash: Flash;
	readonly #buffer = new Uint8Array(COMPARE_LENGTH);
	readonly #words = new Uint32Array(this.#buffer.buffer);
	/** Partition size, bytes. */
	readonly size: number;
	/** Erase unit, bytes. */
	readonly blockLength: number;

	/** @throws FlashError FLASH_IO, FLASH_GEOMETRY */
	constructor(flash: Flash) {
		this.#flash = flash;
		const { size, blockLength } = guarded("status", 0, () => flash.status());
		if (blockLength % COMPARE_LENGTH !== 0 || blockLength === 0 || size < blockLength) {
			throw new FlashError("FLASH_GEOMETRY", `${size} bytes in blocks of ${blockLength}`);
		}
		this.size = size;
		this.blockLength = blockLength;
	}

	/** Fills `buffer`. @throws FlashError FLASH_IO */
	read(buffer: Uint8Array, offset: number): void {
		guarded("read", offset, () => this.#flash.read(buffer, offset));
	}

	/** @throws FlashError FLASH_IO */
	program(buffer: Uint8Array, offset: number): void {
		guarded("write", offset, () => this.#flash.write(buffer, offset));
	}

	/** @param start first block @param end block after the last @throws FlashError FLASH_IO */
	erase(start: number, end: number): void {
		guarded("erase", start * this.blockLength, () => this.#flash.eraseBlock(start, end));
	}

	/**
	 * Compares flash with whole 512-byte pieces of memory.
	 * @param words expected content, a multiple of 128 words
	 * @returns position of the first piece that differs, or `undefined` when all is equal
	 * @throws FlashError FLASH_IO
	 */
	firstDifference(words: Uint32Array, offset: number): number | undefined {
		const step = this.#words.length;
		for (let at = 0; at < words.length; at += step) {
			this.read(this.#buffer, offset + at * 4);
			for (let i = 0; i < step; i++) if (this.#words[i] !== words[at + i]) return offset + at * 4;
		}
		return undefined;
	}
}
