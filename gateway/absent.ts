// SPDX-License-Identifier: Apache-2.0
//
// Stands in for a listener that was left out of the firmware (gateway/without/). Its parameters can still be set, so that one ini serves
// gateways with and without it; whoever switches it on is told.

import { heapLine } from "./heap.js";
import type { Service } from "./services.js";

export class Absent implements Service {
	readonly #name: string;
	readonly #isWanted: () => boolean;

	/** @param isWanted whether the settings switch it on */
	constructor(name: string, isWanted: () => boolean) {
		this.#name = name;
		this.#isWanted = isWanted;
	}

	complaint(): string | undefined {
		return this.#isWanted() ? `${this.#name}: not in this firmware` : undefined;
	}

	memory(): string {
		return heapLine(this.#name, "not in this firmware");
	}
}
