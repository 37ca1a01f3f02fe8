// SPDX-License-Identifier: Apache-2.0
//
// Which cuts are tried: one at each flash operation of each step in each mode, and two or three in a row at random places,
// of which the later ones hit the recovery.

import { CUT_MODES } from "../fakes/flash.js";
import { Random } from "../harness/random.js";
import type { Beginning, Case } from "./cases.js";

/** @param stride takes one of so many */
export function* everyCut(beginnings: readonly Beginning[], seed: number, stride = 1): Generator<Case> {
	let count = 0;
	for (const [step, { operations }] of beginnings.entries()) {
		for (let operation = 0; operation < operations; operation++) {
			for (const mode of CUT_MODES) if (count++ % stride === 0) yield { step, cuts: [{ operation, mode }], seed };
		}
	}
}

/** Without end. A step that writes nothing is left out. */
export function* severalCuts(beginnings: readonly Beginning[], seed: number): Generator<Case> {
	const random = new Random(seed);
	const steps = [...beginnings.keys()].filter((step) => beginnings[step].operations > 0);
	for (let next = seed + 1; ; next++) {
		const step = random.pick(steps);
		const { operations } = beginnings[step];
		const cuts = [operations, operations + 20, 30]
			.slice(0, 2 + random.below(2))
			.map((limit) => ({ operation: random.below(limit), mode: random.pick(CUT_MODES) }));
		yield { step, cuts, seed: next };
	}
}
