// SPDX-License-Identifier: Apache-2.0
//
// What belongs to the voice part: files of updates, and lines that may be in a call. There is no voice part: the lines are a stand-in.

import { FileStore } from "upgate/files/files";
import type { Store } from "upgate/store/store";
import type { LayeredStore } from "upgate/update/layers";
import { LineStandIn } from "upgate/update/line-state";

export interface Voice {
	files: FileStore;
	lines: LineStandIn;
}

/** A quarter of the store: an update on trial keeps the old files beside its new ones, and as much is left for everything else. */
function mostBytes(store: Pick<Store, "status">): number {
	return Math.min(131072, (store.status().blocks * 4096) / 4);
}

/** Opens the files, over the records of the trial: one goes back with the update that has brought it. What a cut has left is cleared up. */
export function openVoice(store: Pick<Store, "status">, records: LayeredStore): Voice {
	const files = new FileStore({ records, maxTotalBytes: mostBytes(store) });
	try {
		files.collect();
	} catch {
		// A store that fails must not keep the gateway from starting; what is left only takes room.
	}
	return { files, lines: new LineStandIn() };
}
