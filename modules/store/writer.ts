// SPDX-License-Identifier: Apache-2.0
//
// Writes one commit: begin, records, first end, second end. All of it counts, or nothing.
// A block that fails under way costs a copy into another block, not the commit.

import { crc32 } from "../bytes/crc32.js";
import { BlockFailure, StoreError } from "./error.js";
import * as format from "./format.js";
import { type Entry } from "./format.js";
import { type Log } from "./log.js";
import { type Place, type RecordIndex } from "./record-index.js";

const { PAGE, TYPE, UNIT } = format;
/** Begin and the two ends. */
export const COMMIT_OVERHEAD = 3 * UNIT;
/** Times that a record is read before its CRC is taken for wrong. */
const READ_TRIES = 3;

/** One record of a commit. */
export type Item =
	| { kind: "value"; hash: number; name: Uint8Array; value: Uint8Array }
	| { kind: "removal"; hash: number }
	| { kind: "copy"; place: Place };

/** @returns bytes that the item takes in the log */
export function itemLength(item: Item): number {
	if (item.kind === "value") return format.footprint(item.name.length, item.value.length);
	if (item.kind === "copy") return format.footprint(item.place.nameLength, item.place.valueLength);
	return UNIT;
}

export function bodyLength(items: readonly Item[]): number {
	let length = 0;
	for (const item of items) length += itemLength(item);
	return length;
}

/** @returns the entry of a live record, or `undefined` when it cannot be read any more */
export function readEntry(log: Log, place: Place): Entry | undefined {
	const bytes = new Uint8Array(UNIT);
	for (let i = 0; i < READ_TRIES; i++) {
		const entry = log.read(bytes, place.unit * UNIT) ? format.decodeEntry(bytes, place.unit) : undefined;
		if (entry?.type === TYPE.record) return entry;
	}
	return undefined;
}

export class CommitWriter {
	readonly #log: Log;
	readonly #index: RecordIndex;

	constructor(log: Log, index: RecordIndex) {
		this.#log = log;
		this.#index = index;
	}

	/**
	 * Writes the items as one commit and updates the index.
	 * @throws StoreError STORE_WORN, STORE_FLASH; the index is unchanged then
	 */
	write(items: readonly Item[]): void {
		const medium = this.#log.medium;
		for (let failures = 0; ; failures++) {
			try {
				this.#log.open();
				this.enter(items, this.emit(items, failures < READ_TRIES));
				return;
			} catch (error) {
				this.#log.abandon();
				if (!(error instanceof BlockFailure)) throw error;
				if (error.block !== undefined) medium.markBad(error.block);
				if (failures > medium.blocks) throw new StoreError("STORE_WORN", "too many blocks failed", error);
			}
		}
	}

	/** @returns unit of each item */
	private emit(items: readonly Item[], strict: boolean): number[] {
		const begin = { type: TYPE.begin, small: 0, half: items.length & 0xffff, first: bodyLength(items), second: 0 };
		this.entry(begin);
		this.#log.flush();
		const units: number[] = [];
		for (const item of items) {
			units.push(this.#log.position / UNIT);
			this.#log.startEntry(itemLength(item));
			if (item.kind === "value") this.value(item.hash, item.name, item.value);
			else if (item.kind === "copy") this.copy(item.place, strict);
			else this.entry({ type: TYPE.removal, small: 0, half: 0, first: item.hash, second: 0 });
		}
		this.#log.flush();
		// Each of these operations proves that the one before it was completed.
		for (const type of [TYPE.firstEnd, TYPE.secondEnd]) {
			this.entry({ type, small: 0, half: 0, first: 0, second: 0 });
			this.#log.flush();
		}
		this.#log.seal();
		return units;
	}

	private entry(entry: Entry): void {
		if (entry.type !== TYPE.record) this.#log.startEntry(UNIT);
		this.#log.put(format.encodeEntry(entry, this.#log.position / UNIT));
	}

	private value(hash: number, name: Uint8Array, value: Uint8Array): void {
		const second = crc32(value, crc32(name));
		this.entry({ type: TYPE.record, small: name.length, half: value.length, first: hash, second });
		this.#log.put(name);
		this.#log.put(value);
		this.pad(name.length + value.length);
	}

	/**
	 * Copies a record as it is, with its CRC: a damaged one stays damaged and is reported when it is read.
	 * @param strict whether a wrong CRC may be a fault of this one reading
	 */
	private copy(place: Place, strict: boolean): void {
		const entry = readEntry(this.#log, place);
		const { nameLength: small, valueLength: half, hash: first } = place;
		this.entry({ type: TYPE.record, small, half, first, second: entry?.second ?? 0 });
		const length = small + half;
		const start = (place.unit + 1) * UNIT;
		let crc = 0;
		const buffer = new Uint8Array(Math.min(PAGE, length));
		for (let done = 0; done < length; done += buffer.length) {
			const bytes = buffer.subarray(0, Math.min(buffer.length, length - done));
			if (!this.#log.read(bytes, start + done)) bytes.fill(0);
			crc = crc32(bytes, crc);
			this.#log.put(bytes);
		}
		if (strict && crc !== entry?.second) throw new BlockFailure(undefined, "a record was read with a wrong CRC");
		this.pad(length);
	}

	private pad(length: number): void {
		const rest = format.padded(length) - length;
		if (rest > 0) this.#log.put(new Uint8Array(rest).fill(0xff));
	}

	private enter(items: readonly Item[], units: readonly number[]): void {
		items.forEach((item, i) => {
			if (item.kind === "removal") this.#index.delete(item.hash);
			else if (item.kind === "copy") this.#index.set({ ...item.place, unit: units[i] });
			else {
				const { hash, name, value } = item;
				this.#index.set({ hash, unit: units[i], nameLength: name.length, valueLength: value.length });
			}
		});
	}
}
