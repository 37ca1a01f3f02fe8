// SPDX-License-Identifier: Apache-2.0
//
// Roots, own certificate with chain and key, and firmware signing keys, as records of the store: import, list, remove, request.
// Each change is one commit. Leaves out revocation of certificates and choice among several own ones. Nothing is kept in memory.
// Sources: RFC 5280 (certificates), RFC 2986 (PKCS#10), RFC 7468 (PEM).

import { encodeUTF8 } from "../bytes/text.js";
import { certificateEntry, keyEntry, warningOf } from "./entries.js";
import { CertificatesError } from "./error.js";
import { certificateFingerprint, keyFacts, keyFingerprint, rootFacts, signingFacts } from "./facts.js";
import { OwnIdentity } from "./own.js";
import { type Block, formatBlock, readBlocks } from "./pem.js";
import { BlockRecords, recordName, type Records } from "./records.js";
import { findEntry, type InUse, Remover } from "./removal.js";
import { SigningKeys } from "./revocation.js";
import type { CertificateRequest, Entry, EntryKind, ImportResult, Role } from "./types.js";
import { generateKey, writeRequest } from "./x509.js";

export interface CertificateStoreOptions {
	records: Records;
	/** Default 16. */
	maxRoots?: number;
	/** Own certificate and chain together; default 5. */
	maxChain?: number;
	/** Default 4. */
	maxSigningKeys?: number;
	/** Bytes of one certificate or key in DER; default 4096. */
	maxBytes?: number;
	/** Bytes of the own certificate and chain in DER; default 3900, what fits a handshake message of module tls. */
	maxChainBytes?: number;
	/** Bytes of a record and of an import, both in memory while it lasts; default 8192. */
	maxRecordBytes?: number;
	/** Roots that are removed by force only. Default: none. */
	inUse?: InUse | undefined;
}

/** For the TLS context only. */
export interface Identity {
	certificate: Uint8Array;
	key: Uint8Array;
}

/** Blocks of one import; a bundle of all the world's roots is not for a gateway. */
const maxBlocks = 32;
const maxSubjectBytes = 250;
/** Characters of a list of names in a description. */
const describedCharacters = 200;

export class CertificateStore {
	readonly #options: CertificateStoreOptions;
	readonly #records: BlockRecords;
	readonly #own: OwnIdentity;
	readonly #signing: SigningKeys;
	/** Bytes that `import` takes at once. */
	readonly maxImportBytes: number;

	constructor(options: CertificateStoreOptions) {
		this.#options = options;
		this.maxImportBytes = options.maxRecordBytes ?? 8192;
		this.#records = new BlockRecords(options.records, this.maxImportBytes);
		this.#signing = new SigningKeys(this.#records);
		const { maxChain = 5, maxChainBytes = 3900 } = options;
		this.#own = new OwnIdentity(this.#records, { maxChain, maxChainBytes });
	}

	/** PEM texts with the roots to trust, for the TLS context. @throws CertificatesError CERTIFICATES_DAMAGED when they cannot be had */
	roots(): Uint8Array[] {
		const roots = this.#records.bytes(recordName.roots);
		return roots ? [roots] : [];
	}

	/**
	 * The own certificate with its chain, and the key, in PEM; the one way a private key leaves.
	 * @returns `undefined` unless both are there @throws CertificatesError CERTIFICATES_DAMAGED
	 */
	identity(): Identity | undefined {
		const certificate = this.#records.bytes(recordName.chain);
		const key = this.#records.bytes(recordName.key);
		return certificate && key && { certificate, key };
	}

	/** Public keys that firmware may be signed with, SubjectPublicKeyInfo in DER. @throws CertificatesError CERTIFICATES_DAMAGED */
	signingKeys(): Uint8Array[] {
		return this.#signing.keys("signing");
	}

	/** Public keys that signed firmware once and never again, likewise. @throws CertificatesError CERTIFICATES_DAMAGED */
	revokedKeys(): Uint8Array[] {
		return this.#signing.keys("revoked");
	}

