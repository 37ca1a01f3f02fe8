// SPDX-License-Identifier: Apache-2.0
//
// Resolver with a table of names (modules/ecma419/resolver.ts). A name that is not in the table fails; one with the address
// "never" is never answered.

import type { ResolveOptions, Resolver } from "../../modules/ecma419/resolver.js";
import type { FakeClock } from "./clock.js";

export class FakeResolver implements Resolver {
	/** Names that were asked for, in order. */
	readonly asked: string[] = [];
	readonly #clock: FakeClock;
	readonly #table: Record<string, string>;
	readonly #latencyMs: number;

	constructor(clock: FakeClock, table: Record<string, string> = {}, latencyMs = 1) {
		this.#clock = clock;
		this.#table = table;
		this.#latencyMs = latencyMs;
	}

	resolve(options: ResolveOptions): void {
		this.asked.push(options.host);
		const address: string | undefined = this.#table[options.host];
		if (address === "never") return;
		this.#clock.timer.set(() => {
			if (address === undefined) options.onError(options.host, new Error("name not found"));
			else options.onResolved(options.host, address);
		}, this.#latencyMs);
	}

	close(): void {
		this.asked.length = 0;
	}
}
