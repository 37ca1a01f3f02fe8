// SPDX-License-Identifier: Apache-2.0
//
// The highest secure version that was ever confirmed here, in the store: what ESP-IDF's anti-rollback burns into eFuses.
// It rises with a confirmation and never falls. Source: ESP-IDF, "Anti-rollback".

import { encodeUTF8 } from "../bytes/text.js";
import type { RecordChange, RecordStore } from "./interfaces.js";
import { readText } from "./records.js";

const record = "upd.secure";

export class SecureVersion {
	readonly #store: RecordStore;
	readonly #running: number;

	/** @param running secure version of the running firmware */
	constructor(store: RecordStore, running: number) {
		this.#store = store;
		this.#running = running;
	}

	/** Lowest secure version that may be installed. */
	get floor(): number {
		return Math.max(this.#running, this.confirmed());
	}

	/** What to commit when the running firmware is confirmed; nothing when that raises nothing. */
	changes(): RecordChange[] {
		if (this.#running <= this.confirmed()) return [];
		return [{ name: record, value: encodeUTF8(String(this.#running)) }];
	}

	private confirmed(): number {
		const text = readText(this.#store, record) ?? "";
		return /^[0-9]{1,10}$/.test(text) ? Number(text) : 0;
	}
}
