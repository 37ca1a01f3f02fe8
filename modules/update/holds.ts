// SPDX-License-Identifier: Apache-2.0
//
// Files that a server asked to leave alone for a while (Retry-After). In memory only: a restart is a new beginning.

import { redact } from "../http/url.js";

/** More files than a run has. */
const maxHolds = 32;

export class Holds {
	readonly #ticks: () => number;
	#list: { url: string; dueTicks: number }[] = [];

	/** @param ticks monotonic milliseconds */
	constructor(ticks: () => number) {
		this.#ticks = ticks;
	}

	/** @param ms from now */
	set(url: string, ms: number): void {
		this.clear(url);
		this.#list = [...this.#list, { url: redact(url), dueTicks: this.#ticks() + ms }].slice(-maxHolds);
	}

	/** The server has answered. */
	clear(url: string): void {
		const name = redact(url);
		this.#list = this.#list.filter((item) => item.url !== name);
	}

	/** @returns milliseconds still to wait, 0 for none */
	left(url: string): number {
		const name = redact(url);
		const item = this.#list.find(({ url: held }) => held === name);
		return item === undefined ? 0 : Math.max(0, item.dueTicks - this.#ticks());
	}

	/** @returns milliseconds until the first wait that is not over ends; `undefined` when there is none */
	get next(): number | undefined {
		const left = this.#list.map(({ dueTicks }) => dueTicks - this.#ticks()).filter((ms) => ms > 0);
		return left.length === 0 ? undefined : Math.min(...left);
	}
}
