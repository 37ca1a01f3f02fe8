// SPDX-License-Identifier: Apache-2.0
//
// The time side of the waits that servers asked for: asks for a run when one is over, and stores what is left, once when waits
// have come or gone and once an hour while there are any. A reset thus makes a wait longer by an hour at most.

import type { Holds } from "./holds.js";
import type { UpdateContext } from "./interfaces.js";
import { commitOrReport } from "./records.js";
import { Schedule } from "./schedule.js";

const saveMs = 3600 * 1000;

export class HoldWatch {
	readonly #context: UpdateContext;
	readonly #holds: Holds;
	readonly #schedule: Schedule;
	readonly #again: () => void;

	/** @param options.again asks for a run */
	constructor(options: { context: UpdateContext; holds: Holds; again: () => void }) {
		const { board, timer } = options.context;
		this.#context = options.context;
		this.#holds = options.holds;
		this.#again = options.again;
		this.#schedule = new Schedule({ timer, ticks: () => board.clock.ticks(), onDue: () => this.#due() });
	}

	/** A run is over, or the program has started. */
	ended(): void {
		if (this.#holds.changed) this.#save();
		const { next } = this.#holds;
		// A wait that ended within the run is dealt with in the next turn.
		this.#schedule.arm(next === undefined ? 0 : Math.max(1, Math.min(next, saveMs)));
	}

	close(): void {
		this.#schedule.clear();
	}

	#due(): void {
		if (this.#holds.expire()) return this.#again();
		this.#save();
		this.ended();
	}

	#save(): void {
		if (commitOrReport(this.#context, this.#holds.changes())) this.#holds.saved();
	}
}
