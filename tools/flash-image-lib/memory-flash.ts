// SPDX-License-Identifier: Apache-2.0
//
// A partition of a flash file that is being made, with the interface of `embedded:storage/flash`, so that the firmware's
// own modules write its records. Bits only fall here too.

import type { Flash, FlashStatus } from "../../modules/ecma419/flash.js";

const BLOCK_LENGTH = 4096;

export class MemoryFlash implements Flash {
	readonly #bytes: Uint8Array;

	constructor(bytes: Uint8Array) {
		this.#bytes = bytes;
	}

	#range(offset: number, length: number): Uint8Array {
		if (!(offset >= 0 && length >= 0 && offset + length <= this.#bytes.length))
			throw new Error("outside the partition");
		return this.#bytes.subarray(offset, offset + length);
	}

	read(byteLength: number, byteOffset: number): ArrayBuffer;
	read(buffer: Uint8Array, byteOffset: number): number;
	read(target: number | Uint8Array, byteOffset: number): ArrayBuffer | number {
		const buffer = typeof target === "number" ? new Uint8Array(target) : target;
		buffer.set(this.#range(byteOffset, buffer.length));
		return typeof target === "number" ? (buffer.buffer as ArrayBuffer) : buffer.length;
	}

	write(buffer: Uint8Array, byteOffset: number): void {
		const target = this.#range(byteOffset, buffer.length);
		if (buffer.some((byte, index) => (byte & ~target[index]) !== 0)) throw new Error("write would raise a bit");
		target.set(buffer);
	}

	eraseBlock(start: number, end = start + 1): void {
		this.#range(start * BLOCK_LENGTH, (end - start) * BLOCK_LENGTH).fill(0xff);
	}

	status(): FlashStatus {
		return { size: this.#bytes.length, blockLength: BLOCK_LENGTH, blocks: this.#bytes.length / BLOCK_LENGTH };
	}

	close(): void {}
}
