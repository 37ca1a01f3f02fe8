// SPDX-License-Identifier: Apache-2.0
//
// Reading of the update's own store records.

import { decodeUTF8 } from "../bytes/text.js";
import type { RecordStore } from "./interfaces.js";

/**
 * @returns the record as text; `undefined` when it is absent, or damaged: what is kept here only saves work, so at worst a
 * file is fetched or a reason told once more, and the gateway goes on
 */
export function readText(store: RecordStore, name: string): string | undefined {
	try {
		const bytes = store.get(name);
		return bytes === undefined ? undefined : decodeUTF8(bytes);
	} catch {
		return undefined;
	}
}

/** As `readText`, for JSON: a value of unknown shape. */
export function readJSON(store: RecordStore, name: string): unknown {
	const text = readText(store, name);
	if (text === undefined) return undefined;
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
