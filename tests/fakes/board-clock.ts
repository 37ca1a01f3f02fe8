// SPDX-License-Identifier: Apache-2.0
//
// The clock of a board in tests: unknown until it is set, then it goes on with virtual ticks.

import type { Clock, ClockSource } from "../../modules/ecma419/board.js";

/** @param ticks milliseconds since this start */
export function boardClock(ticks: () => number): Clock {
	let source: ClockSource = "none";
	let offset = 0;
	return {
		now: () => (source === "none" ? undefined : offset + ticks()),
		get source() {
			return source;
		},
		set: (ms, from) => {
			source = from;
			offset = ms - ticks();
		},
		ticks,
	};
}
