// SPDX-License-Identifier: Apache-2.0
//
// The records in which certificates and keys are kept, as blocks. A record that cannot be read is an error, never an empty one:
// otherwise the next import would write over what may still be saved.

import { encodeUTF8 } from "../bytes/text.js";
import { sha256 } from "../bytes/sha256.js";
import { toHex } from "../bytes/hex.js";
import { CertificatesError } from "./error.js";
import { type Block, formatBlocks, formattedLengthOf, readBlocks } from "./pem.js";

/** One change of a commit; without a value the record goes. */
export interface RecordChange {
	name: string;
	value?: Uint8Array | undefined;
}

/** Records by name; the class Store fits. */
export interface Records {
	get(name: string): Uint8Array | undefined;
	/** Makes all changes or none. */
	commit(changes: RecordChange[]): void;
}

/** Names, all with PEM in them. */
export const recordName = Object.freeze({
	roots: "roots.pem",
	/** The pair in force: chain with the own certificate first, and its key. */
	chain: "device.crt",
	key: "device.key",
	/** Halves of a pair whose other half has not come yet. */
	nextChain: "next.crt",
	nextKey: "next.key",
	/** Key of a request whose certificate has not come yet. */
	requestKey: "request.key",
	signing: "signing.pem",
	/** Keys that signed firmware once, and never again. */
	revoked: "revoked.pem",
});

function equal(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
	if (a === undefined || b === undefined) return a === b;
	return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export class BlockRecords {
	readonly #records: Records;
	readonly #maxRecordBytes: number;

	constructor(records: Records, maxRecordBytes: number) {
		this.#records = records;
		this.#maxRecordBytes = maxRecordBytes;
	}

	/** @throws CertificatesError CERTIFICATES_DAMAGED */
	bytes(name: string): Uint8Array | undefined {
		try {
			return this.#records.get(name);
		} catch (error) {
			throw damaged(name, error);
		}
	}

	/** The blocks of a record, one at a time. @throws CertificatesError CERTIFICATES_DAMAGED */
	*read(name: string): Iterable<Block> {
		const bytes = this.bytes(name);
		if (bytes === undefined) return;
		try {
			yield* readBlocks(bytes);
		} catch (error) {
			throw damaged(name, error);
		}
	}

	/** @throws CertificatesError CERTIFICATES_DAMAGED */
	all(name: string): Block[] {
		return Array.from(this.read(name));
	}

	/** @throws CertificatesError CERTIFICATES_DAMAGED */
	first(name: string): Block | undefined {
		for (const block of this.read(name)) return block;
		return undefined;
	}

	/** What a damaged record is known by: SHA-256 of its bytes, or of its name when even they cannot be had. */
	mark(name: string): string {
		let bytes: Uint8Array | undefined;
		try {
			bytes = this.#records.get(name);
		} catch {
			// The name serves.
		}
		return toHex(sha256(bytes ?? encodeUTF8(name)));
	}

	/** @returns the change that makes the record hold `blocks`, or removes it for none @throws CertificatesError CERTIFICATES_LIMIT */
	change(name: string, blocks: readonly Block[]): RecordChange {
		if (blocks.length === 0) return { name };
		const length = formattedLengthOf(blocks);
		const most = this.#maxRecordBytes;
		if (length <= most) return { name, value: formatBlocks(blocks) };
		throw new CertificatesError("CERTIFICATES_LIMIT", `${name} would have ${length} bytes, limit ${most}`);
	}

	/** @returns whether anything was different before @throws errors of the records, with nothing changed */
	commit(changes: RecordChange[]): boolean {
		const real = changes.filter(({ name, value }) => !equal(this.bytes(name), value));
		if (real.length > 0) this.#records.commit(real);
		return real.length > 0;
	}

	/** As `commit`, of what is known to be different: nothing is read for it. */
	write(...changes: RecordChange[]): void {
		this.#records.commit(changes);
	}

	/** Removes a record that need not be readable. */
	drop(...names: string[]): void {
		this.#records.commit(names.map((name) => ({ name })));
	}
}

function damaged(name: string, error: unknown): CertificatesError {
	const reason = error instanceof Error ? error.message : String(error);
	return new CertificatesError("CERTIFICATES_DAMAGED", `record ${name} cannot be read: ${reason}`);
}
