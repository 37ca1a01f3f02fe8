// SPDX-License-Identifier: Apache-2.0
//
// What a service takes of the script's heap when it opens: a difference of two looks at the whole heap, without garbage.

import type { Board } from "../modules/ecma419/board.js";

/** Bytes of slots and chunks that are in use. */
function heapOf(board: Board): number {
	const { slots, chunks } = board.memory();
	return slots.now + chunks.now;
}

/** @returns bytes by which the heap has grown while `open` ran. @throws what `open` throws */
export function growth(board: Board, open: () => void): number {
	const before = heapOf(board);
	open();
	return heapOf(board) - before;
}

/** A line of `show memory`. */
export function heapLine(name: string, text: string): string {
	return `${name.padEnd(12)}${text}`;
}
