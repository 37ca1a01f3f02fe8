// SPDX-License-Identifier: Apache-2.0
//
// The own certificate with its chain, and its key: a pair that is in force together or not at all. Halves come in any order; one that
// has no partner yet waits in a record of its own, and the pair in force stays. Each step is one commit.
//
//   chain, key together          -> in force
//   chain for a key that is here -> in force (key in force: renewal; of a request; waiting)
//   key for the waiting chain    -> in force
//   chain or key without partner -> waits; refused when something that does not fit it waits already

import { type Link, distinct, leafOf, lowestOf, orderChain } from "./chain.js";
import { dayOf } from "./entries.js";
import { CertificatesError } from "./error.js";
import { certificateFacts, keyFacts, keyFingerprint } from "./facts.js";
import { type Block, isPrivateKey } from "./pem.js";
import { type BlockRecords, recordName } from "./records.js";
import type { ImportResult } from "./types.js";
import { fits, readKey } from "./x509.js";

export interface OwnLimits {
	/** Certificates in the chain, the own one included. */
	maxChain: number;
	/** Bytes of them together. */
	maxChainBytes: number;
}

/** Digits of a fingerprint that a description shows. */
const shownDigits = 16;

function mismatch(message: string): CertificatesError {
	return new CertificatesError("CERTIFICATES_MISMATCH", message);
}

export class OwnIdentity {
	readonly #records: BlockRecords;
	readonly #limits: OwnLimits;

	constructor(records: BlockRecords, limits: OwnLimits) {
		this.#records = records;
		this.#limits = limits;
	}

	/** @param blocks certificates, and possibly the private key of one */
	importChain(blocks: readonly Block[]): ImportResult {
		const keys = blocks.filter(isPrivateKey);
		if (keys.length > 1) throw new CertificatesError("CERTIFICATES_LIMIT", "more than one private key");
		const certificates = blocks.filter((block) => !isPrivateKey(block));
		if (certificates.length === 0) throw new CertificatesError("CERTIFICATES_KIND", "there is no certificate");
		const links = distinct(certificates.map((block) => ({ block, facts: certificateFacts(block) })));
		return keys.length > 0 ? this.pair(links, keys[0]) : this.chain(links);
	}

	/** @param blocks the private key alone */
	importKey(blocks: readonly Block[]): ImportResult {
		if (blocks.length !== 1 || !isPrivateKey(blocks[0]))
			throw new CertificatesError("CERTIFICATES_KIND", "wanted is one private key and nothing else");
		const [key] = blocks;
		const print = keyFingerprint(keyFacts(key));
		const name = `private key ${print.slice(0, shownDigits)}`;
		if (this.isKey(recordName.key, print)) return { changed: false, description: `${name} is in force already` };
		if (this.isKey(recordName.requestKey, print))
			return { changed: false, description: `${name} waits for its certificate already` };
		const records = this.#records;
		const waiting = records.all(recordName.nextChain);
		if (waiting.length > 0) {
			if (!fits(waiting[0].der, key.der))
				throw mismatch("the private key does not belong to the certificate that waits for one");
			return this.enforce(waiting, key, [recordName.nextKey]);
		}
		const alone = records.first(recordName.key) === undefined ? records.all(recordName.chain) : [];
		if (alone.length > 0 && fits(alone[0].der, key.der)) return this.enforce(alone, key, []);
		const changed = records.commit([records.change(recordName.nextKey, [key])]);
		return { changed, description: `${name} waits for its certificate` };
	}

	private isKey(name: string, print: string): boolean {
		const block = this.#records.first(name);
		const facts = block && readKey(block.der, true);
		return typeof facts === "object" && keyFingerprint(facts) === print;
	}

	private pair(links: readonly Link[], key: Block): ImportResult {
		const print = keyFingerprint(keyFacts(key));
		const leaf = leafOf(links, key);
		if (leaf === undefined) throw mismatch("the certificate does not belong to the private key");
		const used = [recordName.nextKey, recordName.requestKey].filter((name) => this.isKey(name, print));
		return this.enforce(this.ordered(leaf, links), key, used);
	}

	private chain(links: readonly Link[]): ImportResult {
		const records = this.#records;
		for (const name of [recordName.key, recordName.requestKey, recordName.nextKey]) {
			const key = records.first(name);
			const leaf = key && leafOf(links, key);
			if (key && leaf) return this.enforce(this.ordered(leaf, links), key, name === recordName.key ? [] : [name]);
		}
		if (records.first(recordName.nextKey) !== undefined)
			throw mismatch("the certificate does not belong to the private key that waits for one");
		const leaf = lowestOf(links);
		const changed = records.commit([records.change(recordName.nextChain, this.ordered(leaf, links))]);
		return { changed, description: `${described(leaf)} waits for its private key` };
	}

	/** @throws CertificatesError CERTIFICATES_CHAIN, CERTIFICATES_LIMIT */
	private ordered(leaf: Link, links: readonly Link[]): Block[] {
		const { maxChain, maxChainBytes } = this.#limits;
		const chain = orderChain(leaf, links).map(({ block }) => block);
		if (chain.length > maxChain)
			throw new CertificatesError("CERTIFICATES_LIMIT", `${chain.length} certificates in the chain, limit ${maxChain}`);
		const bytes = chain.reduce((sum, { der }) => sum + der.length, 0);
		if (bytes > maxChainBytes)
			throw new CertificatesError("CERTIFICATES_LIMIT", `a chain of ${bytes} bytes, limit ${maxChainBytes}`);
		return chain;
	}

	/** Makes the pair the one in force. A chain that waits is older than this one, and goes. @param used records of the key */
	private enforce(chain: readonly Block[], key: Block, used: readonly string[]): ImportResult {
		const records = this.#records;
		const changed = records.commit([
			records.change(recordName.chain, chain),
			records.change(recordName.key, [key]),
			{ name: recordName.nextChain },
			...used.map((name) => ({ name })),
		]);
		const [block] = chain;
		const text = described({ block, facts: certificateFacts(block) });
		return { changed, description: `${text} ${changed ? "is in force" : "is in force already"}` };
	}
}

function described({ facts }: Link): string {
	return `certificate "${facts.subject}", until ${dayOf(Date.parse(facts.to))},`;
}
