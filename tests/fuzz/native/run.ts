// SPDX-License-Identifier: Apache-2.0
//
// Compiles the programs of the C readers with AddressSanitizer and UndefinedBehaviorSanitizer and runs them: with libFuzzer,
// guided by coverage, where clang has it; else (and in `npm test`) on mutated inputs, numbered as those of the readers in TypeScript.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../../tools/build/index.js";
import { CaseMaker, FoundCase, type Count, type Target } from "../target.js";
import { nativeTargets, type NativeTarget } from "./targets.js";

const CLANG = "clang-14";
/** Cases handed to one process. */
const batchLength = 4000;
const flags = [
	"-std=gnu17",
	"-D_GNU_SOURCE",
	"-g",
	"-O1",
	"-Wall",
	"-Wextra",
	"-Werror",
	"-fno-sanitize-recover=undefined",
];

export function hasLibFuzzer(): boolean {
	return (
		existsSync(`/usr/bin/${CLANG}`) &&
		existsSync("/usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.fuzzer-x86_64.a")
	);
}

/** @returns path of the program */
export function compileNative(target: NativeTarget, folder: string, guided: boolean): string {
	const program = join(folder, `${target.name}${guided ? "-guided" : ""}`);
	const own = [target.source, "chip.c", ...(guided ? [] : ["driver.c"])].map((file) => `tests/fuzz/native/${file}`);
	const sources = new Set([...own, ...target.with, "hosts/linux/flash/nor.c", "hosts/linux/flash/nor-file.c"]);
	const sanitizers = `-fsanitize=${guided ? "fuzzer," : ""}address,undefined`;
	execFileSync(guided ? CLANG : "gcc", [...flags, sanitizers, "-o", program, ...sources], { cwd: projectRoot });
	return program;
}

/** The inputs of a native target as cases; the check is the program's. */
export function asTarget(target: NativeTarget): Target {
	return {
		...target,
		check: () => {
			throw new Error("checked by its program");
		},
	};
}

/** @throws Error with what the program said; `index` of the input it was at */
export class NativeFailure extends Error {
	readonly index: number;
	constructor(index: number, message: string) {
		super(message);
		this.index = index;
	}
}

/** Runs inputs one after the other in one process. @returns `fuzz_taken` after each @throws NativeFailure */
export function runInputs(program: string, inputs: readonly Uint8Array[]): number[] {
	const parts = inputs.flatMap((input) => {
		const length = Buffer.alloc(4);
		length.writeUInt32LE(input.length);
		return [length, input];
	});
	const progress = `${program}.at`;
	const { status, stdout, stderr } = spawnSync(program, [progress], { input: Buffer.concat(parts), timeout: 120_000 });
	if (status !== 0) throw new NativeFailure(readFileSync(progress).readUInt32LE(0), stderr.toString("utf8"));
	const taken = stdout.toString("latin1").split("\n").slice(0, -1).map(Number);
	if (taken.length !== inputs.length) throw new NativeFailure(taken.length, "not all inputs were run");
	return taken;
}

/**
 * Mutated inputs from number 0 on, in batches.
 * @param more told the number of the next case, whether to go on with another batch
 * @throws FoundCase
 */
export function fuzzNative(
	target: NativeTarget,
	program: string,
	seed: number,
	more: (number: number) => boolean,
	batch = batchLength,
): Count {
	const maker = new CaseMaker(asTarget(target));
	const count: Count = { cases: 0, taken: 0 };
	while (more(count.cases)) {
		const first = count.cases;
		const inputs = Array.from({ length: batch }, (_, i) => maker.make(seed, first + i).input);
		try {
			const taken = runInputs(program, inputs);
			count.cases += taken.length;
			count.taken += taken.filter((value) => value !== 0).length;
		} catch (error) {
			if (!(error instanceof NativeFailure)) throw error;
			throw new FoundCase(maker.make(seed, first + error.index), error);
		}
	}
	return count;
}

export interface GuidedResult {
	/** Inputs run. */
	cases: number;
	/** Edges of the program that were reached. */
	coverage: number;
	/** Why it stopped, when an input was found; the file with it. */
	found?: { report: string; file: string };
}

/** libFuzzer for some seconds. Its corpus stays in `folder` and is gone on from the next time. */
export function fuzzGuided(target: NativeTarget, folder: string, seed: number, seconds: number): GuidedResult {
	const program = compileNative(target, folder, true);
	const corpus = join(folder, `${target.name}.corpus`);
	const artifacts = join(folder, `${target.name}.found-`);
	mkdirSync(corpus, { recursive: true });
	target.corpus().forEach((input, index) => writeFileSync(join(corpus, `seed-${index}`), input));
	const limits = [
		`-max_total_time=${Math.max(1, Math.round(seconds))}`,
		`-seed=${seed}`,
		"-max_len=12289",
		"-timeout=10",
	];
	const { status, stderr } = spawnSync(
		program,
		[...limits, `-artifact_prefix=${artifacts}`, "-print_final_stats=1", corpus],
		{
			encoding: "utf8",
			maxBuffer: 64 * 1024 * 1024,
		},
	);
	const cases = Number(/stat::number_of_executed_units: (\d+)/.exec(stderr)?.[1] ?? 0);
	const coverage = Number([...stderr.matchAll(/ cov: (\d+)/g)].at(-1)?.[1] ?? 0);
	if (status === 0) return { cases, coverage };
	const file = readdirSync(folder).find((name) => name.startsWith(`${target.name}.found-`)) ?? "";
	return { cases, coverage, found: { report: stderr.slice(-4000), file: join(folder, file) } };
}

export function nativeTargetNamed(name: string): NativeTarget | undefined {
	return nativeTargets.find((target) => target.name === name);
}
