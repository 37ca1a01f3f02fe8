// SPDX-License-Identifier: Apache-2.0
//
// Prints what is in use of each heap.

import { print } from "./serial-port.js";
import type { Board } from "upgate/ecma419/board";
import { tlsHeap } from "upgate/tls/heap";

/** @param at name of the moment; `tls` holds the peak since the last line */
export function printMemory(board: Board, at: string): void {
	const { slots, chunks, native } = board.memory();
	const { now, peak } = tlsHeap();
	const heaps = { slots: slots.now, chunks: chunks.now, native: native.now, tls: now, peak };
	print(JSON.stringify({ event: "memory", at, ...heaps }));
}
