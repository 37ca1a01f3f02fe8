// SPDX-License-Identifier: Apache-2.0
//
// The flash of a gateway as one part, so that a power cut can hit any operation of any partition, and the second-stage
// loader over it: its own writes to otadata are operations too.
// Source: ESP-IDF, bootloader_utility.c (rollback enabled, two slots, no factory partition), esp_image_format.c.

import { SHA256 } from "../../modules/bytes/sha256.js";
import type { Flash, FlashStatus } from "../../modules/ecma419/flash.js";
import { activeEntry, buildSelectEntry, parseSelectEntry, type SelectEntry } from "../../modules/flash/select-entry.js";
import { checksumOffset, parseImageHeader, parseSegmentHeader } from "../../modules/image/header.js";
import { toHex } from "../../modules/bytes/text.js";
import { type CutMode, FakeFlash } from "../fakes/flash.js";

const blockLength = 4096;

export type PartitionName = "otadata" | "slot0" | "slot1" | "store";
/** First block and number of blocks of each. */
export type Layout = Readonly<Record<PartitionName, readonly [number, number]>>;

const smallLayout: Layout = Object.freeze({ otadata: [0, 2], slot0: [2, 16], slot1: [18, 16], store: [34, 20] });

/** A part of the flash, with addresses of its own. */
class Partition implements Flash {
	readonly #whole: FakeFlash;
	readonly #first: number;
	readonly #blocks: number;

	constructor(whole: FakeFlash, first: number, blocks: number) {
		this.#whole = whole;
		this.#first = first;
		this.#blocks = blocks;
	}

	read(byteLength: number, byteOffset: number): ArrayBuffer;
	read(buffer: Uint8Array, byteOffset: number): number;
	read(target: number | Uint8Array, byteOffset: number): ArrayBuffer | number {
		const length = typeof target === "number" ? target : target.length;
		const at = this.#at(byteOffset, length);
		return typeof target === "number" ? this.#whole.read(target, at) : this.#whole.read(target, at);
	}

	write(buffer: Uint8Array, byteOffset: number): void {
		this.#whole.write(buffer, this.#at(byteOffset, buffer.length));
	}

	eraseBlock(start: number, end = start + 1): void {
		if (!(start >= 0 && start < end && end <= this.#blocks)) throw new RangeError(`no blocks ${start} to ${end}`);
		this.#whole.eraseBlock(this.#first + start, this.#first + end);
	}

	status(): FlashStatus {
		return { size: this.#blocks * blockLength, blockLength, blocks: this.#blocks };
	}

	close(): void {}

	#at(offset: number, length: number): number {
		if (!(offset >= 0 && offset + length <= this.#blocks * blockLength)) throw new RangeError("outside the partition");
		return this.#first * blockLength + offset;
	}
}

export class Chip {
	readonly flash: FakeFlash;
	readonly layout: Layout;

	constructor(seed: number, layout = smallLayout) {
		const blocks = Math.max(...Object.values(layout).map(([first, count]) => first + count));
		this.layout = layout;
		this.flash = new FakeFlash({ blocks, blockLength, seed });
	}

	partition(name: PartitionName): Flash {
		const [first, blocks] = this.layout[name];
		return new Partition(this.flash, first, blocks);
	}

	/** Puts an image into a slot, in the factory. */
	install(slot: 0 | 1, image: Uint8Array): void {
		const partition = this.partition(slot === 0 ? "slot0" : "slot1");
		partition.eraseBlock(0, partition.status().blocks);
		partition.write(image, 0);
	}

	/** Cuts the power in the operation that follows `operations` more ones. */
	cutAfter(operations: number, mode: CutMode): void {
		this.flash.cutAfter(operations, mode);
	}

	/**
	 * The loader: rollback states, then the chosen slot or the other one.
	 * @returns the slot it starts and the SHA-256 that its image carries; `undefined` when nothing is bootable
	 * @throws PowerCut
	 */
	load(): { slot: 0 | 1; sha256: string } | undefined {
		const otadata = this.partition("otadata");
		for (const [sector, entry] of readEntries(otadata).entries()) {
			if (entry.bootable && entry.state === "PENDING_VERIFY") setState(otadata, sector, "ABORTED");
		}
		const entries = readEntries(otadata);
		const active = activeEntry(entries);
		if (active !== undefined && entries[active].state === "NEW") setState(otadata, active, "PENDING_VERIFY");
		const first = active === undefined ? 0 : entries[active].slot;
		for (const slot of [first, first === 0 ? 1 : 0] as const) {
			const partition = this.partition(slot === 0 ? "slot0" : "slot1");
			const sha256 = imageHash(new Uint8Array(partition.read(partition.status().size, 0)));
			if (sha256 !== undefined) return { slot, sha256 };
		}
		return undefined;
	}
}

function readEntries(otadata: Flash): [SelectEntry, SelectEntry] {
	const read = (sector: number): SelectEntry => {
		const bytes = new Uint8Array(32);
		otadata.read(bytes, sector * blockLength);
		return parseSelectEntry(bytes);
	};
	return [read(0), read(1)];
}

/** The loader rewrites the state alone; sequence and CRC stay, right or wrong. */
function setState(otadata: Flash, sector: number, state: "ABORTED" | "PENDING_VERIFY"): void {
	const bytes = new Uint8Array(32);
	otadata.read(bytes, sector * blockLength);
	bytes.set(buildSelectEntry(1, state).subarray(24, 28), 24);
	otadata.eraseBlock(sector);
	otadata.write(bytes, sector * blockLength);
}

/** @returns the SHA-256 behind a whole image whose checksum and hash are right; else `undefined` */
export function imageHash(bytes: Uint8Array): string | undefined {
	const size = bytes.length;
	try {
		let end = 24;
		let checksum = 0xef;
		for (let segments = parseImageHeader(bytes).segmentCount; segments > 0; segments--) {
			const { length } = parseSegmentHeader(bytes.subarray(end, end + 8));
			if (end + 8 + length > size) return undefined;
			for (let i = end + 8; i < end + 8 + length; i++) checksum ^= bytes[i];
			end += 8 + length;
		}
		const last = checksumOffset(end);
		if (last + 33 > size || bytes[last] !== checksum) return undefined;
		const hash = new SHA256();
		hash.update(bytes.subarray(0, last + 1));
		const found = toHex(hash.digest());
		return found === toHex(bytes.subarray(last + 1, last + 33)) ? found : undefined;
	} catch {
		return undefined;
	}
}
