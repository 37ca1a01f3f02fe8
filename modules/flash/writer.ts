// SPDX-License-Identifier: Apache-2.0
//
// Writes one file to a slot as its bytes arrive, through a buffer of a part of a block (4 KB), or of some: erases just ahead, programs, reads
// back, a piece (a block, or as much of it as the buffer holds) at a time.
// One call does one flash job at most, so the event loop never waits longer than one 64 KB erase.
// Leaves out judging the content, and choosing the slot: the caller opens `nextota`.
//
// Erasing. A block that already holds its data is not erased (a resumed or repeated update wears nothing), but programmed once
// more with the same data: what was being erased or programmed when the power went may read right today and wrong tomorrow.
// A block that differs is erased, with its group of 64 KB where that can be (eraser.ts). A block that merely reads as erased is
// erased again: after a cut during an erase it may read as 0xFF today and differently tomorrow. Nothing is erased before a full
// piece of data is there for it. Where a block's first pieces are those that lie there, programmed once more, and a later one is
// not, they are read back, and programmed again behind the erase.

import type { Flash } from "../ecma419/flash.js";
import { FlashAccess } from "./access.js";
import { SlotEraser } from "./eraser.js";
import { FlashError } from "./error.js";

const ERASED = 0xff;

export interface SlotWriterOptions {
	/** The idle slot, opened by the caller for writing; not closed here. */
	flash: Flash;
	/** Length of the file when it is known: no block above it is erased. Default: unknown. */
	expectedBytes?: number;
	/** Bytes of the file that lie in the slot already and are not touched: a multiple of the block length, default 0. */
	startBytes?: number;
	/** Bytes of the buffer: a quarter of a block, half of it, one, two or four; a quarter as much again is for comparisons. Default: one block. */
	bufferBytes?: number;
}

/** What the next call of `write`, `step` or `finish` spends its time on. */
export type SlotJob = "none" | "erase" | "program";

type State = "open" | "finishing" | "finished" | "dead";

/**
 * Sequential writer of one slot. A caller gives each call a turn of its own:
 * `used += writer.write(chunk.subarray(used))` until all is used, then `finish()` until it returns `true`.
 */
export class SlotWriter extends SlotEraser {
	/** Bytes in the buffer. */
	#held = 0;
	/** Of them, those of pieces that are stored; 0 when no job waits. */
	#done = 0;
	/** There is a whole piece that is not stored. */
	#waits = false;
	#state: State = "open";
	#bytes = 0;
	/** Where the piece that is stored next goes. */
	#at = 0;
	/** The next piece was compared with the flash and differs. */
	#differs = false;
	/** What its block has to begin with, once it is erased. */
	#kept: Uint8Array | undefined;
	readonly #buffer: Uint8Array;
	/** The buffer's pieces. */
	readonly #pieces: readonly Uint8Array[];
	readonly #pieceLength: number;
	readonly #expected: number;
	readonly #start: number;
	#programmed = 0;
	#skipped = 0;

