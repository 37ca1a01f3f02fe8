// SPDX-License-Identifier: Apache-2.0
//
// The erases of a slot that is being written, just ahead of the data, 64 KB at once where all of that will be needed.
// At the start of an aligned group of 16 blocks that will all be needed, an erase takes the group (one call); anywhere else blocks are
// erased one by one; so is a group whose erase failed, to find out which block it is and to keep the ones before it.
// Leaves out when a block has to be erased: writer.ts.

import type { FlashAccess } from "./access.js";

/** Largest erase in one call, bytes; the 64 KB erase of NOR parts costs as much as about three of 4 KB. */
const GROUP_LENGTH = 65536;

export class SlotEraser {
	/** Erase unit of the slot, bytes. */
	readonly blockLength: number;
	protected readonly access: FlashAccess;
	/** Blocks below this one were erased. */
	protected erasedTo = 0;
	/** Blocks below this one are erased one by one: their group could not be erased as a whole. */
	#singlyTo = 0;
	#erases = 0;
	#eraseCalls = 0;

	constructor(access: FlashAccess) {
		this.access = access;
		this.blockLength = access.blockLength;
	}

	/** Blocks (4 KB) erased. */
	get erases(): number {
		return this.#erases;
	}

	/** Calls of `eraseBlock`. */
	get eraseCalls(): number {
		return this.#eraseCalls;
	}

	/** One erase. @param needed bytes of the slot that will be written, as far as known */
	protected erase(block: number, needed: number): void {
		const { blockLength } = this;
		const group = GROUP_LENGTH / blockLength;
		const limit = Math.ceil(needed / blockLength) * blockLength;
		const whole = block % group === 0 && (block + group) * blockLength <= limit;
		const grouped = whole && block >= this.#singlyTo;
		const end = block + (grouped ? group : 1);
		this.#eraseCalls++;
		try {
			this.access.erase(block, end);
		} catch (error) {
			if (!grouped) throw error;
			this.#singlyTo = end;
			return;
		}
		this.#erases += end - block;
		this.erasedTo = end;
	}
}
