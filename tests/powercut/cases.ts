// SPDX-License-Identifier: Apache-2.0
//
// One power cut, or one more in the recovery from it, in one step of the scenario: what must hold at every start, and what
// must have come of the step in the end. A case has an id by which it can be run alone.

import assert from "node:assert/strict";
import type { ServedFile } from "../update/server.js";
import { CUT_MODES, type CutMode, type FlashSnapshot } from "../fakes/flash.js";
import { Chip, imageHash } from "./chip.js";
import { Gateway } from "./gateway.js";
import { factoryState, images, manufacture, steps, type Step } from "./scenario.js";

/** Pieces of the one file of the scenario, and of the one before it, which the next run clears up. */
const mostPieces = 6;

export interface Cut {
	/** Flash operations of the power cycle that still happen. */
	operation: number;
	mode: CutMode;
}

export interface Case {
	/** Index in `steps`. */
	step: number;
	/** One cut for each power cycle, the last cycle has none. */
	cuts: readonly Cut[];
	seed: number;
}

/** A step as it begins, and how many flash operations it takes when nothing is cut. */
export interface Beginning {
	step: Step;
	before: string;
	snapshot: FlashSnapshot;
	files: Record<string, ServedFile>;
	faulty: readonly string[];
	operations: number;
}

/** Digests that the images carry: what may run at all. */
const trusted: readonly (string | undefined)[] = Object.freeze(Object.values(images).map(imageHash));

export function nameCase({ step, cuts, seed }: Case): string {
	return [step, ...cuts.flatMap(({ operation, mode }) => [operation, mode]), seed].join(":");
}

/** @throws Error for text that is no id */
export function parseCase(id: string): Case {
	const parts = id.split(":");
	const cuts: Cut[] = [];
	for (let i = 1; i + 1 < parts.length - 1; i += 2) {
		const mode = CUT_MODES.find((known) => known === parts[i + 1]);
		if (mode === undefined) throw new Error(`${id}: no mode ${parts[i + 1]}`);
		cuts.push({ operation: Number(parts[i]), mode });
	}
	return { step: Number(parts[0]), cuts, seed: Number(parts[parts.length - 1]) };
}

function now(gateway: Gateway): string {
	return `${gateway.version} ${gateway.settings()}`;
}

/** Runs the whole scenario without a cut. @returns every step as it begins */
export async function rehearse(): Promise<Beginning[]> {
	const gateway = new Gateway(new Chip(1));
	manufacture(gateway);
	const beginnings: Beginning[] = [];
	let before = factoryState;
	for (const [index, step] of steps.entries()) {
		const { flash } = gateway.chip;
		step.arrange(gateway, index);
		const beginning = {
			step,
			before,
			snapshot: flash.snapshot(),
			files: { ...gateway.files },
			faulty: [...gateway.faulty],
		};
		const operations = flash.operations;
		gateway.found = [];
		assert.equal(await gateway.cycle(), false, step.name);
		check(gateway, beginning);
		assert.equal(now(gateway), step.end, `${step.name}: end`);
		beginnings.push({ ...beginning, operations: flash.operations - operations });
		before = step.end;
	}
	return beginnings;
}

/** Every start has found trusted firmware, and settings that belong to it. */
function check(gateway: Gateway, { step, before }: Pick<Beginning, "step" | "before">): void {
	const allowed = [before, step.end, ...(step.between ?? [])];
	for (const { version, sha256, settings } of gateway.found) {
		assert.ok(trusted.includes(sha256), `${step.name}: firmware that nobody published runs`);
		assert.ok(allowed.includes(`${version} ${settings}`), `${step.name}: found ${version} with ${settings}`);
	}
}

/**
 * @returns how many of the cuts came to pass
 * @throws AssertionError when something was lost
 */
export async function runCase({ step: index, cuts, seed }: Case, beginnings: readonly Beginning[]): Promise<number> {
	const beginning = beginnings[index];
	const { step, snapshot, files, faulty } = beginning;
	const chip = new Chip(seed);
	chip.flash.restore(snapshot, seed);
	const gateway = new Gateway(chip);
	gateway.files = files;
	gateway.faulty = new Set(faulty);
	let happened = 0;
	for (const { operation, mode } of cuts) {
		chip.cutAfter(operation, mode);
		if (!(await gateway.cycle())) break;
		happened++;
		chip.flash.reboot();
	}
	chip.flash.reboot();
	assert.equal(await gateway.cycle(), false);
	check(gateway, beginning);
	assert.equal(now(gateway), step.end, `${step.name}: end`);
	assert.ok(gateway.pieces <= mostPieces, `${step.name}: ${gateway.pieces} pieces of files are left`);
	assert.equal(chip.flash.violations, 0, `${step.name}: the flash was misused`);
	return happened;
}
