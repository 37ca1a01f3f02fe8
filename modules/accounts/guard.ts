// SPDX-License-Identifier: Apache-2.0
//
// Back-off after failed log-ins: free tries, then a wait that doubles, for each source of its own and, more gently, for all together, so
// that many addresses gain nothing. A success forgets that source's failures.

export interface LoginGuardOptions {
	/** Monotonic milliseconds. */
	ticks: () => number;
	/** Failures without a wait. Default 3. */
	free?: number;
	/** First wait, ms. Default 2,000. */
	firstMs?: number;
	/** Longest wait, ms. Default 300,000. */
	mostMs?: number;
	/** Sources remembered; the one heard of longest ago is forgotten. Default 8. */
	sources?: number;
	/** Failures of all sources without a wait. Default 20. */
	freeOfAll?: number;
}

interface Entry {
	source: string;
	failures: number;
	until: number;
}

const nobody: readonly Entry[] = Object.freeze([]);

export class LoginGuard {
	readonly #options: LoginGuardOptions;
	#entries: readonly Entry[] = nobody;
	/** Failures of all sources; made with the first. */
	#all: Entry | undefined;

	constructor(options: LoginGuardOptions) {
		this.#options = options;
	}

	/** @returns ms until the next try of this source is looked at; 0: now */
	waitMs(source: string): number {
		const now = this.#options.ticks();
		const entry = this.#entries.find((item) => item.source === source);
		return Math.max(0, (this.#all?.until ?? 0) - now, (entry?.until ?? 0) - now);
	}

	failed(source: string): void {
		const { free = 3, freeOfAll = 20, sources = 8, mostMs = 300_000 } = this.#options;
		const entry = this.#entries.find((item) => item.source === source) ?? { source, failures: 0, until: 0 };
		this.count(entry, free, mostMs);
		// All are never kept out for long: that would be a way to lock the operator out.
		this.#all ??= { source: "", failures: 0, until: 0 };
		this.count(this.#all, freeOfAll, 5000);
		this.#entries = [entry, ...this.#entries.filter((item) => item !== entry)].slice(0, sources);
	}

	succeeded(source: string): void {
		this.#entries = this.#entries.filter((item) => item.source !== source);
		if (this.#all !== undefined) this.#all.failures = 0;
	}

	private count(entry: Entry, free: number, mostMs: number): void {
		const over = ++entry.failures - free;
		if (over < 0) return;
		const { ticks, firstMs = 2000 } = this.#options;
		entry.until = ticks() + Math.min(mostMs, firstMs * 2 ** Math.min(over, 20));
	}
}
