// SPDX-License-Identifier: Apache-2.0
//
// Which rows of a table have been seen: a row may occur once. Holds 8 bytes for each.

import { maxRowIndex } from "./table.js";

const firstRoom = 16;

export class RowIndexes {
	readonly #most: number;
	#seen = new Float64Array(0);
	#count = 0;

	/** @param most rows of one table */
	constructor(most: number) {
		this.#most = most;
	}

	clear(): void {
		this.#seen = new Float64Array(0);
		this.#count = 0;
	}

	/** No more is taken: the table has as many rows as are allowed. */
	get full(): boolean {
		return this.#count === this.#most;
	}

	/** @returns false when the row was there before; not to be called when `full` */
	add(index: readonly number[]): boolean {
		const key = index.reduce((sum, each) => sum * (maxRowIndex + 1) + each, 0);
		// Rows nearly always come in order.
		const inOrder = this.#count === 0 || key > this.highest();
		if (!inOrder && this.#seen.subarray(0, this.#count).includes(key)) return false;
		if (this.#count === this.#seen.length) {
			const larger = new Float64Array(Math.min(this.#most, Math.max(firstRoom, 2 * this.#count)));
			larger.set(this.#seen);
			this.#seen = larger;
		}
		this.insert(key, inOrder);
		return true;
	}

	/** The highest of all stands last. */
	private highest(): number {
		return this.#seen[this.#count - 1];
	}

	private insert(key: number, inOrder: boolean): void {
		if (inOrder) this.#seen[this.#count++] = key;
		else {
			this.#seen[this.#count] = this.highest();
			this.#seen[this.#count++ - 1] = key;
		}
	}
}
