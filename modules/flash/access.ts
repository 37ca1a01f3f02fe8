// SPDX-License-Identifier: Apache-2.0
//
// Flash calls with our error around the driver's, and comparison of flash with memory through a small buffer.

import { isPart } from "../bytes/bulk.js";
import type { Flash } from "../ecma419/flash.js";
import { FlashError } from "./error.js";

/** Bytes read at a time for a comparison, unless the caller says otherwise. */
const COMPARE_LENGTH = 1024;

function failed(what: string, offset: number, cause: unknown): FlashError {
	return new FlashError("FLASH_IO", `flash ${what} failed at 0x${offset.toString(16)}`, { offset, cause });
}

function statusOf(flash: Flash): ReturnType<Flash["status"]> {
	try {
		return flash.status();
	} catch (cause) {
		throw failed("status", 0, cause);
	}
}

/** Reads, programs, erases and compares; each failure is FLASH_IO with the driver's error as cause. */
export class FlashAccess {
	readonly #flash: Flash;
	readonly #compareLength: number;
	/** Made by the first comparison. */
	#compared: Uint8Array | undefined;
	/** Partition size, bytes. */
	readonly size: number;
	/** Erase unit, bytes. */
	readonly blockLength: number;

	/** @param compareLength bytes of the buffer for comparisons, which a block is a multiple of @throws FlashError FLASH_IO, FLASH_GEOMETRY */
	constructor(flash: Flash, compareLength = COMPARE_LENGTH) {
		this.#flash = flash;
		this.#compareLength = compareLength;
		const { size, blockLength } = statusOf(flash);
		if (blockLength % compareLength !== 0 || blockLength === 0 || size < blockLength) {
			throw new FlashError("FLASH_GEOMETRY", `${size} bytes in blocks of ${blockLength}`);
		}
		this.size = size;
		this.blockLength = blockLength;
	}

	/** Fills `buffer`. @throws FlashError FLASH_IO */
	read(buffer: Uint8Array, offset: number): void {
		try {
			this.#flash.read(buffer, offset);
		} catch (cause) {
			throw failed("read", offset, cause);
		}
	}

	/** @throws FlashError FLASH_IO */
	program(buffer: Uint8Array, offset: number): void {
		try {
			this.#flash.write(buffer, offset);
		} catch (cause) {
			throw failed("write", offset, cause);
		}
	}

	/** @param start first block @param end block after the last @throws FlashError FLASH_IO */
	erase(start: number, end: number): void {
		try {
			this.#flash.eraseBlock(start, end);
		} catch (cause) {
			throw failed("erase", start * this.blockLength, cause);
		}
	}

	/**
	 * Compares flash with whole pieces of memory.
	 * @param bytes expected content, a multiple of the compare length
	 * @returns position of the first piece that differs, or `undefined` when all is equal
	 * @throws FlashError FLASH_IO
	 */
	firstDifference(bytes: Uint8Array, offset: number): number | undefined {
		const step = this.#compareLength;
		const buffer = (this.#compared ??= new Uint8Array(step));
		const { length } = bytes;
		for (let at = 0; at < length; at += step) {
			this.read(buffer, offset + at);
			if (!isPart(buffer, bytes, at)) return offset + at;
		}
		return undefined;
	}
}
