// SPDX-License-Identifier: Apache-2.0
//
// NOR flash for tests: bits only fall, erase by block, wear counted, blocks that fail, and power cuts that leave an
// operation undone, half done, or done in a way that reads differently every time. Seeded; never looks at a clock.
// Source of the rules: Winbond W25Q data sheets (page program, sector erase); how cells behave after a cut: Tseng, Grupp,
// Swanson, "Understanding the impact of power loss on flash memory" (DAC 2011).

import { type Flash, type FlashStatus } from "../../modules/ecma419/flash.js";
import { Random } from "../harness/random.js";
import type { CutMode, FakeFlashOptions, Fault, FlashSnapshot } from "./flash-options.js";

export { CUT_MODES, type CutMode, type FakeFlashOptions, type Fault, type FlashSnapshot } from "./flash-options.js";

/** Thrown by the operation that is cut, and by everything afterwards until `reboot`. */
export class PowerCut extends Error {
	// A field, not an assignment: Error.prototype is frozen under XS.
	override readonly name = "PowerCut";

	constructor() {
		super("power cut");
	}
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
	/** Blocks that may have some: 1. */
	#shakyBlocks: Uint8Array;
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
		this.#shakyBlocks = new Uint8Array(this.blocks);
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
		for (let block = 0; block < this.blocks; block++) {
			const bits = snapshot.shaky.subarray(block * this.blockLength, (block + 1) * this.blockLength);
			this.#shakyBlocks[block] = bits.some((byte) => byte !== 0) ? 1 : 0;
		}
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
		if (style === "new" || !this.#isShaky(byteOffset, bytes.length)) {
			bytes.set(this.data.subarray(byteOffset, byteOffset + bytes.length));
			return typeof target === "number" ? buffer : bytes.length;
		}
		for (let i = 0; i < bytes.length; i++) {
			const shaky = this.#shaky[byteOffset + i];
			bytes[i] = this.data[byteOffset + i];
			if (shaky === 0) continue;
			bytes[i] ^= style === "old" ? shaky : shaky & this.#random.below(256);
		}
		return typeof target === "number" ? buffer : bytes.length;
	}

	write(buffer: Uint8Array, byteOffset: number): void {
		this.#alive();
		this.#inside(byteOffset, buffer.length);
		const { data } = this;
		const { length } = buffer;
		const shaky = this.#isShaky(byteOffset, length) ? this.#shaky : undefined;
		for (let i = 0; i < length; i++) {
			const now = shaky === undefined ? data[byteOffset + i] : data[byteOffset + i] | shaky[byteOffset + i];
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

	#isShaky(offset: number, length: number): boolean {
		const last = Math.floor((offset + length - 1) / this.blockLength);
		for (let block = Math.floor(offset / this.blockLength); block <= last; block++)
			if (this.#shakyBlocks[block] !== 0) return true;
		return false;
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
		if (mode === undefined && fault === undefined && !this.#isShaky(offset, bytes.length)) {
			// No bit would rise, so nothing of what was there is left.
			this.data.set(bytes, offset);
			this.bytesWritten += bytes.length;
			return;
		}
		if (mode === "unstable-read") this.#shakyBlocks[Math.floor(offset / this.blockLength)] = 1;
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
		if (mode === "unstable-read") this.#shakyBlocks[block] = 1;
		if (mode === undefined && fault !== "erase-silent") {
			this.#shakyBlocks[block] = 0;
			this.data.fill(0xff, start, start + this.blockLength);
			this.#shaky.fill(0, start, start + this.blockLength);
			return;
		}
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
