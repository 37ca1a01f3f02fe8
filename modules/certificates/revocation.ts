// SPDX-License-Identifier: Apache-2.0
//
// Keys that sign firmware, and those that do so no longer: a revoked key stays known, so that neither firmware signed by it nor the
// key itself comes back in. Each step is one commit.
// Source: ESP-IDF "Secure Boot v2", "Key Revocation" (there in eFuses; here in records).

import { keyEntry } from "./entries.js";
import { CertificatesError } from "./error.js";
import type { Block } from "./pem.js";
import { type BlockRecords, recordName } from "./records.js";
import type { Entry } from "./types.js";

/** Keys that are remembered as revoked. */
const maxRevoked = 8;

export class SigningKeys {
	readonly #records: BlockRecords;

	constructor(records: BlockRecords) {
		this.#records = records;
	}

	/** Public keys of one kind, SubjectPublicKeyInfo in DER. @throws CertificatesError CERTIFICATES_DAMAGED */
	keys(kind: "signing" | "revoked"): Uint8Array[] {
		return this.#records.all(recordName[kind]).map(({ der }) => der);
	}

	/** @throws CertificatesError CERTIFICATES_REVOKED for a key that may not come back; CERTIFICATES_DAMAGED */
	refuseRevoked(fingerprints: readonly string[]): void {
		for (const block of this.#records.read(recordName.revoked)) {
			const { fingerprint } = keyEntry("revoked", block);
			if (fingerprints.includes(fingerprint))
				throw new CertificatesError("CERTIFICATES_REVOKED", `key ${fingerprint.slice(0, 16)} was revoked`);
		}
	}

	/**
	 * Moves a key from those that sign to those that do so no longer.
	 * @throws CertificatesError CERTIFICATES_KIND, CERTIFICATES_IN_USE for the last one without force, CERTIFICATES_LIMIT,
	 * CERTIFICATES_DAMAGED
	 */
	revoke(entry: Entry, force: boolean): void {
		if (entry.kind !== "signing" || entry.problem !== undefined)
			throw new CertificatesError("CERTIFICATES_KIND", `only a key that signs firmware is revoked, not: ${entry.kind}`);
		const left: Block[] = [];
		const revoked = this.#records.all(recordName.revoked);
		for (const block of this.#records.read(recordName.signing)) {
			const isMeant = keyEntry("signing", block).fingerprint === entry.fingerprint;
			(isMeant ? revoked : left).push(block);
		}
		if (left.length === 0 && !force)
			throw new CertificatesError("CERTIFICATES_IN_USE", "the last key: without it no firmware is taken");
		if (revoked.length > maxRevoked)
			throw new CertificatesError("CERTIFICATES_LIMIT", `${revoked.length} revoked keys, limit ${maxRevoked}`);
		const records = this.#records;
		records.write(records.change(recordName.signing, left), records.change(recordName.revoked, revoked));
	}
}