	/** @throws FlashError FLASH_IO, FLASH_GEOMETRY (also of `startBytes` and `bufferBytes`), FLASH_FULL (`expectedBytes` above the slot) */
	constructor(options: SlotWriterOptions) {
		const { flash, bufferBytes } = options;
		super(new FlashAccess(flash, bufferBytes === undefined ? undefined : bufferBytes / 4));
		const { blockLength } = this;
		const { size } = this.access;
		this.#expected = options.expectedBytes ?? size;
		if (this.#expected > size) throw this.full(this.#expected);
		this.#start = options.startBytes ?? 0;
		this.#at = this.#bytes = this.#start;
		if (!(this.#start % blockLength === 0 && this.#start >= 0 && this.#start <= size)) {
			throw new FlashError("FLASH_GEOMETRY", `start at ${this.#start} in blocks of ${blockLength}`);
		}
		this.#buffer = new Uint8Array(bufferBytes ?? blockLength);
		this.#pieceLength = Math.min(this.#buffer.length, blockLength);
		this.#pieces = piecesOf(this.#buffer, this.#pieceLength, blockLength);
	}

	/** Size of the slot, bytes. */
	get size(): number {
		return this.access.size;
	}

	/** Bytes taken so far, those below `startBytes` too. */
	get bytes(): number {
		return this.#bytes;
	}

	/** Bytes of the file that lie in the flash, checked; those below `startBytes` by the caller. */
	get stored(): number {
		return this.#at < this.#bytes ? this.#at : this.#bytes;
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

	/** The job that waits: `none` while there is no whole piece. */
	get pending(): SlotJob {
		if (!this.#waits || this.#state === "dead") return "none";
		return this.block < this.erasedTo ? "program" : "erase";
	}

	/** The block of the piece that is stored next. */
	private get block(): number {
		return Math.floor(this.#at / this.blockLength);
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
		this.#waits = this.#held - this.#done >= this.#pieceLength;
		return this.#waits;
	}

	private checkRoom(count: number): void {
		if (this.#state !== "open") throw new FlashError("FLASH_STATE", `write on a writer that is ${this.#state}`);
		if (this.#bytes + count > this.access.size) throw this.full(this.#bytes + count);
	}

	/**
	 * Does the job that waits, if there is one: one erase, or one piece programmed and read back.
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
			this.pad();
		}
		if (!this.step()) return false;
		if (this.#at % this.blockLength === 0) this.#state = "finished";
		else this.pad();
		return this.#state === "finished";
	}

	/** Fills the last piece; what is left of its block follows, a piece at a time. */
	private pad(): void {
		const length = this.#pieceLength;
		const isWithin = this.#held === 0 && this.#at % this.blockLength !== 0;
		const end = isWithin ? length : Math.ceil(this.#held / length) * length;
		this.#buffer.fill(ERASED, this.#held, end);
		this.#held = end;
		this.#waits = end > this.#done;
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
		if (this.eraseCalls > 0 || this.#start > 0) this.access.program(new Uint8Array(16), 0);
	}

	private full(bytes: number): FlashError {
		return new FlashError("FLASH_FULL", `${bytes} bytes for a slot of ${this.access.size}`, {
			offset: this.access.size,
		});
	}

	/** One job for the next piece. */
	private work(): void {
		const piece = this.#pieces[this.#done / this.#pieceLength];
		const isErased = this.block < this.erasedTo;
		if (isErased && this.#kept !== undefined) return this.restore(this.#kept);
		if (!isErased && (this.#differs || this.access.firstDifference(piece, this.#at) !== undefined)) {
			this.#differs = true;
			this.#kept ??= this.keep(this.#at % this.blockLength);
			/* A file longer than expected may go to the slot's end. */
			return this.erase(this.block, this.#bytes > this.#expected ? this.access.size : this.#expected);
		}
		this.program(piece, this.#at);
		this.next(isErased);
	}

	/** What of the block is stored goes with the erase, and has to come back. */
	private keep(length: number): Uint8Array | undefined {
		if (length === 0) return undefined;
		const kept = new Uint8Array(length);
		this.#at -= length;
		this.access.read(kept, this.#at);
		return kept;
	}

	private restore(kept: Uint8Array): void {
		this.program(kept, this.#at);
		this.#at += kept.length;
		this.#kept = undefined;
	}

	private program(piece: Uint8Array, offset: number): void {
		this.access.program(piece, offset);
		const bad = this.access.firstDifference(piece, offset);
		if (bad === undefined) return;
		const text = `flash differs at 0x${bad.toString(16)} from what was written`;
		throw new FlashError("FLASH_VERIFY", text, { offset: bad });
	}

	/** The piece is stored; when it was the last one, what is left of the next goes to the buffer's start. */
	private next(isErased: boolean): void {
		const length = this.#pieceLength;
		this.#at += length;
		if (this.#at % this.blockLength === 0) {
			if (isErased) this.#programmed++;
			else this.#skipped++;
		}
		this.#differs = false;
		this.#done += length;
		this.#waits = this.#held - this.#done >= length;
		if (this.#waits) return;
		if (this.#done < this.#held) this.#buffer.copyWithin(0, this.#done, this.#held);
		this.#held -= this.#done;
		this.#done = 0;
	}
}

function piecesOf(buffer: Uint8Array, length: number, blockLength: number): Uint8Array[] {
	const count = buffer.length / length;
	if (!Number.isInteger(count) || blockLength % length !== 0)
		throw new FlashError("FLASH_GEOMETRY", `buffer of ${buffer.length} bytes`);
	if (count === 1) return [buffer];
	return Array.from({ length: count }, (_, i) => buffer.subarray(i * length, (i + 1) * length));
}
