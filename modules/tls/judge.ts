// SPDX-License-Identifier: Apache-2.0
//
// The clock that the dates of certificates are judged by. A clock that stands on its floor (the build time of the firmware,
// say) is no time of day but a lower bound: what has expired by it has expired, what is not valid yet by it may be so in
// truth, as is every certificate made after the firmware.

import type { Clock } from "../ecma419/board.js";

export interface JudgedClock {
	/** Seconds since 1970, 0 unknown. */
	seconds: number;
	/** Who has set it, for the sentence. */
	source: string;
	/** Whether it can tell that a certificate is not valid yet. */
	judgesStart: boolean;
}

/** @returns the clock as it stands now */
export function judgeBy(clock: Pick<Clock, "now" | "source"> | undefined): JudgedClock {
	const source = clock?.source ?? "none";
	const now = source === "none" ? undefined : clock?.now();
	return { seconds: Math.floor((now ?? 0) / 1000), source, judgesStart: source !== "floor" };
}
