// SPDX-License-Identifier: Apache-2.0
//
// How much memory a gateway needs, on the 32-bit build whose slots and pointers are the chip's: the smallest region and the smallest stack in
// which each of five scenarios still passes, found by trying; with --phases the need of each phase as the gate of tests/memory sees it; with --accept
// the gate's limits are what was measured now, and a margin.
// Usage: npm run bench -- heap [--phases | --accept] [--scenario NAME] [--step BYTES]

import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { execPath } from "node:process";
import { parseArgs } from "node:util";
import { Crash, play, type Part } from "../../tests/memory/scenario.js";
import type { Plan } from "../../tests/memory/site.js";
import { type Need, mostOf, needsOf, type Phase } from "../../tests/memory/needs.js";
import { limitsFile, limitsFor, tableOf } from "../../tests/memory/limits.js";

const say = (text: string): boolean => process.stdout.write(`${text}\n`);

const scenarios: Readonly<Record<string, Plan>> = {
	prompt: { listeners: false, update: "none", load: false },
	http: { listeners: false, update: "http", load: false },
	https: { listeners: false, update: "https", load: false },
	everything: { listeners: true, update: "https", load: false },
	load: { listeners: true, update: "https", load: true },
};

/** Enough for each, bytes. */
const roomy = 262_144;
const roomyStack = 2048;
const slotBytes = 16;

/** How often a play may fail for other reasons than memory, on a machine that is busy with other things. */
const tries = 3;

/** @returns what crashed the gateway; `undefined` when it passed. @throws Error for failures of another kind */
async function attempt(plan: Plan, heap: number, stack: number): Promise<string | undefined> {
	const args = ["--option", `heap=${heap}`, "--option", `stack=${stack}`];
	for (let left = tries; ; left--) {
		try {
			await play({ ...plan, gauge: false, args });
			return undefined;
		} catch (error) {
			if (error instanceof Crash) return error.message;
			if (left === 1) throw error;
		}
	}
}

/** The smallest multiple of `step` that passes, between `low`, which is known to fail, and `high`, which is known to pass. */
async function smallest(
	passes: (value: number) => Promise<boolean>,
	low: number,
	high: number,
	step: number,
): Promise<number> {
	let [fails, works] = [Math.floor(low / step), Math.ceil(high / step)];
	while (works - fails > 1) {
		const middle = (fails + works) >> 1;
		if (await passes(middle * step)) works = middle;
		else fails = middle;
	}
	return works * step;
}

async function search(name: string, plan: Plan, step: number): Promise<void> {
	const passes = async (heap: number, stack: number): Promise<boolean> => {
		const failure = await attempt(plan, heap, stack);
		process.stderr.write(`${name}: heap ${heap}, stack ${stack}: ${failure ?? "passed"}\n`);
		return failure === undefined;
	};
	const stack = await smallest((slots) => passes(roomy, slots), 0, roomyStack, 32);
	const heap = await smallest((bytes) => passes(bytes, stack), 0, roomy, step);
	const script = heap - stack * slotBytes;
	say(
		`${name.padEnd(12)} ${String(heap).padStart(8)} ${String(script).padStart(18)} ${String(stack * slotBytes).padStart(8)}`,
	);
}

async function measure(plan: Plan): Promise<Map<Phase, Need>> {
	const parts: Part[] = [];
	const args = ["--option", `heap=${roomy}`];
	const { events } = await play({ ...plan, gauge: true, args }, (part) => parts.push(part));
	return needsOf(events, parts);
}

/** Does it on a machine that is as slow as one with other work: two busy processes for each processor. */
async function besideOthers<Result>(action: () => Promise<Result>): Promise<Result> {
	const others = cpus().flatMap(() => [0, 1].map(() => spawn(execPath, ["-e", "for (;;);"], { stdio: "ignore" })));
	try {
		return await action();
	} finally {
		for (const other of others) other.kill();
	}
}

/** Plays twice as often as it says, quiet and busy, keeps the most of each figure, and writes the limits of the gate by it. */
async function accept(plan: Plan, plays: number): Promise<void> {
	const all = [];
	for (let i = 0; i < plays; i++) {
		all.push(await measure(plan));
		all.push(await besideOthers(() => measure(plan)));
	}
	const most = mostOf(all);
	writeFileSync(limitsFile, `${JSON.stringify(limitsFor(most), null, "\t")}\n`);
	for (const line of tableOf(most)) say(line);
}

const { values } = parseArgs({
	options: {
		phases: { type: "boolean", default: false },
		accept: { type: "boolean", default: false },
		scenario: { type: "string" },
		step: { type: "string", default: "2048" },
	},
});
const chosen = Object.entries(scenarios).filter(([name]) => values.scenario === undefined || values.scenario === name);
if (chosen.length === 0) throw new RangeError(`--scenario: one of ${Object.keys(scenarios).join(", ")}`);
if (values.accept) await accept(scenarios.load, 3);
else if (values.phases)
	for (const line of tableOf(await measure(scenarios[values.scenario ?? "everything"]))) say(line);
else {
	say("smallest     region B  slots and chunks    stack");
	for (const [name, plan] of chosen) await search(name, plan, Number(values.step));
}
