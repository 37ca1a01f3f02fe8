// SPDX-License-Identifier: Apache-2.0
//
// Waits of a connection for its client, who may be slow, but not too slow on the whole.

import { RateGuard, type TimeSource } from "../http/deadline.js";
import { HTTPError, type HTTPErrorCode } from "../http/errors.js";
import type { ConnectionOptions } from "./options.js";

export class Patience {
	readonly #time: TimeSource;
	readonly #rate: RateGuard;
	#resolve: (() => void) | undefined;
	#reject: ((error: HTTPError) => void) | undefined;

	constructor({ time, timeouts }: ConnectionOptions) {
		this.#time = time;
		this.#rate = new RateGuard(timeouts.leastBytesPerSecond, timeouts.rateWindowMs);
	}

	/** @returns comes back with `end` */
	begin(): Promise<void> {
		this.#rate.wait(this.#time.ticks());
		return new Promise((resolve, reject) => {
			this.#resolve = resolve;
			this.#reject = reject;
		});
	}

	/** @param bytes moved so far. @returns `false` when the client is too slow */
	suffices(bytes: number): boolean {
		return this.#rate.arrived(this.#time.ticks(), bytes);
	}

	/** Something has come, or nothing will. @param code why not. @returns whether anybody has waited */
	end(code?: HTTPErrorCode): boolean {
		const [resolve, reject] = [this.#resolve, this.#reject];
		this.#resolve = this.#reject = undefined;
		if (code === undefined) resolve?.();
		else reject?.(new HTTPError(code, "the client has gone or is too slow"));
		return resolve !== undefined;
	}
}
