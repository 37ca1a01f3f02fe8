// SPDX-License-Identifier: Apache-2.0
//
// Finds objects in groups of frozen, sorted tables: by name, and the next one in lexicographical order.
// Sources: RFC 2578 section 7.10, RFC 3416 section 4.2.2.

import type { AgentContext } from "./context.js";
import type { Group, Node } from "./node.js";

/** One instance. */
export interface Found {
	node: Node;
	/** 0 of a scalar. */
	row: number;
	oid: readonly number[];
}

/** An identifier of which no instance is there, and how much of it is known (RFC 3416 section 4.2.1). */
export type Missing = "noSuchObject" | "noSuchInstance";

/** Lexicographical order: below 0, 0, above 0. A prefix comes before what it begins. */
export function compareOID(a: readonly number[], b: readonly number[]): number {
	const length = Math.min(a.length, b.length);
	for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i] - b[i];
	return a.length - b.length;
}

export function isPrefix(prefix: readonly number[], oid: readonly number[]): boolean {
	if (prefix.length > oid.length) return false;
	for (let i = 0; i < prefix.length; i++) if (prefix[i] !== oid[i]) return false;
	return true;
}

/** @returns the number of nodes whose identifier is not behind `rest` */
function countUpTo(nodes: readonly Node[], rest: readonly number[]): number {
	let low = 0;
	let high = nodes.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (compareOID(nodes[middle].id, rest) <= 0) low = middle + 1;
		else high = middle;
	}
	return low;
}

function highestRow(node: Node, context: AgentContext): number {
	return node.rows === undefined ? 0 : node.rows(context);
}

const lowestRow = (node: Node): number => (node.rows === undefined ? 0 : 1);

/** Row behind an instance that need not exist; may be above the highest. */
function rowAfter(node: Node, instance: readonly number[]): number {
	const lowest = lowestRow(node);
	return instance.length === 0 ? lowest : Math.max(lowest, instance[0] + 1);
}

export class Tree {
	readonly #groups: readonly Group[];
	readonly #context: AgentContext;

	/** @param groups in the order of their prefixes, none within another */
	constructor(groups: readonly Group[], context: AgentContext) {
		this.#groups = groups;
		this.#context = context;
	}

	find(oid: readonly number[]): Found | Missing {
		for (const { prefix, nodes } of this.#groups) {
			if (!isPrefix(prefix, oid)) continue;
			const rest = oid.slice(prefix.length);
			const node = nodes[countUpTo(nodes, rest) - 1] as Node | undefined;
			if (node === undefined || !isPrefix(node.id, rest)) return "noSuchObject";
			if (rest.length !== node.id.length + 1) return "noSuchInstance";
			const row = rest[rest.length - 1];
			if (row < lowestRow(node) || row > highestRow(node, this.#context)) return "noSuchInstance";
			return { node, row, oid };
		}
		return "noSuchObject";
	}

	/** @returns the first instance behind `oid`, `undefined` at the end */
	next(oid: readonly number[]): Found | undefined {
		for (const group of this.#groups) {
			const inside = isPrefix(group.prefix, oid);
			if (!inside && compareOID(group.prefix, oid) < 0) continue;
			const found = this.first(group, inside ? oid.slice(group.prefix.length) : []);
			if (found !== undefined) return found;
		}
		return undefined;
	}

	/** @returns the first instance of a group behind `rest` */
	private first({ prefix, nodes }: Group, rest: readonly number[]): Found | undefined {
		let index = countUpTo(nodes, rest);
		const before = nodes[index - 1] as Node | undefined;
		if (before !== undefined && isPrefix(before.id, rest)) index--;
		for (; index < nodes.length; index++) {
			const node = nodes[index];
			const row = isPrefix(node.id, rest) ? rowAfter(node, rest.slice(node.id.length)) : lowestRow(node);
			if (row <= highestRow(node, this.#context)) return { node, row, oid: [...prefix, ...node.id, row] };
		}
		return undefined;
	}
}
