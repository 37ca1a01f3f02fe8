// SPDX-License-Identifier: Apache-2.0
//
// The tables and unknown names of a gateway: what the store holds, and what is to be stored with the next save.

import {
	type KeptIndex,
	keptRecord,
	nothingKept,
	readIndex,
	readRecord,
	type SettingsStore,
	type StoreChange,
} from "./kept.js";
import { KeptReader } from "./kept-reader.js";
import { sameBytes } from "./record.js";

const nothing: readonly StoreChange[] = Object.freeze([]);

export class KeptState {
	readonly #store: SettingsStore;
	#pending: readonly StoreChange[] = nothing;

	constructor(store: SettingsStore) {
		this.#store = store;
	}

	/** What the store holds, without the text. */
	get index(): KeptIndex {
		return readIndex(this.#store);
	}

	reader(): KeptReader {
		return new KeptReader(this.index, (piece) => readRecord(this.#store, piece));
	}

	/** @param changes to be stored; empty: nothing changes */
	note(changes: readonly StoreChange[]): void {
		this.#pending = changes;
	}

	/** Nothing is to be kept. */
	clear(): void {
		this.#pending = this.index === nothingKept ? nothing : [{ name: keptRecord }];
	}

	/** What is to be stored; empty once it is, by whomever. */
	changes(): readonly StoreChange[] {
		const index = this.#pending.find(({ name }) => name === keptRecord);
		const stored = readRecord(this.#store);
		const { value } = index ?? {};
		const isStored = value === undefined ? stored === undefined : stored !== undefined && sameBytes(stored, value);
		if (index === undefined || isStored) this.#pending = nothing;
		return this.#pending;
	}
}
