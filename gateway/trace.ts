// SPDX-License-Identifier: Apache-2.0
//
// What became of each attempt of the update, remembered over restarts.

import { TraceCollector } from "upgate/trace/collector";
import { TraceRing } from "upgate/trace/ring";
import type { StampedRecord } from "upgate/update/events";
import type { RecordStore } from "upgate/update/interfaces";
import type { Board } from "../modules/ecma419/board.js";

export interface Trace {
	ring: TraceRing;
	/** Takes each event of the update. */
	note(record: StampedRecord): void;
}

/** @param status gives when the next attempt is due, in ticks */
export function makeTrace(store: RecordStore, board: Board, status: () => { next: number | undefined }): Trace {
	const ring = new TraceRing({ store });
	const nextMs = (): number | undefined => {
		const { next } = status();
		return next === undefined ? undefined : next - board.clock.ticks();
	};
	const collector = new TraceCollector({ ring, nextMs });
	return { ring, note: (record) => collector.take(record) };
}
