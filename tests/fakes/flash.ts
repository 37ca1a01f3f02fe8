// SPDX-License-Identifier: Apache-2.0
//
// NOR flash for tests: bits only fall, erase by block, wear counted, blocks that fail, and power cuts that leave an
// operation undone, half done, or done in a way that reads differently every time. Seeded; never looks at a clock.
// Source of the rules: Winbond W25Q data sheets (page program, sector erase); how cells behave after a cut: Tseng, Grupp,
// Swanson, "Understanding the impact of power loss on flash memory" (DAC 2011).

import { type Flash, type FlashStatus } from "../../modules/ecma419/flash.js";
import { Random } from "../harness/random.js";

/**
 * What a cut leaves of the operation it hits.
 * - before, after: nothing, all
 * - torn-prefix: the first bytes, and some bits of the next one
 * - torn-random-bits: any of the bits that were to change
 * - half-erase: of an erase, part of the block (a program is hit as by torn-random-bits)
 * - unstable-read: all bits that were to change read as old, as new, or as anything, until the next complete operation
 *   on them; in some power cycles always the same, in others differently each time
 */
export type CutMode = "before" | "after" | "torn-prefix" | "torn-random-bits" | "half-erase" | "unstable-read";

export const CUT_MODES: readonly CutMode[] = Object.freeze([
	"before",
	"after",
	"torn-prefix",
	"torn-random-bits",
	"half-erase",
	"unstable-read",
]);

/** How a bad block fails: with an exception, or by doing nothing or not enough without a word. */
export type Fault = "erase-error" | "erase-silent" | "program-error" | "program-silent";

/** Thrown by the operation that is cut, and by everything afterwards until `reboot`. */
export class PowerCut extends Error {
	constructor() {
		super("power cut");
		this.name = "PowerCut";
	}
}

export interface FakeFlashOptions {
	/** Default 96. */
	blocks?: number;
	/** Bytes, default 4096. */
	blockLength?: number;
	/** Bytes that one operation programs at most, default 256; longer writes are several operations. */
	pageLength?: number;
	/**
	 * Bytes; when given, each unit may be programmed once after a complete erase, whether that program was completed or
	 * not: the rule of parts with error correction, and of everybody who survives torn operations.
	 */
	unitLength?: number;
	/** Default 1. */
	seed?: number;
}

export interface FlashSnapshot {
	data: Uint8Array;
	shaky: Uint8Array;
	used: Uint8Array;
	wear: Uint32Array;
}

type ReadStyle = "new" | "old" | "mixed" | "changing";

export class FakeFlash implements Flash {
	readonly blocks: number;
	readonly blockLength: number;
	readonly pageLength: number;
	/** Complete and cut programs (by page) and erases (by block). */
	operations = 0;
	reads = 0;
	bytesRead = 0;
	bytesWritten = 0;
	erases = 0;
	/** Breaches of the rules (a bit would rise, a unit programmed twice); each throws too. */
	violations = 0;
	/** Erases by block. */
	wear: Uint32Array;
	/** Cells as after the last operation; tests may damage them. */
	data: Uint8Array;
	readonly #unitLength: number;
	/** Bits that read as in `data` or the other way round. */
	#shaky: Uint8Array;
	/** Units that must not be programmed before the next complete erase. */
	#used: Uint8Array;
	#random: Random;
	#style: ReadStyle = "new";
	#faults: (Fault | undefined)[] = [];
	#countdown: number | undefined;
	#mode: CutMode = "before";
	#off = false;
	#closed = false;

	constructor(options: FakeFlashOptions = {}) {
		this.blocks = options.blocks ?? 96;
		this.blockLength = options.blockLength ?? 4096;
		this.pageLength = options.pageLength ?? 256;
		this.#unitLength = options.unitLength ?? 0;
		this.#random = new Random(options.seed ?? 1);
		const size = this.blocks * this.blockLength;
		this.data = new Uint8Array(size).fill(0xff);
		this.#shaky = new Uint8Array(size);
		this.#used = new Uint8Array(this.#unitLength > 0 ? size / this.#unitLength : 0);
		this.wear = new Uint32Array(this.blocks);
	}

	/** Cuts the power in the operation that follows `operations` more ones. */
	cutAfter(operations: number, mode: CutMode): void {
		this.#countdown = operations;
		this.#mode = mode;
	}

	/** Whether the power is off. */
	get isCut(): boolean {
		return this.#off;
	}

	/** Power on again; a cut that was still to come is forgotten, and `close` is undone. */
	reboot(): void {
		this.#off = false;
		this.#closed = false;
		this.#countdown = undefined;
		this.#style = this.#random.pick<ReadStyle>(["new", "old", "mixed", "changing"]);
	}

	/** From now on `block` fails in this way; `undefined` heals it. */
	setFault(block: number, fault: Fault | undefined): void {
		this.#faults[block] = fault;
	}

	snapshot(): FlashSnapshot {
		return {
			data: this.data.slice(),
			shaky: this.#shaky.slice(),
			used: this.#used.slice(),
			wear: this.wear.slice(),
		};
	}

	/** @param seed for what is random from here on */
	restore(snapshot: FlashSnapshot, seed: number): void {
		this.data.set(snapshot.data);
		this.#shaky.set(snapshot.shaky);
		this.#used.set(snapshot.used);
		this.wear.set(snapshot.wear);
		this.#random = new Random(seed);
		this.reboot();
		this.#style = "new";
	}

