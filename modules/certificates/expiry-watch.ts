// SPDX-License-Identifier: Apache-2.0
//
// Tells once a day which certificates in force have expired or end soon, as soon as the clock knows the day. After a restart it
// tells again.

import type { Clock } from "../ecma419/board.js";
import type { TimerHandle, TimerService } from "../ecma419/timer.js";

export interface ExpiryWatchOptions {
	/** The class CertificateStore fits. */
	readonly certificates: { warnings(now: number, exact: boolean): Iterable<string> };
	readonly clock: Clock;
	readonly timer: TimerService;
	/** One sentence for each certificate. */
	onWarning(text: string): void;
	/** Time between looks at the clock, ms; default 10 minutes. */
	readonly intervalMs?: number;
}

const dayMs = 86_400_000;

export class ExpiryWatch {
	readonly #options: ExpiryWatchOptions;
	#timer: TimerHandle | undefined;
	#day: number | undefined;

	/** Looks for the first time when it is started. */
	constructor(options: ExpiryWatchOptions) {
		this.#options = options;
	}

	start(): void {
		if (this.#timer !== undefined) return;
		const { timer, intervalMs = 600_000 } = this.#options;
		this.#timer = timer.repeat(() => this.look(), intervalMs);
		this.look();
	}

	close(): void {
		this.#options.timer.clear(this.#timer);
		this.#timer = undefined;
	}

	private look(): void {
		const { certificates, clock } = this.#options;
		const now = clock.now();
		if (now === undefined) return;
		const day = Math.floor(now / dayMs);
		if (day === this.#day) return;
		this.#day = day;
		for (const text of certificates.warnings(now, clock.source !== "floor")) this.#options.onWarning(text);
	}
}
