// SPDX-License-Identifier: Apache-2.0
//
// Memory in place of flash for these tests, and the store over it: NOR rules, counted operations, no power cuts (tests/fakes has those).

import type { Flash, FlashStatus } from "../../modules/ecma419/flash.js";
import { StoreError } from "../../modules/store/error.js";
import { type Change, Store } from "../../modules/store/store.js";

const blockLength = 4096;

export class MemoryFlash implements Flash {
	readonly bytes: Uint8Array;
	erases = 0;
	writes = 0;

	constructor(size: number) {
		this.bytes = new Uint8Array(size).fill(0xff);
	}

	read(byteLength: number, byteOffset: number): ArrayBuffer;
	read(buffer: Uint8Array, byteOffset: number): number;
	read(target: number | Uint8Array, byteOffset: number): ArrayBuffer | number {
		if (typeof target === "number") return this.bytes.slice(byteOffset, byteOffset + target).buffer;
		if (byteOffset + target.length > this.bytes.length) throw new RangeError("outside the partition");
		target.set(this.bytes.subarray(byteOffset, byteOffset + target.length));
		return target.length;
	}

	write(buffer: Uint8Array, byteOffset: number): void {
		if (byteOffset + buffer.length > this.bytes.length) throw new RangeError("outside the partition");
		for (let i = 0; i < buffer.length; i++) {
			if ((buffer[i] & ~this.bytes[byteOffset + i]) !== 0) throw new Error("a bit would rise");
			this.bytes[byteOffset + i] = buffer[i];
		}
		this.writes++;
	}

	eraseBlock(start: number, end = start + 1): void {
		this.bytes.fill(0xff, start * blockLength, end * blockLength);
		this.erases += end - start;
	}

	status(): FlashStatus {
		return { size: this.bytes.length, blockLength, blocks: this.bytes.length / blockLength };
	}

	close(): void {}
}

/** The real store over memory; counts commits. */
export class TestStore extends Store {
	commits = 0;
	/** Fails the next commit when set. */
	failNext = false;
	readonly memory: MemoryFlash;

	constructor(memory = new MemoryFlash(96 * 1024)) {
		super({ flash: memory });
		this.memory = memory;
	}

	override commit(changes: Change[]): void {
		if (this.failNext) {
			this.failNext = false;
			throw new StoreError("STORE_FULL", "no room");
		}
		super.commit(changes);
		this.commits++;
	}
}
