// SPDX-License-Identifier: Apache-2.0
//
// What the store shows of a certificate or key, and the warnings about those that end soon. Never a private key's bytes.

import { certificateFingerprint, keyFingerprint } from "./facts.js";
import type { Block } from "./pem.js";
import type { Entry, EntryKind } from "./types.js";
import { readCertificate, readKey } from "./x509.js";

const dayMs = 86_400_000;
/** Days before the end at which warnings begin. */
export const warningDays = 30;

/** A certificate of the store; one that cannot be read has a fingerprint, so that it can be removed. */
export function certificateEntry(kind: EntryKind, block: Block): Entry {
	const facts = readCertificate(block.der);
	const fingerprint = certificateFingerprint(block);
	if (typeof facts === "number") return { kind, fingerprint, keyKind: "", problem: "cannot be read" };
	const { subject, issuer, keyKind, from, to } = facts;
	return { kind, fingerprint, keyKind, subject, issuer, notBefore: Date.parse(from), notAfter: Date.parse(to) };
}

/** A private key, or a public one of kind `signing` or `revoked`. */
export function keyEntry(kind: EntryKind, block: Block): Entry {
	const facts = readKey(block.der, kind !== "signing" && kind !== "revoked");
	if (typeof facts !== "number") return { kind, fingerprint: keyFingerprint(facts), keyKind: facts.keyKind };
	return { kind, fingerprint: certificateFingerprint(block), keyKind: "", problem: "cannot be read" };
}

/** @param ms since 1970 @returns "2030-01-31" */
export function dayOf(ms: number): string {
	return new Date(ms).toISOString().slice(0, 10);
}

/**
 * Concerns what is in force: roots, own certificate, chain.
 * @param now milliseconds since 1970
 * @param exact false when the time is a lower bound only: nothing is said of a validity that has not begun
 * @returns a sentence, `undefined` when there is nothing to warn of
 */
export function warningOf(
	{ kind, subject, notBefore, notAfter }: Entry,
	now: number,
	exact = true,
): string | undefined {
	if (notBefore === undefined || notAfter === undefined || kind.startsWith("next-")) return undefined;
	const what = `${kind === "chain" ? "intermediate" : kind} certificate "${subject ?? ""}"`;
	if (now > notAfter) return `${what} expired on ${dayOf(notAfter)}`;
	if (exact && now < notBefore) return `${what} is not valid before ${dayOf(notBefore)}`;
	const days = Math.floor((notAfter - now) / dayMs);
	if (days >= warningDays) return undefined;
	return `${what} expires in ${days} ${days === 1 ? "day" : "days"}, on ${dayOf(notAfter)}`;
}
