// SPDX-License-Identifier: Apache-2.0
//
// The memory gate: a gateway as on the chip, with 32 bits, frozen and shared modules and the chip's region of memory, lives its day with everything on,
// and no phase needs more than its limit. Prints the table; a phase over its limit is named. `npm run bench -- heap` searches the smallest region.
// node-only: builds a program, and plays with servers and processes

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { projectRoot } from "../../tools/build/index.js";
import { limits, overLimit, tableOf } from "./limits.js";
import { type Need, needsOf, type Phase } from "./needs.js";
import { play, type Part } from "./scenario.js";

interface Manifest {
	creation: { static: number; stack: number };
}

const everything = { listeners: true, update: "https", load: true } as const;
/** More than is needed: how much that is, the gauge tells. */
const roomy = 262_144;
const board = JSON.parse(readFileSync(join(projectRoot, "hosts/esp32/manifest.json"), "utf8")) as Manifest;
const { static: region, stack } = board.creation;

test("no phase of a gateway's day needs more memory than its limit, with everything on", async (t) => {
	const parts: Part[] = [];
	const args = ["--option", `heap=${roomy}`];
	const { events } = await play({ ...everything, gauge: true, args }, (part) => parts.push(part));
	const needs = needsOf(events, parts);
	for (const line of tableOf(needs)) t.diagnostic(line);
	assert.deepEqual(overLimit(needs), []);
});

test("the whole day passes with the memory that the boards' manifest gives", async () => {
	await play({ ...everything, gauge: false, args: ["--option", `heap=${region}`, "--option", `stack=${stack}`] });
});

test("a phase over its limit is named, with figure and limit, and one that was not seen too", () => {
	const nothing: Need = { slots: 0, chunks: 0, stack: 0, native: 0, tls: 0, live: 0 };
	const needs = new Map<Phase, Need>((Object.keys(limits) as Phase[]).map((phase) => [phase, nothing]));
	assert.deepEqual(overLimit(needs), []);
	needs.set("SNMP walk", { ...nothing, slots: limits["SNMP walk"].script * 1024, stack: 1 });
	needs.delete("trial");
	assert.deepEqual(overLimit(needs), [
		`SNMP walk: slots, chunks and stack: ${limits["SNMP walk"].script * 1024 + 1} bytes, limit ${limits["SNMP walk"].script * 1024}`,
		"trial: was not seen",
	]);
});
