// SPDX-License-Identifier: Apache-2.0
//
// The settings of the store, read so that nothing in them can keep the gateway from starting.

import { Settings } from "upgate/settings/settings";
import type { RecordChange } from "upgate/update/interfaces";
import type { LayeredStore } from "upgate/update/layers";
import type { Board } from "../modules/ecma419/board.js";

/** The window of the start-up update; the host's option `start-spread` (seconds) stands above the parameter: 0 on a test bench. */
export function startSpreadMs(board: Board, settings: Settings): number {
	const seconds = Number(board.option("start-spread") ?? settings.text("AutoUpdateStartupRandomTime"));
	return seconds > 0 ? seconds * 1000 : 0;
}

/** Reads the stored settings, at the first start those of the factory. @returns what went wrong, for the console */
export function openSettings(store: LayeredStore): { settings: Settings; problems: string[] } {
	const problems: string[] = [];
	const note = (what: string, error: unknown): void => {
		problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
	};
	/* A record that cannot be read must not end in a restart loop: the gateway goes on as from the factory. */
	const readable = {
		get(name: string): Uint8Array | undefined {
			try {
				return store.get(name);
			} catch (error) {
				note(`record ${name}`, error);
				return undefined;
			}
		},
		commit: (changes: RecordChange[]): void => store.commit(changes),
		names: (prefix?: string): Iterable<string> => store.names(prefix),
		versions: (prefix: string): Iterable<Uint8Array | undefined> => store.versions(prefix),
	};
	const settings = new Settings({ store: readable });
	for (const problem of settings.problems) note("settings", problem);
	if (settings.isNew) {
		try {
			settings.loadFactory();
		} catch (error) {
			note("factory settings", error);
		}
	}
	return { settings, problems };
}
