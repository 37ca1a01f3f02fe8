// SPDX-License-Identifier: Apache-2.0
//
// Raw flash partition, as the Moddable SDK's `embedded:storage/flash` gives it.
// Offsets and lengths are bytes from the start of the partition; blocks are the erase unit (4096 bytes on ESP32).
// Source: Moddable SDK 8.2.3, typings/embedded/storage/flash.d.ts and modules/io/flash/esp32.

export interface FlashStatus {
	/** Partition size, bytes. */
	size: number;
	/** Erase unit, bytes. */
	blockLength: number;
	/** `size / blockLength`. */
	blocks: number;
}

export interface Flash {
	/** @throws Error when the range leaves the partition. */
	read(byteLength: number, byteOffset: number): ArrayBuffer;
	read(buffer: Uint8Array, byteOffset: number): number;
	/** Programs bytes: bits only fall from 1 to 0. @throws Error when read-only, out of range, or a bit would rise. */
	write(buffer: Uint8Array, byteOffset: number): void;
	/** Erases blocks `start` (inclusive) to `end` (exclusive, default `start + 1`) to 0xFF. */
	eraseBlock(start: number, end?: number): void;
	status(): FlashStatus;
	close(): void;
}

/** The default export of `embedded:storage/flash`. */
export interface FlashStorage {
	/**
	 * @param options.path `running`, `nextota` (the idle slot) or the label of a data partition
	 * @param options.mode `r` or `r+` (default)
	 * @throws Error when there is no such partition
	 */
	open(options: { path: string; mode?: "r" | "r+" }): Flash;
}
