// SPDX-License-Identifier: Apache-2.0
//
// The settings of the store, read so that nothing in them can keep the gateway from starting.

import { Settings } from "upgate/settings/settings";
import type { SettingsStore } from "upgate/settings/kept";
import type { RecordChange } from "upgate/update/interfaces";
import type { LayeredStore } from "upgate/update/layers";
import type { Board } from "../modules/ecma419/board.js";

/** The window of the start-up update; the host's option `start-spread` (seconds) stands above the parameter: 0 on a test bench. */
export function startSpreadMs(board: Board, settings: Settings): number {
	const seconds = Number(board.option("start-spread") ?? settings.text("AutoUpdateStartupRandomTime"));
	return seconds > 0 ? seconds * 1000 : 0;
}

function problem(what: string, error: unknown): string {
	return `${what}: ${error instanceof Error ? error.message : String(error)}`;
}

/** A record that cannot be read must not end in a restart loop: the gateway goes on as from the factory. */
class Readable implements SettingsStore {
	readonly #store: LayeredStore;
	/** What could not be read, until somebody takes it. */
	#problems: string[] | undefined = [];

	constructor(store: LayeredStore) {
		this.#store = store;
	}

	/** What has gone wrong so far; from now on nobody asks. */
	takeProblems(): string[] {
		const problems = this.#problems ?? [];
		this.#problems = undefined;
		return problems;
	}

	get(name: string): Uint8Array | undefined {
		try {
			return this.#store.get(name);
		} catch (error) {
			this.#problems?.push(problem(`record ${name}`, error));
			return undefined;
		}
	}

	commit(changes: RecordChange[]): void {
		this.#store.commit(changes);
	}

	names(prefix?: string): Iterable<string> {
		return this.#store.names(prefix);
	}

	versions(prefix: string): Iterable<Uint8Array | undefined> {
		return this.#store.versions(prefix);
	}
}

/** Reads the stored settings, at the first start those of the factory. @returns what went wrong, for the console */
export function openSettings(records: LayeredStore): { settings: Settings; problems: string[] } {
	const store = new Readable(records);
	const settings = new Settings({ store });
	const problems = settings.problems.map((error) => problem("settings", error));
	if (settings.isNew) {
		try {
			settings.loadFactory();
		} catch (error) {
			problems.push(problem("factory settings", error));
		}
	}
	return { settings, problems: [...store.takeProblems(), ...problems] };
}
