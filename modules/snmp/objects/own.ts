// SPDX-License-Identifier: Apache-2.0
//
// Objects that have no model: the attempts of the update, wear of the flash, and what this agent has refused.

import { tag } from "../ber.js";
import { column, scalar, type Node } from "../node.js";
import type { AgentContext, Attempt, WearPort } from "../context.js";
import type { Value } from "../pdu.js";

const maxText = 255;
const rows = ({ ports }: AgentContext): number => ports.attempts?.length ?? 0;

/** A column of the table of attempts. The oldest has number 1. */
function ofAttempt(id: number, kind: number, get: (attempt: Attempt) => string | number): Node {
	return column([1, 1, 1, id], kind, rows, ({ text, ports }, row): Value => {
		const attempt = ports.attempts?.at(row - 1);
		if (attempt === undefined) return undefined;
		const value = get(attempt);
		return typeof value === "number" ? value : text(value.slice(0, maxText));
	});
}

function ofWear(id: number, kind: number, get: (wear: WearPort) => number): Node {
	return scalar([2, id], kind, ({ ports }) => {
		const wear = ports.wear?.();
		return wear === undefined ? 0 : get(wear) % 4294967296;
	});
}

export const ownNodes: readonly Node[] = Object.freeze([
	ofAttempt(2, tag.octets, ({ time }) => time),
	ofAttempt(3, tag.octets, ({ cause }) => cause),
	ofAttempt(4, tag.octets, ({ verdict }) => verdict),
	ofAttempt(5, tag.octets, ({ version }) => version),
	ofAttempt(6, tag.octets, ({ reason }) => reason),
	ofAttempt(7, tag.unsigned, ({ durationMs }) => Math.min(4294967295, Math.max(0, Math.round(durationMs)))),
	ofAttempt(8, tag.unsigned, ({ number }) => number),
	ofAttempt(9, tag.unsigned, ({ count }) => count),
	ofWear(1, tag.counter, ({ erases }) => erases),
	ofWear(2, tag.unsigned, ({ records }) => records),
	ofWear(3, tag.unsigned, ({ freeBytes }) => freeBytes),
	ofWear(4, tag.unsigned, ({ badBlocks }) => badBlocks),
	scalar([3, 1], tag.counter, ({ counters }) => counters.foreignSources),
	scalar([3, 2], tag.counter, ({ counters }) => counters.tooFast),
	scalar([3, 3], tag.counter, ({ counters }) => counters.repeated),
	scalar([3, 4], tag.counter, ({ counters }) => counters.sets),
	scalar([3, 5], tag.counter, ({ counters }) => counters.trapsSent),
	scalar([3, 6], tag.counter, ({ counters }) => counters.informsLost),
]);
