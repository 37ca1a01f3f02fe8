// SPDX-License-Identifier: Apache-2.0
//
// Reading and writing of the update's own store records.

import { SHA256 } from "../bytes/sha256.js";
import { decodeUTF8, encodeUTF8, toHex } from "../bytes/text.js";
import { redact } from "../http/url.js";
import { describeError } from "./error.js";
import type { RecordChange, RecordStore, UpdateContext } from "./interfaces.js";

/** @returns what a URL is known by in the store, 64 hex digits; credentials do not count towards it */
export function hashURL(url: string): string {
	const hash = new SHA256();
	hash.update(encodeUTF8(redact(url)));
	return toHex(hash.digest());
}

/**
 * Commits what is not worth stopping for: a gateway whose store fails has to start, to update and to restart all the same.
 * @returns whether it is stored; if not, that has been reported
 */
export function commitOrReport({ store, report }: UpdateContext, changes: RecordChange[]): boolean {
	try {
		if (changes.length > 0) store.commit(changes);
		return true;
	} catch (error) {
		const { code, reason } = describeError(error);
		report({ event: "file", file: "store", result: "failed", code, reason });
		return false;
	}
}

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
