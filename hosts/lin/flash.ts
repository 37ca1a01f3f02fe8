// SPDX-License-Identifier: Apache-2.0
//
// `embedded:storage/flash` for the SDK's Linux simulator, which has none: partitions of NOR flash in memory, with the rules of the
// chip (bits only fall, erase by blocks of 4096 bytes) and the contract of modules/ecma419/flash.ts. Blocks take memory when
// first written; what they hold at the start may come from a flash file (tools/flash-image). Leaves out: keeping anything over
// a restart. Places and sizes are those of hosts/partitions/4mb.csv.

import type { Flash, FlashStatus, FlashStorage } from "../../modules/ecma419/flash.js";

const blockLength = 4096;
const flashBytes = 0x400000;

interface Place {
	/** Bytes from the start of the flash. */
	offset: number;
	size: number;
}

const places: Readonly<Record<string, Place>> = Object.freeze({
	running: Object.freeze({ offset: 0x20000, size: 0x1d0000 }),
	nextota: Object.freeze({ offset: 0x1f0000, size: 0x1d0000 }),
	otadata: Object.freeze({ offset: 0xe000, size: 0x2000 }),
	store: Object.freeze({ offset: 0x3c0000, size: 0x40000 }),
});

/** Erased blocks are absent. */
class Partition {
	readonly blocks = new Map<number, Uint8Array>();

	readonly size: number;

	constructor({ offset, size }: Place, image: Uint8Array | undefined) {
		this.size = size;
		if (image === undefined) return;
		for (let number = 0; number < size / blockLength; number++) {
			const start = offset + number * blockLength;
			const block = image.slice(start, start + blockLength);
			if (block.some((byte) => byte !== 0xff)) this.blocks.set(number, block);
		}
	}
}

class RamFlash implements Flash {
	#partition: Partition | undefined;
	readonly #writable: boolean;

	constructor(partition: Partition, writable: boolean) {
		this.#partition = partition;
		this.#writable = writable;
	}
	read(byteLength: number, byteOffset: number): ArrayBuffer;
	read(buffer: Uint8Array, byteOffset: number): number;
	read(target: number | Uint8Array, byteOffset: number): ArrayBuffer | number {
		if (typeof target !== "number") return this.fill(target, byteOffset);
		const bytes = new Uint8Array(target);
		this.fill(bytes, byteOffset);
		return bytes.buffer;
	}
	write(buffer: Uint8Array, byteOffset: number): void {
		const { blocks } = this.checked(byteOffset, buffer.length);
		if (!this.#writable) throw new Error("read-only");
		for (let i = 0; i < buffer.length; i++) {
			const at = byteOffset + i;
			const number = Math.floor(at / blockLength);
			const block = blocks.get(number) ?? new Uint8Array(blockLength).fill(0xff);
			blocks.set(number, block);
			block[at % blockLength] &= buffer[i];
		}
	}
	eraseBlock(start: number, end = start + 1): void {
		const { blocks } = this.checked(start * blockLength, (end - start) * blockLength);
		if (!this.#writable) throw new Error("read-only");
		for (let number = start; number < end; number++) blocks.delete(number);
	}
	status(): FlashStatus {
		const { size } = this.checked(0, 0);
		return { size, blockLength, blocks: size / blockLength };
	}
	close(): void {
		this.#partition = undefined;
	}

	private fill(bytes: Uint8Array, byteOffset: number): number {
		const { blocks } = this.checked(byteOffset, bytes.length);
		for (let i = 0; i < bytes.length; i++) {
			const at = byteOffset + i;
			bytes[i] = blocks.get(Math.floor(at / blockLength))?.[at % blockLength] ?? 0xff;
		}
		return bytes.length;
	}

	private checked(offset: number, length: number): Partition {
		const partition = this.#partition;
		if (partition === undefined) throw new Error("closed");
		if (!(offset >= 0 && length >= 0 && offset + length <= partition.size)) throw new Error("out of range");
		return partition;
	}
}

/** One flash for the life of the program. */
export class RamFlashStorage implements FlashStorage {
	readonly #partitions = new Map<string, Partition>();
	readonly #image: Uint8Array | undefined;

	/** @param image content at the start: 4 MB, what follows is not read; erased without it */
	constructor(image?: Uint8Array) {
		if (image !== undefined && image.length < flashBytes) throw new RangeError("a flash file of 4 MB wanted");
		this.#image = image;
	}
	/** @throws Error when there is no such partition, or the mode is none */
	open({ path, mode = "r+" }: { path: string; mode?: "r" | "r+" }): Flash {
		if (!Object.hasOwn(places, path)) throw new Error("can't find partition");
		const partition = this.#partitions.get(path) ?? new Partition(places[path], this.#image);
		this.#partitions.set(path, partition);
		return new RamFlash(partition, mode === "r+");
	}
}
