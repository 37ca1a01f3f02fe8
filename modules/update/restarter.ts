// SPDX-License-Identifier: Apache-2.0
//
// The one restart of an update: within the budget, when no line is in a call or that has been waited for long enough, noted in
// the store, and late enough for the console to say why.
//
//   request() --budget--> graceful wait --> note --> farewell --> restart
//   force() ------------------------------------------^

import type { TimerHandle } from "../ecma419/timer.js";
import { RestartBudget } from "./budget.js";
import type { ClockPolicy } from "./clock-policy.js";
import type { GracefulWait } from "./graceful.js";
import type { UpdateContext } from "./interfaces.js";
import { commitOrReport } from "./records.js";

/** Time for events and console text to get out. */
const farewellMs = 250;

export class Restarter {
	#context: UpdateContext;
	#clock: ClockPolicy;
	#budget: RestartBudget;
	#graceful: GracefulWait;
	#timer: TimerHandle | undefined;
	#pending = false;

	constructor(options: { context: UpdateContext; clock: ClockPolicy; graceful: GracefulWait }) {
		this.#context = options.context;
		this.#clock = options.clock;
		this.#graceful = options.graceful;
		const { store, ticks } = options.context;
		this.#budget = new RestartBudget(store, ticks);
	}

	/** A restart has been decided and is on its way. */
	get pending(): boolean {
		return this.#pending;
	}

	/** Restarts as soon as budget and lines allow; asked again meanwhile, the first reason stays. */
	request(reason: string): void {
		if (this.#pending) return;
		this.#pending = true;
		this.wait(this.#budget.waitMs(), () =>
			this.#graceful.wait("the restart", () => {
				this.note();
				this.leave(reason);
			}),
		);
	}

	/** Restarts outside the budget, when calls have ended as `AdminStateLockControl` wants it. */
	gracefully(reason: string): void {
		this.close();
		this.#pending = true;
		this.#graceful.wait("the restart", () => this.leave(reason));
	}

	/** Restarts now, outside the budget, whoever is in a call: the way back must always be open. */
	force(reason: string): void {
		this.close();
		this.#pending = true;
		this.leave(reason);
	}

	close(): void {
		this.#context.timer.clear(this.#timer);
		this.#timer = undefined;
		this.#pending = false;
		this.#graceful.cancel();
	}

	/** A store that fails must not keep new firmware from starting: the restart is then merely not counted. */
	private note(): void {
		commitOrReport(this.#context, [this.#budget.change(), ...this.#clock.floorChange()]);
	}

	private leave(reason: string): void {
		this.#context.lines?.lock();
		this.#context.report({ event: "restart", reason });
		this.wait(farewellMs, () => this.#context.board.restart());
	}

	private wait(ms: number, then: () => void): void {
		this.#timer = this.#context.timer.set(() => {
			this.#timer = undefined;
			then();
		}, ms);
	}
}
