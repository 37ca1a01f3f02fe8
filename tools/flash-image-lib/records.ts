// SPDX-License-Identifier: Apache-2.0
//
// The partition `store`: records of a new gateway, written by the firmware's own store, and what lies in a used one.

import type { Flash } from "../../modules/ecma419/flash.js";
import { StoreError } from "../../modules/store/error.js";
import { Store } from "../../modules/store/store.js";
import { MemoryFlash } from "./memory-flash.js";
import { printable } from "./names.js";

/** @throws StoreError for a name or value the store does not take, or when it is full */
export function writeRecords(flash: Flash, records: readonly [string, Uint8Array][]): void {
	const store = new Store({ flash });
	store.commit(records.map(([name, value]) => ({ name, value })));
	store.close();
}

/** What recovery says of a record; values are not told, since some are keys. */
function describeRecord(store: Store, name: string): string {
	try {
		return `${printable(name)}: ${store.get(name)?.length ?? 0} bytes`;
	} catch (error) {
		return `${printable(name)}: ${error instanceof StoreError ? error.code : "cannot be read"}`;
	}
}

/** Records and state of a store, from a copy of the partition: its recovery may write. */
export function describeStore(partition: Uint8Array): string[] {
	try {
		const store = new Store({ flash: new MemoryFlash(partition.slice()) });
		const { records, freeBytes, logBlocks, blocks, badBlocks, damaged } = store.status();
		const state = `${logBlocks} of ${blocks} blocks in the log, ${badBlocks} bad, ${damaged} places damaged`;
		const names = [...store.names()].sort();
		return [
			`${records} records, ${freeBytes} bytes free; ${state}`,
			...names.map((name) => describeRecord(store, name)),
		];
	} catch (error) {
		return [`not a store: ${error instanceof StoreError ? error.code : "cannot be read"}`];
	}
}
