// SPDX-License-Identifier: Apache-2.0
//
// A store in memory for the settings tests, and shorthands.

import { encodeUTF8 } from "../../modules/bytes/text.js";
import type { SettingsStore, StoreChange } from "../../modules/settings/kept.js";
import { Settings } from "../../modules/settings/settings.js";

export class FakeStore implements SettingsStore {
	readonly records = new Map<string, Uint8Array>();
	/** Changes of each commit. */
	readonly commits: StoreChange[][] = [];
	/** Thrown by the next commit. */
	failure: Error | undefined;

	get(name: string): Uint8Array | undefined {
		return this.records.get(name)?.slice();
	}

	*names(prefix = ""): Iterable<string> {
		for (const name of [...this.records.keys()]) if (name.startsWith(prefix)) yield name;
	}

	commit(changes: StoreChange[]): void {
		if (this.failure !== undefined) throw this.failure;
		this.commits.push(changes);
		for (const { name, value } of changes) {
			if (value === undefined) this.records.delete(name);
			else this.records.set(name, value.slice());
		}
	}
}

/** Settings on a new store, with some values set and saved. */
export function make(values: Record<string, string> = {}): { store: FakeStore; settings: Settings } {
	const store = new FakeStore();
	const settings = new Settings({ store });
	for (const [name, text] of Object.entries(values)) settings.set(name, text);
	if (Object.keys(values).length > 0) settings.save();
	return { store, settings };
}

export const ini = encodeUTF8;

/** Name and value of all that is not at its default. */
export function nonDefaults(settings: Settings): Record<string, string> {
	const values: Record<string, string> = {};
	for (const { name, isDefault } of settings.entries()) if (!isDefault) values[name] = settings.text(name);
	return values;
}
