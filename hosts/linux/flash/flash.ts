// SPDX-License-Identifier: Apache-2.0
//
// `embedded:storage/flash` on Linux: raw flash partitions of the flash file, with the Moddable SDK's interface and errors.
// Source: Moddable SDK 8.2.3, typings/embedded/storage/flash.d.ts and modules/io/flash/esp32.

class Flash extends Native("xs_flash_destructor") {
	/** @throws TypeError always: instances come from `open()` */
	constructor() {
		super();
		native("xs_flash_constructor").call(this);
	}
	close(): void {
		return native("xs_flash_close").call(this);
	}
	eraseBlock(start: number, end?: number): void {
		return native("xs_flash_eraseBlock").call(this, start, end);
	}
	read(byteLength: number, byteOffset: number): ArrayBuffer;
	read(buffer: Uint8Array, byteOffset: number): number;
	read(lengthOrBuffer: number | Uint8Array, byteOffset: number): ArrayBuffer | number {
		return native("xs_flash_read").call(this, lengthOrBuffer, byteOffset);
	}
	write(buffer: Uint8Array | ArrayBuffer, byteOffset: number): void {
		return native("xs_flash_write").call(this, buffer, byteOffset);
	}
	status(): FlashStatus {
		return native("xs_flash_status").call(this);
	}
	get format(): "buffer" {
		return "buffer";
	}
	set format(value: "buffer") {
		if (value !== "buffer") throw new RangeError("invalid format");
	}
}

interface FlashStatus {
	/** Bytes. */
	size: number;
	/** Erase unit, bytes. */
	blockLength: number;
	blocks: number;
	/** Smallest program unit, bytes. */
	writeAlign: number;
	/** What an erased byte reads as. */
	eraseValue: number;
}

interface FlashOpenOptions {
	/** `running`, `nextota`, or the label of a data partition. */
	path: string;
	/** Default `r+`. */
	mode?: "r" | "r+";
	format?: "buffer";
}

function open(this: unknown, options: FlashOpenOptions, prototype: Flash): Flash {
	return native("xs_flash_open").call(this, options, prototype);
}

function label(this: unknown, index: number): string | undefined {
	return native("xs_flash_label").call(this, index);
}

class LabelIterator implements IterableIterator<string> {
	#next = 0;
	#done = false;

	next(): IteratorResult<string, undefined> {
		const value = this.#done ? undefined : label(this.#next++);
		if (value !== undefined) return { done: false, value };
		return this.return();
	}
	return(): IteratorResult<string, undefined> {
		this.#done = true;
		return { done: true, value: undefined };
	}
	[Symbol.iterator](): this {
		return this;
	}
}

export default Object.freeze({
	/** @throws Error no path, no such partition, bad mode; TypeError no options; RangeError bad format */
	open(options: FlashOpenOptions): Flash {
		return open(options, Flash.prototype);
	},
	/** Labels of all partitions, in the order of the table. */
	[Symbol.iterator](): IterableIterator<string> {
		return new LabelIterator();
	},
});
