// SPDX-License-Identifier: Apache-2.0
//
// What was last downloaded from each URL, kept over restarts, and the conditional headers made from it.
// One small store record a URL, the oldest dropped beyond a bound. Credentials in a URL do not count towards its identity.
// Sources: AudioCodes Automatic Update, "If-Modified-Since"; RFC 9110 sections 8.8 and 13.1.

import { encodeUTF8 } from "../bytes/text.js";
import type { RecordChange, RecordStore } from "./interfaces.js";
import { hashURL, readJSON } from "./records.js";

/** URLs remembered. */
export const maxDownloads = 24;

const prefix = "dl.";
const maxReason = 160;

export interface DownloadRecord {
	/** Last-Modified of the response, else its Date; empty when it had neither. An IMF-fixdate. */
	modified: string;
	/** ETag with quotes as sent; empty when there was none. */
	etag: string;
	/** `modified` is the Date of the response: it differs with every response, so alone it is no reason to write. */
	dated: boolean;
	/** SHA-256 of the body, or of its head where that was enough to decide, hexadecimal. */
	sha256: string;
	/** Firmware version for which the decision about this content holds; empty when it holds for every one. */
	version: string;
	/** Policy by which it was refused (`policyOf`); another one may take it. Absent where policy had no say. */
	policy?: string;
	/** Set when the content was refused: the code, and a reason for people. */
	code?: string;
	reason?: string;
}

interface StoredRecord extends DownloadRecord {
	/** Rest of the URL's hash: tells URLs apart that share a record name. */
	id: string;
	/** Grows with each record written. */
	order: number;
}

function isText(value: unknown): value is string {
	return typeof value === "string";
}

function readRecord(store: RecordStore, name: string): StoredRecord | undefined {
	const value = readJSON(store, name) as Partial<Record<keyof StoredRecord, unknown>> | null | undefined;
	if (typeof value !== "object" || value === null || typeof value.order !== "number") return undefined;
	const { id, order, modified, dated, etag, sha256, version, policy, code, reason } = value;
	if (!isText(id) || !isText(modified) || !isText(etag) || !isText(sha256) || !isText(version)) return undefined;
	const record: StoredRecord = { id, order, modified, dated: dated === true, etag, sha256, version };
	if (isText(policy)) record.policy = policy;
	if (isText(code)) record.code = code;
	if (isText(reason)) record.reason = reason;
	return record;
}

function sameRecord(a: DownloadRecord, b: DownloadRecord): boolean {
	return (
		a.dated === b.dated &&
		(a.dated || a.modified === b.modified) &&
		a.etag === b.etag &&
		a.sha256 === b.sha256 &&
		a.version === b.version &&
		a.policy === b.policy &&
		a.code === b.code
	);
}

export class DownloadLog {
	#store: RecordStore;

	constructor(store: RecordStore) {
		this.#store = store;
	}

	/** @returns the last download from exactly this URL */
	find(url: string): DownloadRecord | undefined {
		const hash = hashURL(url);
		const record = readRecord(this.#store, prefix + hash.slice(0, 8));
		return record?.id === hash.slice(8, 24) ? record : undefined;
	}

	/** @returns the store changes that remember this download; none when the same is already there */
	remember(url: string, record: DownloadRecord): RecordChange[] {
		const before = this.find(url);
		if (before !== undefined && sameRecord(before, record)) return [];
		const hash = hashURL(url);
		const name = prefix + hash.slice(0, 8);
		const others = this.others(name);
		const order = others.reduce((highest, other) => Math.max(highest, other.order), 0) + 1;
		const stored: StoredRecord = { ...record, id: hash.slice(8, 24), order };
		if (stored.reason !== undefined) stored.reason = stored.reason.slice(0, maxReason);
		const excess = Math.max(0, others.length - (maxDownloads - 1));
		const dropped = others.slice(0, excess).map((other) => ({ name: other.name }));
		return [{ name, value: encodeUTF8(JSON.stringify(stored)) }, ...dropped];
	}

	/** The other records, oldest first; unreadable ones count as oldest. */
	private others(name: string): { name: string; order: number }[] {
		const others: { name: string; order: number }[] = [];
		for (const other of this.#store.names()) {
			if (!other.startsWith(prefix) || other === name) continue;
			others.push({ name: other, order: readRecord(this.#store, other)?.order ?? 0 });
		}
		return others.sort((a, b) => a.order - b.order);
	}
}

/**
 * @param version that runs
 * @param policy gives the present one
 * @returns whether what was decided about a file would be decided again
 */
export function stillHolds(record: DownloadRecord, version: string, policy: () => string): boolean {
	if (record.version !== "" && record.version !== version) return false;
	return record.policy === undefined || record.policy === policy();
}

/** @returns the request headers that ask for the file only if it is another than the one recorded */
export function conditionalHeaders({ modified, etag }: DownloadRecord): [string, string][] {
	const headers: [string, string][] = [];
	if (modified !== "") headers.push(["If-Modified-Since", modified]);
	if (etag !== "") headers.push(["If-None-Match", etag]);
	return headers;
}
