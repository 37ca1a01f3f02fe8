// SPDX-License-Identifier: Apache-2.0
//
// Who may see and set what: communities and users have a list of subtrees, and may write or only read.
// A plain form of RFC 3415: no contexts, no masks.

import { SNMPError } from "./error.js";
import { isPrefix } from "./tree.js";

export interface Subtree {
	readonly oid: readonly number[];
	readonly included: boolean;
}

/** Whoever asks, once it is known who that is. */
export interface Principal {
	/** For logs: a user's name, never a community. */
	readonly name: string;
	readonly write: boolean;
	/** Empty: everything. */
	readonly view: readonly Subtree[];
}

const maxSubtrees = 16;
const everything: readonly Subtree[] = Object.freeze([]);

/**
 * @param text subtrees separated by commas, `-` before one that is excluded: `1.3.6.1.2.1,-1.3.6.1.2.1.11`; empty is everything
 * @throws SNMPError SNMP_VIEW
 */
export function parseView(text: string): readonly Subtree[] {
	if (text.trim() === "") return everything;
	const subtrees = text.split(",").map((part): Subtree => {
		const match = /^(-?)\.?([0-9]{1,10}(?:\.[0-9]{1,10}){0,40})$/.exec(part.trim());
		if (match === null) throw new SNMPError("SNMP_VIEW", 0, "subtrees as 1.3.6.1.2.1,-1.3.6.1.2.1.11 wanted");
		return { oid: match[2].split(".").map(Number), included: match[1] === "" };
	});
	if (subtrees.length > maxSubtrees) throw new SNMPError("SNMP_VIEW", 0, `at most ${maxSubtrees} subtrees wanted`);
	return subtrees;
}

/** The longest subtree that holds the identifier decides (RFC 3415 section 4). */
export function isVisible({ view }: Principal, oid: readonly number[]): boolean {
	if (view.length === 0) return true;
	let best: Subtree | undefined;
	for (const subtree of view) {
		if (isPrefix(subtree.oid, oid) && (best === undefined || subtree.oid.length >= best.oid.length)) best = subtree;
	}
	return best?.included ?? false;
}
