// SPDX-License-Identifier: Apache-2.0
//
// The stored keys of SNMPv3 users: one record, JSON, keys in hexadecimal. No password lies in it.

import { decodeUTF8, encodeUTF8 } from "../bytes/text.js";
import type { RecordChange, RecordStore } from "./context.js";

/** Goes back with an update that fails, as the settings do (update/layers.ts). */
const record = "snmp.keys";

export interface StoredKeys {
	user: string;
	/** Engine that the keys are good for, hexadecimal. */
	engine: string;
	/** Name of the protocol. */
	auth: string;
	authKey: string;
	/** Localized, not yet cut for a cipher; "" without encryption. */
	privKey: string;
}

const fields: readonly (keyof StoredKeys)[] = Object.freeze(["user", "engine", "auth", "authKey", "privKey"]);

function isKeys(value: unknown): value is StoredKeys {
	if (typeof value !== "object" || value === null) return false;
	const entry = value as Record<string, unknown>;
	const hex = (text: unknown): boolean => typeof text === "string" && /^(?:[0-9a-f]{2}){0,64}$/.test(text);
	return fields.every((name) => typeof entry[name] === "string") && hex(entry.authKey) && hex(entry.privKey);
}

/** @returns what can be read; a damaged record is none: passwords have to be set again */
export function readKeys(store: RecordStore): StoredKeys[] {
	try {
		const bytes = store.get(record);
		const value: unknown = bytes === undefined ? [] : JSON.parse(decodeUTF8(bytes));
		return Array.isArray(value) ? value.filter(isKeys) : [];
	} catch {
		return [];
	}
}

/** @returns what to commit; nothing when the store holds the same */
export function writeKeys(store: RecordStore, keys: readonly StoredKeys[]): RecordChange[] {
	const text = JSON.stringify(keys);
	if (text === JSON.stringify(readKeys(store))) return [];
	return [keys.length === 0 ? { name: record } : { name: record, value: encodeUTF8(text) }];
}
