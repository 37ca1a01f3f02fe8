// SPDX-License-Identifier: Apache-2.0
//
// Waiting as promises over the host's timer.

import type { TimerService } from "../ecma419/timer.js";

/** Resolves after `ms`; 0 lets every event that is due come first. */
export function sleep(timer: TimerService, ms: number): Promise<void> {
	return new Promise((resolve) => {
		timer.set(() => resolve(), ms);
	});
}
