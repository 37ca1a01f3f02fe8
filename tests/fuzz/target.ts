// SPDX-License-Identifier: Apache-2.0
//
// What a reader is fuzzed by, and the numbering of cases: `NAME:SEED:NUMBER` gives the same bytes at any time, so a case
// that failed runs again alone.

import { Random } from "../harness/random.js";
import { mutate } from "./mutate.js";

export interface Target {
	name: string;
	/** Good inputs to start from; made once. */
	corpus(): Uint8Array[];
	/** All inputs have one length. */
	fixedLength?: boolean;
	/** Makes checksums right again, so that what lies behind them is reached; done for half of the cases. */
	repair?(input: Uint8Array, random: Random): void;
	/**
	 * Runs the reader and checks what it promises.
	 * @param random for choices of the check itself, as where to split
	 * @returns whether the reader took the input
	 * @throws anything: the case has failed
	 */
	check(input: Uint8Array, random: Random): boolean;
}

export interface Case {
	id: string;
	input: Uint8Array;
	/** For the check. */
	random: Random;
}

/** Apart by more than one: neighbouring seeds must not share cases. */
const seedStep = 0x9e3779b1;

export class CaseMaker {
	readonly #target: Target;
	readonly #corpus: Uint8Array[];

	constructor(target: Target) {
		this.#target = target;
		this.#corpus = target.corpus();
	}

	/** @param number 0 and up; the first ones are the corpus itself */
	make(seed: number, number: number): Case {
		const id = `${this.#target.name}:${seed}:${number}`;
		const random = new Random(Math.imul(seed, seedStep) + number);
		if (number < this.#corpus.length) return { id, input: this.#corpus[number].slice(), random };
		const input = mutate(random, this.#corpus, this.#target.fixedLength === true);
		if (this.#target.repair !== undefined && random.below(2) === 0) this.#target.repair(input, random);
		return { id, input, random };
	}

	get corpusLength(): number {
		return this.#corpus.length;
	}
}

/** A case that failed, with the id that runs it again. */
export class FoundCase extends Error {
	override readonly name = "FoundCase";
	readonly found: Case;

	constructor(found: Case, cause: unknown) {
		super(`case ${found.id}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`, { cause });
		this.found = found;
	}
}

/** @returns whether the input was taken @throws FoundCase */
export function runCase(target: Target, found: Case): boolean {
	try {
		return target.check(found.input, found.random);
	} catch (error) {
		throw new FoundCase(found, error);
	}
}

export interface Count {
	cases: number;
	/** Inputs that the reader took as good. */
	taken: number;
}

/**
 * Runs cases from number 0 on.
 * @param more told the number of the next case, whether to go on
 * @throws FoundCase
 */
export function fuzz(target: Target, seed: number, more: (number: number) => boolean): Count {
	const maker = new CaseMaker(target);
	const count: Count = { cases: 0, taken: 0 };
	for (let number = 0; more(number); number++) {
		const taken = runCase(target, maker.make(seed, number));
		if (!taken && number < maker.corpusLength) {
			throw new FoundCase(maker.make(seed, number), new Error("a good input was refused"));
		}
		count.cases++;
		if (taken) count.taken++;
	}
	return count;
}

/** @returns the case an id stands for, or `undefined` when it is none of these targets */
export function caseOf(id: string, targets: readonly Target[]): { target: Target; found: Case } | undefined {
	const [, name, seed, number] = /^([a-z-]+):([0-9]{1,10}):([0-9]{1,10})$/.exec(id) ?? [];
	const target = targets.find((candidate) => candidate.name === name);
	if (target === undefined) return undefined;
	return { target, found: new CaseMaker(target).make(Number(seed), Number(number)) };
}
