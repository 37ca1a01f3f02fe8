// SPDX-License-Identifier: Apache-2.0
//
// Records of a new gateway, written by the firmware's own store.

import type { Flash } from "../../modules/ecma419/flash.js";
import { Store } from "../../modules/store/store.js";

/** @throws StoreError for a name or value the store does not take, or when it is full */
export function writeRecords(flash: Flash, records: readonly [string, Uint8Array][]): void {
	const store = new Store({ flash });
	store.commit(records.map(([name, value]) => ({ name, value })));
	store.close();
}
