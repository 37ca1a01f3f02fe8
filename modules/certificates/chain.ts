// SPDX-License-Identifier: Apache-2.0
//
// Brings the certificates of a chain into the order TLS wants: the own one first, each followed by the one that signed it.
// A self-signed root at the end is left out: who trusts it has it (RFC 8446 section 4.4.2).

import { certificateFingerprint } from "./facts.js";
import { CertificatesError } from "./error.js";
import type { Block } from "./pem.js";
import { type CertificateFacts, fits, isSignedBy } from "./x509.js";

export interface Link {
	block: Block;
	facts: CertificateFacts;
}

/** Names first: a signature takes a chip a tenth of a second. */
function signed(one: Link, by: Link): boolean {
	return one.facts.issuer === by.facts.subject && isSignedBy(one.block.der, by.block.der);
}

function isRoot(link: Link): boolean {
	return signed(link, link);
}

/** @returns the certificate of a private key */
export function leafOf(links: readonly Link[], key: Block): Link | undefined {
	return links.find(({ block }) => fits(block.der, key.der));
}

/** @returns the certificate that signed none of the others, for a chain whose key is not there */
export function lowestOf(links: readonly Link[]): Link {
	const lowest = links.filter((link) => !links.some((other) => other !== link && signed(other, link)));
	if (lowest.length === 1) return lowest[0];
	throw new CertificatesError("CERTIFICATES_CHAIN", "the certificates are not one chain");
}

/** Without those that are there more than once. */
export function distinct(links: readonly Link[]): Link[] {
	const prints = links.map(({ block }) => certificateFingerprint(block));
	return links.filter((_, i) => prints.indexOf(prints[i]) === i);
}

/** @throws CertificatesError CERTIFICATES_CHAIN for a certificate that does not belong to the chain of `leaf` */
export function orderChain(leaf: Link, links: readonly Link[]): Link[] {
	const chain = [leaf];
	let rest = links.filter((link) => link !== leaf);
	for (let last: Link | undefined = leaf; last !== undefined;) {
		const one: Link = last;
		last = rest.find((link) => signed(one, link));
		if (last !== undefined) chain.push(last);
		rest = rest.filter((link) => link !== last);
	}
	if (rest.length > 0)
		throw new CertificatesError("CERTIFICATES_CHAIN", `"${rest[0].facts.subject}" is not part of the chain`);
	if (chain.length > 1 && isRoot(chain[chain.length - 1])) chain.pop();
	return chain;
}
