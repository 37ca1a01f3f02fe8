// SPDX-License-Identifier: Apache-2.0
//
// The time side of the waits that servers asked for: asks for a run when one is over, and stores what is left, once when waits
// have come or gone and once an hour while there are any. A reset thus makes a wait longer by an hour at most.

import type { TimerService } from "../ecma419/timer.js";
import type { Triggered } from "./events.js";
import type { Holds } from "./holds.js";
import type { UpdateContext } from "./interfaces.js";
import { commitOrReport } from "./records.js";
import { Schedule, type ScheduleOptions } from "./schedule.js";

const saveMs = 3600 * 1000;

export class HoldWatch implements ScheduleOptions {
	readonly #context: UpdateContext;
	readonly #holds: Holds;
	readonly #updater: Triggered;
	readonly #schedule: Schedule;

	constructor(options: { context: UpdateContext; holds: Holds; updater: Triggered }) {
		this.#context = options.context;
		this.#holds = options.holds;
		this.#updater = options.updater;
		this.#schedule = new Schedule(this);
	}

	get timer(): TimerService {
		return this.#context.timer;
	}

	ticks(): number {
		return this.#context.ticks();
	}

	/** A run is over, or the program has started. */
	ended(): void {
		if (this.#holds.changed) this.save();
		const { next } = this.#holds;
		// A wait that ended within the run is dealt with in the next turn.
		this.#schedule.arm(next === undefined ? 0 : Math.max(1, Math.min(next, saveMs)));
	}

	close(): void {
		this.#schedule.clear();
	}

	/** The schedule's time has come. */
	onDue(): void {
		if (this.#holds.expire()) return void this.#updater.trigger("retry");
		this.save();
		this.ended();
	}

	private save(): void {
		if (commitOrReport(this.#context, this.#holds.changes())) this.#holds.saved();
	}
}
