// SPDX-License-Identifier: Apache-2.0
//
// Writes one file to a slot as its bytes arrive, through a buffer of a block (4 KB) or some: erases just ahead, programs, reads back.
// One call does one flash job at most, so the event loop never waits longer than one 64 KB erase.
// Leaves out judging the content, and choosing the slot: the caller opens `nextota`.
//
// Erasing. A block that already holds its data is not erased (a resumed or repeated update wears nothing), but programmed once
// more with the same data: what was being erased or programmed when the power went may read right today and wrong tomorrow.
// At the start of an aligned group of 16 blocks that will all be needed, a differing block erases the group (64 KB, one call);
// anywhere else blocks are erased one by one; so is a group whose erase failed, to find out which block it is and to keep the
// ones before it. A block that merely reads as erased is erased again: after a cut during an
// erase it may read as 0xFF today and differently tomorrow. Nothing is erased before a full block of data is there for it.

import type { Flash } from "../ecma419/flash.js";
import { FlashAccess } from "./access.js";
import { FlashError } from "./error.js";

/** Largest erase in one call, bytes; the 64 KB erase of NOR parts costs as much as about three of 4 KB. */
const GROUP_LENGTH = 65536;
const ERASED = 0xff;

export interface SlotWriterOptions {
	/** The idle slot, opened by the caller for writing; not closed here. */
	flash: Flash;
	/** Length of the file when it is known: no block above it is erased. Default: unknown. */
	expectedBytes?: number;
	/** Bytes of the file that lie in the slot already and are not touched: a multiple of the block length, default 0. */
	startBytes?: number;
	/** Bytes of the buffer: one, two or four blocks; a quarter as much again is for comparisons. Default: one block. */
	bufferBytes?: number;
}

/** What the next call of `write`, `step` or `finish` spends its time on. */
export type SlotJob = "none" | "erase" | "program";

type State = "open" | "finishing" | "finished" | "dead";

/**
 * Sequential writer of one slot. A caller gives each call a turn of its own:
 * `used += writer.write(chunk.subarray(used))` until all is used, then `finish()` until it returns `true`.
 */
export class SlotWriter {
	/** Bytes in the buffer. */
	#held = 0;
	/** Of them, those of blocks that are stored; 0 when no job waits. */
	#done = 0;
	/** There is a whole block that is not stored. */
	#waits = false;
	#state: State = "open";
	#bytes = 0;
	/** The block that is stored next. */
	#block = 0;
	/** Blocks below this one were erased by this writer. */
	#erasedTo = 0;
	/** Blocks below this one are erased one by one: their group could not be erased as a whole. */
	#singlyTo = 0;
	/** The next block was compared with the flash and differs. */
	#differs = false;
	readonly #buffer: Uint8Array;
	/** The buffer's blocks. */
	readonly #blocks: readonly Uint8Array[];
	readonly #blockLength: number;
	readonly #access: FlashAccess;
	readonly #expected: number;
	readonly #start: number;
	#erases = 0;
	#eraseCalls = 0;
	#programmed = 0;
	#skipped = 0;

