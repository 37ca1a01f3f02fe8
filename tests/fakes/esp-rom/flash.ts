// SPDX-License-Identifier: Apache-2.0
//
// Flash of a simulated board, with NOR rules, and the downloads that loaders write it by.
// Source: esptool documentation, "Serial Protocol", Writing Data.

import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";

const SECTOR = 4096;

/** Status of a command: 0 done, others by the loader's list. */
export const OK = 0;
export const BAD_FORMAT = 0x05;
export const FAILED = 0x06;
export const BAD_CHECKSUM = 0x07;
export const WRITE_ERROR = 0x08;
export const DEFLATE_ERROR = 0x0b;

export interface Faults {
	/** A write that covers this byte is refused. */
	failWriteAt?: number;
	/** This byte is stored with a bit fallen, and nobody is told. */
	wearAt?: number;
}

interface Download {
	offset: number;
	/** Bytes to come, as announced; for a compressed download after inflating. */
	size: number;
	packets: number;
	packetSize: number;
	compressed: boolean;
	received: Uint8Array[];
}

export class BoardFlash {
	readonly bytes: Uint8Array;
	readonly faults: Faults = {};
	erasedSectors = 0;
	#download: Download | undefined;

	constructor(size: number) {
		this.bytes = new Uint8Array(size).fill(0xff);
	}

	eraseAll(): number {
		return this.#erase(0, this.bytes.length);
	}

	#erase(offset: number, size: number): number {
		const start = Math.floor(offset / SECTOR) * SECTOR;
		const end = Math.ceil((offset + size) / SECTOR) * SECTOR;
		if (end > this.bytes.length) return FAILED;
		this.bytes.fill(0xff, start, end);
		this.erasedSectors += (end - start) / SECTOR;
		return OK;
	}

	#program(offset: number, data: Uint8Array): number {
		if (offset + data.length > this.bytes.length) return WRITE_ERROR;
		const { failWriteAt = -1, wearAt = -1 } = this.faults;
		if (failWriteAt >= offset && failWriteAt < offset + data.length) return WRITE_ERROR;
		data.forEach((byte, index) => {
			this.bytes[offset + index] &= byte;
		});
		if (wearAt >= offset && wearAt < offset + data.length) this.bytes[wearAt] &= 0xfe;
		return OK;
	}

	/** FLASH_BEGIN and FLASH_DEFL_BEGIN: words as the command has them. */
	begin(words: readonly number[], compressed: boolean): number {
		const [size = 0, packets = 0, packetSize = 0, offset = 0] = words;
		this.#download = { size, packets, packetSize, offset, compressed, received: [] };
		return size === 0 ? OK : this.#erase(offset, size);
	}

	/** FLASH_DATA and FLASH_DEFL_DATA. A repeated packet replaces the one before. */
	data(sequence: number, data: Uint8Array, compressed: boolean): number {
		const download = this.#download;
		if (download === undefined || download.compressed !== compressed) return FAILED;
		if (sequence > download.received.length || sequence >= download.packets) return FAILED;
		download.received[sequence] = data;
		if (!compressed) return this.#program(download.offset + sequence * download.packetSize, data);
		return sequence === download.packets - 1 ? this.#inflate(download) : OK;
	}

	#inflate(download: Download): number {
		let data: Uint8Array;
		try {
			data = inflateSync(Buffer.concat(download.received));
		} catch {
			return DEFLATE_ERROR;
		}
		return data.length > download.size ? DEFLATE_ERROR : this.#program(download.offset, data);
	}

	md5(offset: number, size: number): Buffer {
		return createHash("md5")
			.update(this.bytes.subarray(offset, offset + size))
			.digest();
	}
}