	read(byteLength: number, byteOffset: number): ArrayBuffer;
	read(buffer: Uint8Array, byteOffset: number): number;
	read(target: Uint8Array | number, byteOffset: number): ArrayBuffer | number {
		this.#alive();
		const buffer = new ArrayBuffer(typeof target === "number" ? target : 0);
		const bytes = typeof target === "number" ? new Uint8Array(buffer) : target;
		this.#inside(byteOffset, bytes.length);
		this.reads++;
		this.bytesRead += bytes.length;
		const style = this.#style === "changing" ? this.#random.pick<ReadStyle>(["new", "old", "mixed"]) : this.#style;
		for (let i = 0; i < bytes.length; i++) {
			const shaky = this.#shaky[byteOffset + i];
			bytes[i] = this.data[byteOffset + i];
			if (shaky === 0 || style === "new") continue;
			bytes[i] ^= style === "old" ? shaky : shaky & this.#random.below(256);
		}
		return typeof target === "number" ? buffer : bytes.length;
	}

	write(buffer: Uint8Array, byteOffset: number): void {
		this.#alive();
		this.#inside(byteOffset, buffer.length);
		for (let i = 0; i < buffer.length; i++) {
			const now = this.data[byteOffset + i] | this.#shaky[byteOffset + i];
			if ((buffer[i] & ~now) !== 0) this.#refuse(`bit would rise at ${byteOffset + i}`);
		}
		for (let done = 0; done < buffer.length;) {
			const at = byteOffset + done;
			const count = Math.min(buffer.length - done, this.pageLength - (at % this.pageLength));
			this.#programPage(buffer.subarray(done, done + count), at);
			done += count;
		}
	}

	eraseBlock(start: number, end = start + 1): void {
		this.#alive();
		if (!(start >= 0 && start < end && end <= this.blocks)) throw new Error(`no blocks ${start} to ${end}`);
		for (let block = start; block < end; block++) this.#erase(block);
	}

	status(): FlashStatus {
		this.#alive();
		return { size: this.data.length, blockLength: this.blockLength, blocks: this.blocks };
	}

	close(): void {
		this.#closed = true;
	}

	#alive(): void {
		if (this.#off) throw new PowerCut();
		if (this.#closed) throw new Error("flash is closed");
	}

	#refuse(message: string): never {
		this.violations++;
		throw new Error(message);
	}

	#inside(offset: number, length: number): void {
		const fits = Number.isInteger(offset) && offset >= 0 && offset + length <= this.data.length;
		if (!fits) throw new Error(`range ${offset} + ${length} leaves the partition`);
	}

	/** @returns the mode in which this operation is cut, if it is */
	#tick(): CutMode | undefined {
		this.operations++;
		if (this.#countdown === undefined || this.#countdown-- > 0) return undefined;
		this.#countdown = undefined;
		this.#off = true;
		return this.#mode;
	}

	#programPage(bytes: Uint8Array, offset: number): void {
		const fault = this.#faults[Math.floor(offset / this.blockLength)];
		const mode = this.#tick();
		if (mode !== "before") this.#useUnits(bytes, offset);
		if (mode === undefined && fault === "program-error") throw new Error("program failed");
		const torn = this.#random.below(bytes.length);
		for (let i = 0; i < bytes.length && mode !== "before"; i++) {
			const at = offset + i;
			let keep = 0;
			if (mode === "torn-prefix") keep = i < torn ? 0 : i > torn ? 0xff : this.#random.below(256);
			else if (mode === "torn-random-bits" || mode === "half-erase") keep = this.#random.below(256);
			else if (fault === "program-silent") keep = 0x10;
			const falls = (this.data[at] | this.#shaky[at]) & ~bytes[i];
			if (mode === "unstable-read") this.#shaky[at] |= falls;
			else this.#shaky[at] &= ~falls | keep;
			this.data[at] &= bytes[i] | keep;
		}
		this.bytesWritten += bytes.length;
		if (mode !== undefined) throw new PowerCut();
	}

	#useUnits(bytes: Uint8Array, offset: number): void {
		if (this.#unitLength === 0 || bytes.length === 0) return;
		const last = Math.floor((offset + bytes.length - 1) / this.#unitLength);
		for (let unit = Math.floor(offset / this.#unitLength); unit <= last; unit++) {
			if (this.#used[unit] === 1) this.#refuse(`unit at ${unit * this.#unitLength} programmed twice`);
			this.#used[unit] = 1;
		}
	}

	#erase(block: number): void {
		const mode = this.#tick();
		const fault = this.#faults[block];
		if (mode === "before") throw new PowerCut();
		this.wear[block]++;
		this.erases++;
		const start = block * this.blockLength;
		if (this.#unitLength > 0) {
			const done = mode === undefined || mode === "after" ? 0 : 1;
			const from = start / this.#unitLength;
			this.#used.fill(done, from, from + this.blockLength / this.#unitLength);
		}
		if (mode === undefined && fault === "erase-error") throw new Error("erase failed");
		const torn = this.#random.below(this.blockLength);
		for (let i = 0; i < this.blockLength; i++) {
			const at = start + i;
			let stay = 0;
			if (mode === "torn-prefix") stay = i < torn ? 0 : 0xff;
			else if (mode === "half-erase") stay = i < torn ? this.#random.below(256) : 0xff;
			else if (mode === "torn-random-bits") stay = this.#random.below(256);
			else if (fault === "erase-silent" && mode === undefined) stay = 0xff;
			const rises = 0xff & ~stay & (~this.data[at] | this.#shaky[at]);
			if (mode === "unstable-read") this.#shaky[at] |= rises;
			else this.#shaky[at] &= stay;
			this.data[at] |= 0xff & ~stay;
		}
		if (mode !== undefined) throw new PowerCut();
	}
}
