// SPDX-License-Identifier: Apache-2.0
//
// What is known of a round of a real gateway when it is over.

import type { Erases, HeapUse, Holding } from "./look.js";
import type { Plan } from "./plan.js";

export interface RealRound extends Plan {
	round: number;
	/** The mishap did come. */
	happened: boolean;
	/** From what was published to the gateway at rest. */
	ms: number;
	verdicts: string[];
	version: string;
	hostName: string;
	/** What the gateway must not have become. */
	problem?: string;
	/** Process of the firmware, and starts so far. */
	life: number;
	boots: number;
	/** At rest; the chip's process is loader and supervisor. */
	gateway: Holding;
	chip: Holding;
	heap: HeapUse;
	erases: Erases;
	bytesProgrammed: number;
	/** Erases that the image of this round must have cost its slot; -1 when none was installed. */
	imageErases: number;
	store: { live: number; free: number };
}

export interface RealOptions {
	rounds: number;
	seed: number;
	/** Every other so many rounds restart nothing; default 20. */
	stretch?: number;
	onRound?: (round: RealRound) => void;
}
