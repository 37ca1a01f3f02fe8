// SPDX-License-Identifier: Apache-2.0
//
// Named records on NOR flash: a commit of one or more changes is there wholly or not at all, whenever the power goes.
// Byte layout and the reasons for it: DESIGN.md. No value is kept in memory.

import { crc32 } from "../bytes/crc32.js";
import { decodeUTF8, encodeUTF8 } from "../bytes/text.js";
import type { Flash } from "../ecma419/flash.js";
import { Collector } from "./collector.js";
import { StoreError } from "./error.js";
import { BLOCK, footprint, hashName, PAGE, UNIT } from "./format.js";
import { type Log } from "./log.js";
import { Medium } from "./medium.js";
import { mount } from "./mount.js";
import { type Place, RecordIndex } from "./record-index.js";
import { bodyLength, COMMIT_OVERHEAD, CommitWriter, type Item, readEntry } from "./writer.js";

/** Bytes of a name in UTF-8. */
export const MAX_NAME_BYTES = 64;
/** Hashes that are tried for a name whose first one is another name's. */
const SALTS = 4;
const READ_TRIES = 3;

export interface StoreOptions {
	/** The partition; the store closes it in `close`. */
	flash: Flash;
	/** Longest value, bytes; default 32768 or a sixth of the partition, what is less; at most 65535. */
	maxValueBytes?: number;
	/** Number of records; default 256. */
	maxRecords?: number;
}

/** One change of a commit: a new value, or with none the removal of the record. */
export interface Change {
	name: string;
	value?: Uint8Array | undefined;
}

export interface StoreStatus {
	blocks: number;
	badBlocks: number;
	/** Blocks that the log takes now; recovery reads them. */
	logBlocks: number;
	records: number;
	liveBytes: number;
	/** Bytes of records that can still be added, each with 16 bytes and padding to 16. */
	freeBytes: number;
	/** Erases in the life of the partition. */
	erases: number;
	/** Generation of the newest block: counts the blocks opened in the life of the partition. */
	sequence: number;
	/** Places of the log that could not be read at the last start. */
	damaged: number;
}

export class Store {
	readonly maxValueBytes: number;
	readonly maxRecords: number;
	readonly #flash: Flash;
	readonly #index: RecordIndex;
	readonly #log: Log;
	readonly #writer: CommitWriter;
	readonly #collector: Collector;
	readonly #damaged: number;
	#closed = false;

