// SPDX-License-Identifier: Apache-2.0
//
// Recovery: finds the log on a partition and brings it to a state that reads the same at every later start, before
// anybody is told what is in it. After an orderly stop, or a cut while nothing was being written, it writes nothing.

import { StoreError } from "./error.js";
import { UNIT } from "./format.js";
import { Log } from "./log.js";
import { type Medium } from "./medium.js";
import { type RecordIndex } from "./record-index.js";
import { scan } from "./scan.js";
import { Survey } from "./survey.js";

export interface Mounted {
	log: Log;
	/** Places in the log that could not be read. */
	damaged: number;
}

/** Runs `write`; a partition without a usable block is still good for reading. @returns whether it was written */
function attempt(write: () => void): boolean {
	try {
		write();
		return true;
	} catch (error) {
		if (error instanceof StoreError && error.code === "STORE_WORN") return false;
		throw error;
	}
}

/**
 * Settles which block is the newest.
 * @returns position where the log ends at the latest; 0 when there is no log
 */
function settleHead(log: Log, survey: Survey): number {
	for (;;) {
		const top = survey.top();
		if (top === undefined) return 0;
		log.medium.inheritBad(top.header.bad);
		log.adopt(top.header, top.block, survey.map(top));
		if (top.proven) return log.end;
		log.guard = survey.guard(top);
		let carried = false;
		if (!attempt(() => (carried = log.carry(top.header)))) {
			log.guard = undefined;
			return top.header.index * log.payload + top.header.prefix * UNIT;
		}
		if (carried) return log.end;
		survey.distrust(top.block);
		log.head = undefined;
	}
}

/**
 * @param index empty; filled with the live records
 * @throws StoreError STORE_FLASH when the flash does not answer
 */
export function mount(medium: Medium, index: RecordIndex): Mounted {
	const log = new Log(medium);
	const survey = new Survey(medium);
	log.generation = survey.generation;
	const limit = settleHead(log, survey);
	const found = scan(log, index, limit);
	log.tail = found.tail;
	log.sealed = found.sealed;
	if (found.suspect) attempt(() => log.open());
	return { log, damaged: found.damaged };
}
