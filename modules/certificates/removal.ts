// SPDX-License-Identifier: Apache-2.0
//
// Removes one entry of the store: finds it by the start of its fingerprint, and asks for force where something would stop working.

import { keyEntry } from "./entries.js";
import { CertificatesError } from "./error.js";
import { certificateFingerprint } from "./facts.js";
import { type BlockRecords, type RecordChange, recordName } from "./records.js";
import type { Entry, EntryKind } from "./types.js";

const leastDigits = 4;
/** Digits that tell entries apart in an error. */
const shownDigits = 16;

const recordOf: Readonly<Record<EntryKind, string>> = Object.freeze({
	root: recordName.roots,
	device: recordName.chain,
	chain: recordName.chain,
	key: recordName.key,
	"next-device": recordName.nextChain,
	"next-chain": recordName.nextChain,
	"next-key": recordName.nextKey,
	"request-key": recordName.requestKey,
	signing: recordName.signing,
	revoked: recordName.revoked,
});

/**
 * @param handle at least 4 hexadecimal digits, colons allowed; with `KIND=` before them only entries of that kind count
 * @throws CertificatesError CERTIFICATES_UNKNOWN, CERTIFICATES_AMBIGUOUS
 */
export function findEntry(entries: Iterable<Entry>, handle: string): Entry {
	const at = handle.indexOf("=");
	const kind = handle.slice(0, Math.max(at, 0)).toLowerCase();
	const digits = handle
		.slice(at + 1)
		.replace(/[: ]/g, "")
		.toLowerCase();
	if (digits.length < leastDigits || !/^[0-9a-f]+$/.test(digits))
		throw new CertificatesError("CERTIFICATES_UNKNOWN", `wanted: ${leastDigits} or more digits of a fingerprint`);
	const found: Entry[] = [];
	for (const entry of entries)
		if (entry.fingerprint.startsWith(digits) && (kind === "" || entry.kind === kind)) found.push(entry);
	if (found.length === 0) throw new CertificatesError("CERTIFICATES_UNKNOWN", "no fingerprint begins so");
	if (found.length === 1) return found[0];
	const names = found.slice(0, 4).map((entry) => `${entry.kind}=${entry.fingerprint.slice(0, shownDigits)}`);
	throw new CertificatesError("CERTIFICATES_AMBIGUOUS", `more than one begins so: ${names.join(", ")}`);
}

/** Roots that have verified the present servers, by their fingerprints. */
export interface InUse {
	has(fingerprint: string): boolean;
}

export class Remover {
	readonly #records: BlockRecords;
	readonly #inUse: InUse | undefined;

	/** @param inUse default: none is */
	constructor(records: BlockRecords, inUse: InUse | undefined) {
		this.#records = records;
		this.#inUse = inUse;
	}

	/** @throws CertificatesError CERTIFICATES_DAMAGED, CERTIFICATES_LAST_ROOT, CERTIFICATES_IN_USE */
	remove(entry: Entry, force: boolean): void {
		const name = recordOf[entry.kind];
		if (entry.damaged === true) {
			if (!force)
				throw new CertificatesError("CERTIFICATES_DAMAGED", `record ${name} goes as a whole, with force only`);
			this.#records.drop(name);
			return;
		}
		this.#records.commit(this.changes(entry, name, force));
	}

	private changes(entry: Entry, name: string, force: boolean): RecordChange[] {
		switch (entry.kind) {
			case "root":
				return [this.withoutRoot(entry, force)];
			case "device":
				return this.withoutDevice();
			case "key":
				if (!force && this.#records.first(recordName.chain) !== undefined)
					throw new CertificatesError("CERTIFICATES_IN_USE", "the key of the own certificate: with force both go");
				return [{ name: recordName.chain }, { name: recordName.key }];
			case "chain":
			case "next-chain":
				return [this.without(name, entry.fingerprint)];
			case "revoked":
				if (!force)
					throw new CertificatesError("CERTIFICATES_IN_USE", "with force only: a revoked key is forgotten then");
				return [this.withoutKey(entry)];
			case "signing":
				return [this.withoutKey(entry)];
			case "next-device":
			case "next-key":
			case "request-key":
				return [{ name }];
		}
	}

	private without(name: string, fingerprint: string): RecordChange {
		const left = this.#records.all(name).filter((block) => certificateFingerprint(block) !== fingerprint);
		return this.#records.change(name, left);
	}

	private withoutKey({ kind, fingerprint }: Entry): RecordChange {
		const name = recordOf[kind];
		const left = this.#records.all(name).filter((block) => keyEntry(kind, block).fingerprint !== fingerprint);
		return this.#records.change(name, left);
	}

	private withoutRoot({ fingerprint }: Entry, force: boolean): RecordChange {
		const change = this.without(recordName.roots, fingerprint);
		if (force) return change;
		if (change.value === undefined)
			throw new CertificatesError("CERTIFICATES_LAST_ROOT", "the last root: without it no server is believed");
		if (this.#inUse?.has(fingerprint) === true)
			throw new CertificatesError("CERTIFICATES_IN_USE", "this root verified the present server");
		return change;
	}

	/** The key stays, and waits for another certificate: one that was made here cannot be had again. */
	private withoutDevice(): RecordChange[] {
		const key = this.#records.first(recordName.key);
		if (key === undefined) return [{ name: recordName.chain }];
		if (this.#records.first(recordName.nextKey) !== undefined)
			throw new CertificatesError("CERTIFICATES_IN_USE", "another key waits for a certificate: remove that one first");
		const waits = this.#records.change(recordName.nextKey, [key]);
		return [{ name: recordName.chain }, { name: recordName.key }, waits];
	}
}
