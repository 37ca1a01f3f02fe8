// SPDX-License-Identifier: Apache-2.0
//
// At most four update restarts an hour, whatever servers and files say. What is kept in the store is how long ago each
// restart was, in running time: no clock is needed, and one that jumps does no harm. Time spent switched off does not
// count, which errs towards waiting.

import { encodeUTF8 } from "../bytes/text.js";
import type { RecordChange, RecordStore } from "./interfaces.js";
import { readText } from "./records.js";

/** Store record: milliseconds since each restart at the moment of the last one, joined by commas. */
export const restartRecord = "upd.restarts";

/** Restarts within `budgetWindowMs`. */
export const maxRestarts = 4;
export const budgetWindowMs = 3600 * 1000;

export class RestartBudget {
	#store: RecordStore;
	#ticks: () => number;

	/** @param ticks milliseconds since start */
	constructor(store: RecordStore, ticks: () => number) {
		this.#store = store;
		this.#ticks = ticks;
	}

	/** @returns milliseconds until a restart is allowed, 0 for now */
	waitMs(): number {
		const ages = this.ages();
		return ages.length < maxRestarts ? 0 : budgetWindowMs - ages[ages.length - maxRestarts];
	}

	/** The change to commit before a restart. */
	change(): RecordChange {
		const ages = [...this.ages(), 0].slice(-maxRestarts);
		return { name: restartRecord, value: encodeUTF8(ages.map(String).join(",")) };
	}

	/** Ages of the restarts of the last hour, oldest first. */
	private ages(): number[] {
		const text = readText(this.#store, restartRecord) ?? "";
		const running = Math.floor(this.#ticks());
		return text
			.split(",")
			.filter((age) => /^[0-9]{1,10}$/.test(age))
			.map((age) => Number(age) + running)
			.filter((age) => age < budgetWindowMs);
	}
}
