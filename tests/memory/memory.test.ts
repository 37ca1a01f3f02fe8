// SPDX-License-Identifier: Apache-2.0
//
// The memory gate: a gateway as on the chip, with 32 bits, frozen and shared modules, lives its day with everything on. With the page open an update
// stays within the target, region and all; with a crowd that asks all the time no phase needs more than its limit. Prints the tables; a phase over its
// limit is named. `npm run bench -- heap` searches the smallest region.
// node-only: builds a program, and plays with servers and processes

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { projectRoot } from "../../tools/build/index.js";
import { limits, overLimit, overTarget, tableOf, targets } from "./limits.js";
import { type Need, needsOf, type Phase } from "./needs.js";
import { play, type Part } from "./scenario.js";

interface Manifest {
	creation: { static: number; stack: number };
}

const everything = { listeners: true, update: "https" } as const;
/** More than is needed: how much that is, the gauge tells. */
const roomy = 262_144;
const board = JSON.parse(readFileSync(join(projectRoot, "hosts/esp32/manifest.json"), "utf8")) as Manifest;
const { static: region, stack } = board.creation;

/** Slots; fewer than the boards' manifest has, as the target counts the stack too. */
const targetStack = 512;

async function measured(load: boolean, say: (line: string) => void): Promise<Map<Phase, Need>> {
	const parts: Part[] = [];
	const args = ["--option", `heap=${roomy}`];
	const { events } = await play({ ...everything, load, gauge: true, args }, (part) => parts.push(part));
	const needs = needsOf(events, parts);
	tableOf(needs).forEach(say);
	return needs;
}

async function passes(load: boolean, heap: number, slots: number): Promise<void> {
	await play({ ...everything, load, gauge: false, args: ["--option", `heap=${heap}`, "--option", `stack=${slots}`] });
}

test("all listeners on, the page open, an update by https: no phase needs more than the target", async (t) => {
	assert.deepEqual(overTarget(await measured(false, (line) => t.diagnostic(line))), []);
});

test("that day passes in a region of the target's size, with its stack", async () => {
	await passes(false, targets.script * 1024, targetStack);
});

test("with a crowd that asks all the time no phase needs more than its limit", async (t) => {
	assert.deepEqual(overLimit(await measured(true, (line) => t.diagnostic(line))), []);
});

test("with that crowd the day passes with the memory that the boards' manifest gives", async () => {
	await passes(true, region, stack);
});

const nothing: Need = { slots: 0, chunks: 0, stack: 0, native: 0, tls: 0, live: 0 };

function inEachPhase(): Map<Phase, Need> {
	return new Map((Object.keys(limits) as Phase[]).map((phase) => [phase, nothing]));
}

test("a phase over the target is named, and one that was not seen too", () => {
	const needs = inEachPhase();
	needs.set("ini", { ...nothing, slots: targets.script * 1024 });
	assert.deepEqual(overTarget(needs), []);
	needs.set("apply", { ...nothing, slots: targets.script * 1024 - 1, chunks: 1, stack: 1 });
	needs.delete("trial");
	assert.deepEqual(overTarget(needs), [
		`apply: ${targets.script * 1024 + 1} bytes, target ${targets.script * 1024}`,
		"trial: was not seen",
	]);
});

test("a phase over its limit is named, with figure and limit, and one that was not seen too", () => {
	const needs = inEachPhase();
	assert.deepEqual(overLimit(needs), []);
	needs.set("SNMP walk", { ...nothing, slots: limits["SNMP walk"].script * 1024, stack: 1 });
	needs.delete("trial");
	assert.deepEqual(overLimit(needs), [
		`SNMP walk: slots, chunks and stack: ${limits["SNMP walk"].script * 1024 + 1} bytes, limit ${limits["SNMP walk"].script * 1024}`,
		"trial: was not seen",
	]);
});
