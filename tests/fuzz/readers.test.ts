// SPDX-License-Identifier: Apache-2.0
//
// The short form of fuzzing: a fixed number of cases of each reader, and every input that was ever found.
// node-only: compiles C programs, and the inputs are damaged by Node's own hashes.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { inTemporaryFolder, projectRoot } from "../bootloader/harness/c-tests.js";
import { Random } from "../harness/random.js";
import { loadVectors } from "../harness/vectors.js";
import { asTarget, compileNative, fuzzNative, NativeFailure, runInputs } from "./native/run.js";
import { nativeTargets } from "./native/targets.js";
import { CaseMaker, caseOf, FoundCase, fuzz, runCase, type Target } from "./target.js";
import { targets } from "./targets/index.js";

const seed = 1;
const cases: Record<string, number> = { image: 1500, signature: 3000, select: 3000, "flash-file": 2000, store: 600 };
const nativeCases = 4000;

/** A reader has its folder as soon as something was found in it. */
function found(name: string): Uint8Array[] {
	const folder = `fuzz/found/${name}`;
	return existsSync(join(projectRoot, "tests", folder)) ? loadVectors(folder).map(({ bytes }) => bytes) : [];
}

for (const target of targets) {
	test(`${target.name}: ${cases[target.name]} damaged inputs keep every promise`, () => {
		const count = fuzz(target, seed, (number) => number < cases[target.name]);
		assert.equal(count.cases, cases[target.name]);
		assert.ok(count.taken > 0);
		for (const input of found(target.name)) runCase(target, { id: target.name, input, random: new Random(seed) });
	});
}

for (const target of nativeTargets) {
	test(`${target.name}: ${nativeCases} damaged inputs keep every promise (C, with sanitizers)`, () => {
		inTemporaryFolder((folder) => {
			const program = compileNative(target, folder, false);
			const count = fuzzNative(target, program, seed, (number) => number < nativeCases);
			assert.equal(count.cases, nativeCases);
			assert.ok(count.taken > 0 && count.taken < count.cases, `${count.taken} taken`);
			runInputs(program, found(target.name));
		});
	});
}

test("an id gives the same case again, and no other one", () => {
	for (const target of [...targets, ...nativeTargets.map(asTarget)]) {
		const id = `${target.name}:${seed}:77`;
		const again = caseOf(id, [target]);
		assert.deepEqual(again?.found.input, new CaseMaker(target).make(seed, 77).input);
		assert.equal(again?.found.id, id);
		assert.equal(caseOf(`none:${seed}:77`, [target]), undefined);
	}
});

test("a broken promise is told with its id", () => {
	const picky: Target = {
		name: "picky",
		corpus: () => [new Uint8Array(8)],
		check(input) {
			assert.ok(input.every((byte) => byte !== 255));
			return true;
		},
	};
	let caught: unknown;
	try {
		fuzz(picky, seed, (number) => number < 1000);
	} catch (error) {
		caught = error;
	}
	assert.ok(caught instanceof FoundCase);
	const again = caseOf((caught as FoundCase).found.id, [picky]);
	assert.throws(() => runCase(picky, again!.found), FoundCase);
});

test("a crash in C is told with the input it was at", () => {
	inTemporaryFolder((folder) => {
		const target = { ...nativeTargets[0]!, source: "crash-test.c", with: [] };
		const program = compileNative(target, folder, false);
		assert.throws(
			() => runInputs(program, [Uint8Array.of(0), Uint8Array.of(1), Uint8Array.of(2)]),
			(error: unknown) =>
				error instanceof NativeFailure && error.index === 1 && /heap-buffer-overflow/.test(error.message),
		);
	});
});
