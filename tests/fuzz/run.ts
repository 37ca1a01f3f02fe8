// SPDX-License-Identifier: Apache-2.0
//
// npm run fuzz -- [MINUTES] [SEED]   all readers, the time shared among them (default one minute, seed from the clock)
// npm run fuzz -- NAME:SEED:NUMBER   one case again
// npm run fuzz -- NAME FILE          one input from a file
// Exit status: 0 nothing found, 1 a case was found (it is written to build/fuzz), 2 wrong arguments.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../tools/build/index.js";
import { Random } from "../harness/random.js";
import {
	asTarget,
	compileNative,
	fuzzGuided,
	fuzzNative,
	hasLibFuzzer,
	nativeTargetNamed,
	runInputs,
} from "./native/run.js";
import { nativeTargets, type NativeTarget } from "./native/targets.js";
import { caseOf, FoundCase, fuzz, runCase, type Case, type Count } from "./target.js";
import { targets } from "./targets/index.js";

const folder = join(projectRoot, "build/fuzz");
const usage = "usage: npm run fuzz -- [MINUTES] [SEED] | NAME:SEED:NUMBER | NAME FILE";

function print(name: string, text: string): void {
	console.log(`${name.padEnd(18)} ${text}`);
}

function counted({ cases, taken }: Count, started: number): string {
	const seconds = (Date.now() - started) / 1000;
	return `${cases} cases in ${seconds.toFixed(0)} s, ${taken} taken as good, none failed`;
}

/** Runs for so long. */
function during(seconds: number): () => boolean {
	const end = Date.now() + seconds * 1000;
	return () => Date.now() < end;
}

function guided(target: NativeTarget, seed: number, seconds: number): boolean {
	const { cases, coverage, found } = fuzzGuided(target, folder, seed, seconds);
	print(
		target.name,
		`${cases} cases, guided by coverage (${coverage} edges), ${found === undefined ? "none" : "one"} failed`,
	);
	if (found === undefined) return true;
	console.error(`${found.report}\nagain: npm run fuzz -- ${target.name} ${found.file}`);
	return false;
}

/** @returns whether nothing was found */
function runAll(minutes: number, seed: number): boolean {
	const seconds = (minutes * 60) / (targets.length + nativeTargets.length);
	const withCoverage = hasLibFuzzer();
	console.log(
		`seed ${seed}, ${seconds.toFixed(1)} s for each reader; C readers ${withCoverage ? "by libFuzzer" : "by mutation, for want of clang"}`,
	);
	for (const target of targets) {
		const started = Date.now();
		print(target.name, counted(fuzz(target, seed, during(seconds)), started));
	}
	let clean = true;
	for (const target of nativeTargets) {
		const started = Date.now();
		if (withCoverage) clean = guided(target, seed, seconds) && clean;
		else {
			const program = compileNative(target, folder, false);
			print(target.name, counted(fuzzNative(target, program, seed, during(seconds)), started));
		}
	}
	return clean;
}

function runInput(name: string, input: Uint8Array, again?: Case): void {
	const native = nativeTargetNamed(name);
	const target = targets.find((candidate) => candidate.name === name);
	if (native !== undefined) runInputs(compileNative(native, folder, false), [input]);
	else if (target !== undefined) runCase(target, again ?? { id: name, input, random: new Random(1) });
	else throw new RangeError(`no reader ${name}: ${[...targets, ...nativeTargets].map((one) => one.name).join(", ")}`);
	print(name, `${input.length} bytes: nothing wrong`);
}

function main(args: string[]): number {
	const [first = "1", second] = args;
	if (first.includes(":")) {
		const again = caseOf(first, [...targets, ...nativeTargets.map(asTarget)]);
		if (again === undefined) throw new RangeError(`no case ${first}`);
		runInput(again.target.name, again.found.input, again.found);
		return 0;
	}
	if (/^[a-z-]+$/.test(first) && second !== undefined) {
		runInput(first, new Uint8Array(readFileSync(second)));
		return 0;
	}
	const [minutes, seed] = [Number(first), second === undefined ? Date.now() % 1_000_000 : Number(second)];
	if (!(minutes > 0 && Number.isSafeInteger(seed) && seed >= 0)) throw new RangeError(usage);
	return runAll(minutes, seed) ? 0 : 1;
}

mkdirSync(folder, { recursive: true });
try {
	process.exitCode = main(process.argv.slice(2));
} catch (error) {
	if (error instanceof FoundCase) {
		const file = join(folder, `${error.found.id.replaceAll(":", "-")}.bin`);
		writeFileSync(file, error.found.input);
		console.error(`${error.message}\nagain: npm run fuzz -- ${error.found.id}; the input is in ${file}`);
		process.exitCode = 1;
	} else if (error instanceof RangeError) {
		console.error(error.message);
		process.exitCode = 2;
	} else throw error;
}
