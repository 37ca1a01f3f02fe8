// SPDX-License-Identifier: Apache-2.0
//
// The files of updates, over the records of the trial: a file goes back with the update that has brought it.

import { FileStore } from "upgate/files/files";
import type { LayeredStore } from "upgate/update/layers";

/** Opens the file store and clears up what a cut has left. */
export function openFiles(records: LayeredStore): FileStore {
	const files = new FileStore({ records });
	try {
		files.collect();
	} catch {
		// A store that fails must not keep the gateway from starting; what is left only takes room.
	}
	return files;
}
