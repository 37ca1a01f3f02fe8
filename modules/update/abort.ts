// SPDX-License-Identifier: Apache-2.0
//
// The word of an operator that a run is to stop: what waits is woken, and what would come next does not begin.

import type { TimerService } from "../ecma419/timer.js";
import { UpdateError } from "./error.js";

export class Abort {
	#error: UpdateError | undefined;
	#wake: (() => void) | undefined;

	/** What the run ends with; `undefined` while it goes on. */
	get error(): UpdateError | undefined {
		return this.#error;
	}

	/** Stops the run. */
	stop(): void {
		this.#error ??= new UpdateError("UPDATE_CANCELLED", "stopped by an operator");
		const wake = this.#wake;
		this.#wake = undefined;
		wake?.();
	}

	/** @throws UpdateError UPDATE_CANCELLED once the run is to stop */
	check(): void {
		if (this.#error !== undefined) throw this.#error;
	}

	/** Whoever waits now is told; one at a time, `undefined` when the wait is over. */
	listen(wake: (() => void) | undefined): void {
		this.#wake = wake;
	}

	/** Resolves after `ms`, or as soon as the run is to stop. */
	sleep(timer: TimerService, ms: number): Promise<void> {
		return new Promise((resolve) => {
			if (this.#error !== undefined) return resolve();
			const handle = timer.set(() => {
				this.listen(undefined);
				resolve();
			}, ms);
			this.listen(() => {
				timer.clear(handle);
				resolve();
			});
		});
	}
}