	/**
	 * Opens the store, makes good what a power cut left behind, and formats a partition that holds no store (with the
	 * first write).
	 * @throws StoreError STORE_GEOMETRY, STORE_FLASH
	 */
	constructor(options: StoreOptions) {
		const medium = new Medium(options.flash);
		const payload = medium.blockLength - BLOCK.payload;
		if (payload < PAGE || medium.blockLength % PAGE !== 0) {
			throw new StoreError("STORE_GEOMETRY", `blocks of ${medium.blockLength} bytes`);
		}
		const most = Math.min(32768, Math.floor(medium.blocks / 6) * payload);
		this.maxValueBytes = options.maxValueBytes ?? most;
		this.maxRecords = options.maxRecords ?? 256;
		const maxRecord = this.maxValueBytes + MAX_NAME_BYTES;
		const left = (medium.blocks - Collector.reserve(payload, maxRecord) - 3) * payload;
		if (!(this.maxValueBytes >= 0 && this.maxValueBytes <= 0xffff) || left < footprint(0, maxRecord)) {
			throw new StoreError("STORE_GEOMETRY", `${medium.blocks} blocks for values of ${this.maxValueBytes} bytes`);
		}
		this.#flash = options.flash;
		this.#index = new RecordIndex();
		const mounted = mount(medium, this.#index);
		this.#log = mounted.log;
		this.#damaged = mounted.damaged;
		this.#writer = new CommitWriter(this.#log, this.#index);
		this.#collector = new Collector(this.#log, this.#index, this.#writer, maxRecord);
	}

	/**
	 * @returns a copy of the value, `undefined` when there is no such record
	 * @throws StoreError STORE_CORRUPT when its CRC is wrong three times, STORE_NAME, STORE_CLOSED, STORE_FLASH
	 */
	get(name: string): Uint8Array | undefined {
		const bytes = this.encodedName(name);
		const place = this.find(bytes);
		if (place === undefined) return undefined;
		const value = new Uint8Array(place.valueLength);
		for (let i = 0; i < READ_TRIES; i++) {
			const entry = readEntry(this.#log, place);
			const there = this.#log.read(value, (place.unit + 1) * UNIT + place.nameLength);
			if (there && entry?.second === crc32(value, crc32(bytes))) return value;
		}
		throw new StoreError("STORE_CORRUPT", `record ${name} cannot be read`);
	}

	/** @throws StoreError STORE_NAME, STORE_CLOSED, STORE_FLASH */
	has(name: string): boolean {
		return this.find(this.encodedName(name)) !== undefined;
	}

	/** As `commit` with one change. A value equal to the stored one writes nothing. */
	set(name: string, value: Uint8Array): void {
		this.commit([{ name, value }]);
	}

	/** As `commit` with one removal. @returns whether there was such a record */
	delete(name: string): boolean {
		const there = this.has(name);
		if (there) this.commit([{ name }]);
		return there;
	}

	/**
	 * Makes all changes or none. What is already so is not written again.
	 * @throws StoreError STORE_FULL, STORE_NAME (also for a name given twice), STORE_VALUE, STORE_CLOSED with nothing
	 * changed; STORE_WORN, STORE_FLASH: the old values count until the next start, which may find the new ones
	 */
	commit(changes: readonly Change[]): void {
		const items: Item[] = [];
		const names: Uint8Array[] = [];
		let growth = 0;
		let count = this.#index.count;
		for (const { name, value } of changes) {
			const bytes = this.encodedName(name);
			if (names.some((other) => equal(other, bytes))) throw new StoreError("STORE_NAME", `${name} is given twice`);
			names.push(bytes);
			if (value !== undefined && value.length > this.maxValueBytes) {
				throw new StoreError("STORE_VALUE", `${value.length} bytes, limit ${this.maxValueBytes}`);
			}
			const place = this.find(bytes);
			if (value === undefined ? place === undefined : place && this.holds(place, bytes, value)) continue;
			const hash = place?.hash ?? this.freeHash(bytes, items);
			items.push(value === undefined ? { kind: "removal", hash } : { kind: "value", hash, name: bytes, value });
			if (place) growth -= footprint(place.nameLength, place.valueLength);
			if (value) growth += footprint(bytes.length, value.length);
			count += (value ? 1 : 0) - (place ? 1 : 0);
		}
		if (items.length === 0) return;
		if (count > this.maxRecords && count > this.#index.count) {
			throw new StoreError("STORE_FULL", `${count} records, limit ${this.maxRecords}`);
		}
		this.#collector.makeRoom(bodyLength(items) + COMMIT_OVERHEAD, growth <= 0);
		this.#writer.write(items);
	}

	/**
	 * @param prefix start of the names wanted, default all
	 * @returns names in code unit order, without those that are damaged
	 */
	names(prefix = ""): string[] {
		this.check();
		const names: string[] = [];
		for (const place of this.#index.between(0, Number.MAX_SAFE_INTEGER)) {
			const bytes = this.readName(place);
			const name = decodeUTF8(bytes);
			if (name.startsWith(prefix) && isHashOf(place.hash, bytes)) names.push(name);
		}
		return names.sort();
	}

	status(): StoreStatus {
		this.check();
		const { medium, length, generation } = this.#log;
		return {
			blocks: medium.blocks,
			badBlocks: medium.badBlocks,
			logBlocks: length,
			records: this.#index.count,
			liveBytes: this.#index.liveBytes,
			freeBytes: Math.max(0, this.#collector.capacity - this.#index.liveBytes - COMMIT_OVERHEAD),
			erases: medium.totalErases,
			sequence: generation,
			damaged: this.#damaged,
		};
	}

	/** Closes the flash too; a second call does nothing. */
	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#flash.close();
	}

	private check(): void {
		if (this.#closed) throw new StoreError("STORE_CLOSED", "the store is closed");
	}

	private encodedName(name: string): Uint8Array {
		this.check();
		const bytes = encodeUTF8(name);
		if (bytes.length === 0 || bytes.length > MAX_NAME_BYTES) {
			throw new StoreError("STORE_NAME", `a name has 1 to ${MAX_NAME_BYTES} bytes, not ${bytes.length}`);
		}
		if (decodeUTF8(bytes) !== name) throw new StoreError("STORE_NAME", "a name has no lone surrogates");
		return bytes;
	}

	private find(name: Uint8Array): Place | undefined {
		for (let salt = 0; salt < SALTS; salt++) {
			const place = this.#index.get(hashName(name, salt));
			if (place?.nameLength !== name.length) continue;
			const stored = this.readName(place);
			// A name that has not its hash is damaged. If it was this one, the CRC of name and value will tell.
			if (equal(stored, name) || !isHashOf(place.hash, stored)) return place;
		}
		return undefined;
	}

	/** @returns a hash that no other record has, so that the log needs nothing else to tell records apart */
	private freeHash(name: Uint8Array, items: readonly Item[]): number {
		for (let salt = 0; salt < SALTS; salt++) {
			const hash = hashName(name, salt);
			const taken = items.some((item) => item.kind !== "copy" && item.hash === hash);
			if (!taken && this.#index.get(hash) === undefined) return hash;
		}
		throw new StoreError("STORE_NAME", "all hashes of this name are taken");
	}

	private readName(place: Place): Uint8Array {
		const name = new Uint8Array(place.nameLength);
		this.#log.read(name, (place.unit + 1) * UNIT);
		return name;
	}

	private holds(place: Place, name: Uint8Array, value: Uint8Array): boolean {
		if (place.valueLength !== value.length || !equal(this.readName(place), name)) return false;
		if (readEntry(this.#log, place)?.second !== crc32(value, crc32(name))) return false;
		const bytes = new Uint8Array(Math.min(PAGE, value.length));
		for (let done = 0; done < value.length; done += bytes.length) {
			const part = bytes.subarray(0, Math.min(bytes.length, value.length - done));
			if (!this.#log.read(part, (place.unit + 1) * UNIT + name.length + done)) return false;
			if (!equal(part, value.subarray(done, done + part.length))) return false;
		}
		return true;
	}
}

function isHashOf(hash: number, name: Uint8Array): boolean {
	for (let salt = 0; salt < SALTS; salt++) if (hashName(name, salt) === hash) return true;
	return false;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
	if (a.length !== b.length) return false;
	for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
	return true;
}