	/** @throws FlashError FLASH_IO, FLASH_GEOMETRY (also of `startBytes` and `bufferBytes`), FLASH_FULL (`expectedBytes` above the slot) */
	constructor(options: SlotWriterOptions) {
		const { flash, bufferBytes } = options;
		this.#access = new FlashAccess(flash, bufferBytes === undefined ? undefined : bufferBytes / 4);
		const { size, blockLength } = this.#access;
		this.#blockLength = blockLength;
		this.#expected = options.expectedBytes ?? size;
		if (this.#expected > size) throw this.full(this.#expected);
		this.#start = options.startBytes ?? 0;
		this.#block = this.#start / blockLength;
		this.#bytes = this.#start;
		if (!(Number.isInteger(this.#block) && this.#start >= 0 && this.#start <= size)) {
			throw new FlashError("FLASH_GEOMETRY", `start at ${this.#start} in blocks of ${blockLength}`);
		}
		this.#buffer = new Uint8Array(bufferBytes ?? blockLength);
		this.#blocks = blocksOf(this.#buffer, blockLength);
	}

	/** Size of the slot, bytes. */
	get size(): number {
		return this.#access.size;
	}

	/** Erase unit of the slot, bytes. */
	get blockLength(): number {
		return this.#blockLength;
	}

	/** Bytes taken so far, those below `startBytes` too. */
	get bytes(): number {
		return this.#bytes;
	}

	/** Bytes of the file that lie in the flash, checked; those below `startBytes` by the caller. */
	get stored(): number {
		const stored = this.#block * this.#blockLength;
		return stored < this.#bytes ? stored : this.#bytes;
	}

	/** Blocks (4 KB) erased. */
	get erases(): number {
		return this.#erases;
	}

	/** Calls of `eraseBlock`. */
	get eraseCalls(): number {
		return this.#eraseCalls;
	}

	/** Blocks programmed. */
	get programmed(): number {
		return this.#programmed;
	}

	/** Blocks not erased because they already held the data. */
	get skipped(): number {
		return this.#skipped;
	}

	/** Free part of the buffer, to be filled from its start and told by `filled`. */
	get room(): Uint8Array {
		const held = this.#held;
		return held === 0 ? this.#buffer : this.#buffer.subarray(held);
	}

	/** The job that waits: `none` while there is no whole block. */
	get pending(): SlotJob {
		if (!this.#waits || this.#state === "dead") return "none";
		return this.#block < this.#erasedTo ? "program" : "erase";
	}

	/**
	 * Does the job that waits, if there is one, else takes bytes until the buffer is full.
	 * @returns count of bytes taken from the front of `chunk`; 0 when the call went into an erase, or another job waits
	 * @throws FlashError FLASH_FULL (nothing taken, the writer stays usable), FLASH_VERIFY, FLASH_IO (the writer is dead), FLASH_STATE
	 */
	write(chunk: Uint8Array): number {
		this.checkRoom(chunk.length);
		if (!this.step()) return 0;
		const count = Math.min(chunk.length, this.#buffer.length - this.#held);
		this.#buffer.set(chunk.subarray(0, count), this.#held);
		this.filled(count);
		return count;
	}

	/**
	 * Takes bytes that lie in `room` already: what would come by `write`, without a copy.
	 * @param count 0 to the length of `room`
	 * @returns whether a job waits now
	 * @throws FlashError FLASH_FULL (nothing taken, the writer stays usable), FLASH_STATE
	 */
	filled(count: number): boolean {
		this.checkRoom(count);
		this.#held += count;
		this.#bytes += count;
		this.#waits = this.#held - this.#done >= this.#blockLength;
		return this.#waits;
	}

	private checkRoom(count: number): void {
		if (this.#state !== "open") throw new FlashError("FLASH_STATE", `write on a writer that is ${this.#state}`);
		if (this.#bytes + count > this.#access.size) throw this.full(this.#bytes + count);
	}

	/**
	 * Does the job that waits, if there is one: one erase, or one block programmed and read back.
	 * @returns `true` when no job waits any more
	 * @throws FlashError FLASH_VERIFY, FLASH_IO (the writer is dead), FLASH_STATE
	 */
	step(): boolean {
		if (this.#state === "dead") throw new FlashError("FLASH_STATE", "writer gave up after an error or abort");
		if (!this.#waits) return true;
		try {
			this.work();
		} catch (error) {
			this.#state = "dead";
			throw error;
		}
		return !this.#waits;
	}

	/**
	 * Stores what is left in the buffer, filled up with 0xFF. Call it, each time in a turn of its own, until it returns `true`.
	 * @returns `true` when every byte is in the flash
	 * @throws FlashError as `step`
	 */
	finish(): boolean {
		if (this.#state === "finished") return true;
		if (this.#state === "open") {
			this.#state = "finishing";
			const end = Math.ceil(this.#held / this.#blockLength) * this.#blockLength;
			this.#buffer.fill(ERASED, this.#held, end);
			this.#held = end;
			this.#waits = end > this.#done;
		}
		if (!this.step()) return false;
		this.#state = "finished";
		return true;
	}

	/** Gives up and leaves the slot as it is, so that a later writer can go on from it. May be called at any time. */
	abort(): void {
		this.#state = "dead";
	}

	/**
	 * Gives up and makes the slot unbootable: its first bytes become 0, which needs no erase. Does nothing when no erase was
	 * tried, by this writer or by the one that it goes on from.
	 * @throws FlashError FLASH_IO
	 */
	discard(): void {
		this.#state = "dead";
		if (this.#eraseCalls > 0 || this.#start > 0) this.#access.program(new Uint8Array(16), 0);
	}

	private full(bytes: number): FlashError {
		return new FlashError("FLASH_FULL", `${bytes} bytes for a slot of ${this.#access.size}`, {
			offset: this.#access.size,
		});
	}

	/** One job for the next block. */
	private work(): void {
		const block = this.#blocks[this.#done / this.#blockLength];
		const offset = this.#block * this.#blockLength;
		if (this.#block < this.#erasedTo) {
			this.program(block, offset);
			this.#programmed++;
		} else if (!this.#differs && this.#access.firstDifference(block, offset) === undefined) {
			this.program(block, offset);
			this.#skipped++;
		} else {
			this.#differs = true;
			return this.erase();
		}
		this.next();
	}

	private program(block: Uint8Array, offset: number): void {
		this.#access.program(block, offset);
		const bad = this.#access.firstDifference(block, offset);
		if (bad === undefined) return;
		const text = `flash differs at 0x${bad.toString(16)} from what was written`;
		throw new FlashError("FLASH_VERIFY", text, { offset: bad });
	}

	/** The block is stored; when it was the last one, what is left of the next goes to the buffer's start. */
	private next(): void {
		this.#block++;
		this.#differs = false;
		this.#done += this.#blockLength;
		this.#waits = this.#held - this.#done >= this.#blockLength;
		if (this.#waits) return;
		if (this.#done < this.#held) this.#buffer.copyWithin(0, this.#done, this.#held);
		this.#held -= this.#done;
		this.#done = 0;
	}

	private erase(): void {
		const group = GROUP_LENGTH / this.#blockLength;
		const whole = this.#block % group === 0 && (this.#block + group) * this.#blockLength <= this.limit();
		const grouped = whole && this.#block >= this.#singlyTo;
		const end = this.#block + (grouped ? group : 1);
		this.#eraseCalls++;
		try {
			this.#access.erase(this.#block, end);
		} catch (error) {
			if (!grouped) throw error;
			this.#singlyTo = end;
			return;
		}
		this.#erases += end - this.#block;
		this.#erasedTo = end;
	}

	/** End of the last block that is needed, as far as known; a file longer than expected falls back to the slot's end. */
	private limit(): number {
		const { size, blockLength } = this.#access;
		if (this.#bytes > this.#expected) return size;
		return Math.ceil(this.#expected / blockLength) * blockLength;
	}
}

function blocksOf(buffer: Uint8Array, blockLength: number): Uint8Array[] {
	const count = buffer.length / blockLength;
	if (!Number.isInteger(count)) throw new FlashError("FLASH_GEOMETRY", `buffer of ${buffer.length} bytes`);
	if (count === 1) return [buffer];
	return Array.from({ length: count }, (_, i) => buffer.subarray(i * blockLength, (i + 1) * blockLength));
}
