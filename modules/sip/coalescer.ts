// SPDX-License-Identifier: Apache-2.0
//
// Makes few triggers of many requests: the first one triggers at once; those of the time after it are joined to one trigger at its end,
// so that nothing is lost: what a server offers after the first run began is fetched.
//
//   idle --request--> trigger, waiting --request--> (joined) --time over--> trigger, waiting | idle when none was joined

import type { TimerHandle, TimerService } from "../ecma419/timer.js";

/** The update (module `update`, class Updater). */
export interface TriggerPort {
	/** @returns "ignored" when nothing comes of it: a restart is near */
	trigger(cause: "notify", requester: string, options: { restart: boolean }): unknown;
}

export interface CoalescerOptions {
	readonly timer: TimerService;
	ticks(): number;
	readonly update: TriggerPort;
	/** Least time between two triggers, ms; asked anew each time. */
	intervalMs(): number;
}

/** - `refused`: the update takes no trigger now. */
export type Effect = "triggered" | "joined" | "refused";

interface Joined {
	requester: string;
	restart: boolean;
}

export class Coalescer {
	readonly #options: CoalescerOptions;
	#timer: TimerHandle | undefined;
	#due = 0;
	#joined: Joined | undefined;

	constructor(options: CoalescerOptions) {
		this.#options = options;
	}

	/** Milliseconds until a joined trigger; `undefined` when none waits. */
	get waitMs(): number | undefined {
		return this.#joined === undefined ? undefined : Math.max(0, this.#due - this.#options.ticks());
	}

	/**
	 * @param requester for events
	 * @param restart restart even if nothing is new; one such request is enough for all that are joined
	 */
	request(requester: string, restart: boolean): Effect {
		if (this.#timer === undefined) return this.trigger({ requester, restart });
		if (this.#joined === undefined) this.#joined = { requester, restart };
		else {
			this.#joined.requester = requester;
			this.#joined.restart ||= restart;
		}
		return "joined";
	}

	close(): void {
		const timer = this.#timer;
		this.#timer = this.#joined = undefined;
		this.#options.timer.clear(timer);
	}

	private trigger({ requester, restart }: Joined): Effect {
		const { update, timer } = this.#options;
		if (update.trigger("notify", requester, { restart }) === "ignored") return "refused";
		const interval = this.#options.intervalMs();
		if (interval <= 0) return "triggered";
		this.#due = this.#options.ticks() + interval;
		this.#timer = timer.set(() => this.end(), interval);
		return "triggered";
	}

	private end(): void {
		this.#timer = undefined;
		const joined = this.#joined;
		this.#joined = undefined;
		if (joined !== undefined) this.trigger(joined);
	}
}
