// SPDX-License-Identifier: Apache-2.0
//
// What is known of one kind of object, and the short functions that the object tables are written with. All of it is frozen, so
// that the tables lie in read-only memory; what objects read and change comes with each call.

import { tag } from "./ber.js";
import type { Changes } from "./changes.js";
import type { AgentContext } from "./context.js";
import type { Value } from "./pdu.js";

/** What may be set, and how. */
export interface WriteRule {
	/** Lowest and highest number, or shortest and longest text in bytes. */
	readonly min: number;
	readonly max: number;
	/** Takes a value of the right type and range into `changes`, and changes nothing yet. @returns error status, 0 when taken */
	readonly take: (changes: Changes, value: number | Uint8Array) => number;
}

export interface Node {
	/** Behind the prefix of its group, without the instance. */
	readonly id: readonly number[];
	readonly tag: number;
	/** @param row of a column, from 1; 0 of a scalar. @returns `undefined` while there is no such instance */
	readonly read: (context: AgentContext, row: number) => Value;
	/** Of a column of a table: the number of rows, which are numbered from 1. */
	readonly rows?: (context: AgentContext) => number;
	readonly write?: WriteRule;
}

export interface Group {
	readonly prefix: readonly number[];
	/** In the order of their identifiers. */
	readonly nodes: readonly Node[];
}

function freeze(node: Node): Node {
	Object.freeze(node.id);
	if (node.write !== undefined) Object.freeze(node.write);
	return Object.freeze(node);
}

type Read = Node["read"];

export function scalar(id: readonly number[], kind: number, read: Read, write?: WriteRule): Node {
	return freeze(write === undefined ? { id, tag: kind, read } : { id, tag: kind, read, write });
}

export function column(id: readonly number[], kind: number, rows: (context: AgentContext) => number, read: Read): Node {
	return freeze({ id, tag: kind, read, rows });
}

export function group(prefix: readonly number[], nodes: readonly Node[]): Group {
	return Object.freeze({ prefix: Object.freeze(prefix), nodes: Object.freeze(nodes) });
}

/** A text parameter of the settings; secrets and credentials are obscured. Set as a person would. */
export function textSetting(id: readonly number[], name: string, maxBytes: number): Node {
	const read: Read = (context) => context.text(context.ports.settings.describe(name));
	const take: WriteRule["take"] = (changes, value) => changes.setting(name, value);
	return freeze({ id, tag: tag.octets, read, write: { min: 0, max: maxBytes, take } });
}

/** A number of the settings, within bounds that the settings may narrow. */
export function numberSetting(
	id: readonly number[],
	kind: number,
	name: string,
	[min, max]: readonly [number, number],
): Node {
	const read: Read = ({ ports }) => Number(ports.settings.text(name));
	const take: WriteRule["take"] = (changes, value) => changes.setting(name, value);
	return freeze({ id, tag: kind, read, write: { min, max, take } });
}

/** A number that asks for something when it is set to what `ask` knows; reads as 0. */
export function action(id: readonly number[], max: number, ask: WriteRule["take"]): Node {
	return freeze({ id, tag: tag.unsigned, read: () => 0, write: { min: 0, max, take: ask } });
}