	/** All that is there, one at a time; a record that cannot be read is an entry with `damaged`. */
	*list(): Iterable<Entry> {
		yield* this.entries(recordName.roots, certificateEntry, "root", "root");
		yield* this.entries(recordName.chain, certificateEntry, "device", "chain");
		yield* this.entries(recordName.key, keyEntry, "key", "key");
		yield* this.entries(recordName.nextChain, certificateEntry, "next-device", "next-chain");
		yield* this.entries(recordName.nextKey, keyEntry, "next-key", "next-key");
		yield* this.entries(recordName.requestKey, keyEntry, "request-key", "request-key");
		yield* this.entries(recordName.signing, keyEntry, "signing", "signing");
		yield* this.entries(recordName.revoked, keyEntry, "revoked", "revoked");
	}

	private *entries(
		name: string,
		entryOf: (kind: EntryKind, block: Block) => Entry,
		first: EntryKind,
		others: EntryKind,
	): Iterable<Entry> {
		let count = 0;
		try {
			for (const block of this.#records.read(name)) yield entryOf(count++ === 0 ? first : others, block);
		} catch (error) {
			if (!(error instanceof CertificatesError)) throw error;
			yield { kind: first, fingerprint: this.#records.mark(name), keyKind: "", problem: error.message, damaged: true };
		}
	}

	/**
	 * What is in force and has expired, ends within 30 days, or has not begun.
	 * @param now milliseconds since 1970 @param exact false when the time is a lower bound only
	 */
	*warnings(now: number, exact = true): Iterable<string> {
		for (const entry of this.list()) {
			const text = entry.damaged === true ? entry.problem : warningOf(entry, now, exact);
			if (text !== undefined) yield text;
		}
	}

	/**
	 * Takes all of `bytes` or nothing.
	 * - root: certificates of authorities, added
	 * - device: own certificate and chain in any order, perhaps with the private key; replaces what was there as soon as the
	 *   key is there, and waits until then
	 * - key: a private key; in force as soon as its certificate is there
	 * - signing: public keys or certificates with them, added
	 * @param bytes PEM with one or several, or one in DER; used up, because no second copy would fit beside it: on return they hold
	 * something else, perhaps with parts of a key in it
	 * @throws CertificatesError, see README.md; errors of the records; nothing has changed then
	 */
	import(role: Role, bytes: Uint8Array): ImportResult {
		const blocks = this.collect(bytes);
		switch (role) {
			case "root":
				return this.importRoots(blocks);
			case "device":
				return this.#own.importChain(blocks);
			case "key":
				return this.#own.importKey(blocks);
			case "signing":
				return this.importSigningKeys(blocks);
		}
	}

	/**
	 * Removes one. The key of the own certificate stays and waits for another; a key in force goes with force only, and takes the
	 * certificate along.
	 * @param handle start of the fingerprint, 4 digits or more; `KIND=DIGITS` where one fingerprint stands for several
	 * @throws CertificatesError CERTIFICATES_UNKNOWN, CERTIFICATES_AMBIGUOUS, CERTIFICATES_LAST_ROOT, CERTIFICATES_IN_USE,
	 * CERTIFICATES_DAMAGED; errors of the records; nothing has changed then
	 */
	remove(handle: string, force = false): Entry {
		const entry = findEntry(this.list(), handle);
		new Remover(this.#records, this.#options.inUse).remove(entry, force);
		return entry;
	}

	/**
	 * Revokes a key that signs firmware: it stays known as revoked, signs no longer, and cannot be imported again.
	 * @param handle as in `remove` @param force also the last one
	 * @throws CertificatesError as `remove`, and CERTIFICATES_KIND, CERTIFICATES_LIMIT; nothing has changed then
	 */
	revoke(handle: string, force = false): Entry {
		const entry = findEntry(this.signingEntries(), handle);
		this.#signing.revoke(entry, force);
		return entry;
	}

	private *signingEntries(): Iterable<Entry> {
		for (const entry of this.list()) if (entry.kind === "signing") yield entry;
	}

	/**
	 * Makes a P-256 key and a request for its certificate. The key is kept apart until the certificate is imported; until then
	 * further requests are for the same key, so that no certificate on its way is lost.
	 * @param subject "CN=gateway,O=Example", or a common name alone; up to 250 bytes
	 * @throws CertificatesError CERTIFICATES_REQUEST, CERTIFICATES_DAMAGED; errors of the records; nothing has changed then
	 */
	request(subject: string): CertificateRequest {
		const name = subjectOf(subject);
		const waiting = this.#records.first(recordName.requestKey);
		const key = waiting ?? newKey();
		const der = writeRequest(key.der, name);
		if (typeof der === "number")
			throw new CertificatesError("CERTIFICATES_REQUEST", "the subject is not of the form CN=...,O=...", der);
		if (waiting === undefined) this.#records.commit([this.#records.change(recordName.requestKey, [key])]);
		return { text: formatBlock("CERTIFICATE REQUEST", new Uint8Array(der)), isNewKey: waiting === undefined };
	}

	private collect(bytes: Uint8Array): Block[] {
		const { maxBytes = 4096 } = this.#options;
		const limit = (text: string): CertificatesError => new CertificatesError("CERTIFICATES_LIMIT", text);
		if (bytes.length > this.maxImportBytes) throw limit(`${bytes.length} bytes at once, limit ${this.maxImportBytes}`);
		const blocks: Block[] = [];
		for (const block of readBlocks(bytes)) {
			if (block.der.length > maxBytes) throw limit(`${block.der.length} bytes in one, limit ${maxBytes}`);
			if (blocks.length >= maxBlocks) throw limit(`more than ${maxBlocks} at once`);
			blocks.push(block);
		}
		return blocks;
	}

	private importRoots(blocks: readonly Block[]): ImportResult {
		const names = blocks.map((block) => `"${rootFacts(block).subject}"`);
		return this.add(recordName.roots, "root", blocks, names, this.#options.maxRoots ?? 16);
	}

	private importSigningKeys(blocks: readonly Block[]): ImportResult {
		const facts = blocks.map((block) => signingFacts(block));
		this.#signing.refuseRevoked(facts.map(keyFingerprint));
		const keys = facts.map(({ publicKey }): Block => ({ label: "PUBLIC KEY", der: new Uint8Array(publicKey) }));
		const names = facts.map((fact) => `${fact.keyKind} ${keyFingerprint(fact).slice(0, 16)}`);
		return this.add(recordName.signing, "signing key", keys, names, this.#options.maxSigningKeys ?? 4);
	}

	/** Adds what is not there yet. */
	private add(
		name: string,
		what: string,
		blocks: readonly Block[],
		names: readonly string[],
		most: number,
	): ImportResult {
		const all = this.#records.all(name);
		const prints = all.map(certificateFingerprint);
		const added: string[] = [];
		for (const [i, block] of blocks.entries()) {
			const print = certificateFingerprint(block);
			if (prints.includes(print)) continue;
			prints.push(print);
			all.push(block);
			added.push(names[i]);
		}
		if (added.length === 0) return { changed: false, description: `${what} ${shorten(names)}: there already` };
		if (all.length > most) throw new CertificatesError("CERTIFICATES_LIMIT", `${all.length} ${what}s, limit ${most}`);
		this.#records.write(this.#records.change(name, all));
		return { changed: true, description: `${what} ${shorten(added)} added` };
	}
}

/** Mbed TLS passes over what follows the last whole part. @throws CertificatesError CERTIFICATES_REQUEST */
function subjectOf(text: string): string {
	const name = text.includes("=") ? text : `CN=${text}`;
	if (encodeUTF8(name).length > maxSubjectBytes)
		throw new CertificatesError("CERTIFICATES_REQUEST", `the subject has more than ${maxSubjectBytes} bytes`);
	if (/^([A-Za-z0-9.]+=([^,\\]|\\.)+(,\s*|$))+$/.test(name) && !/[^\\],\s*$/.test(name)) return name;
	throw new CertificatesError("CERTIFICATES_REQUEST", "the subject is not of the form CN=...,O=...");
}

function shorten(names: readonly string[]): string {
	const text = names.join(", ");
	return text.length > describedCharacters ? `${text.slice(0, describedCharacters)}...` : text;
}

function newKey(): Block {
	const der = generateKey();
	if (typeof der === "number") throw new CertificatesError("CERTIFICATES_REQUEST", "no key could be made", der);
	const block: Block = { label: "EC PRIVATE KEY", der: new Uint8Array(der) };
	keyFacts(block);
	return block;
}
