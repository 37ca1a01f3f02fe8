// SPDX-License-Identifier: Apache-2.0
//
// The memory gate: a gateway as on the chip, with 32 bits, frozen and shared modules and the chip's region of memory, lives its day with everything on,
// and no phase needs more than its limit. Prints the table; a phase over its limit is named. `npm run bench -- heap` searches the smallest region.
// node-only: builds a program, and plays with servers and processes

import assert from "node:assert/strict";
import test from "node:test";
import { limits, overLimit, tableOf } from "./limits.js";
import { type Need, needsOf, type Phase } from "./needs.js";
import { play, type Part } from "./scenario.js";

test("no phase of a gateway's day needs more memory than its limit, with everything on", async (t) => {
	const parts: Part[] = [];
	const { events } = await play({ listeners: true, update: "https", gauge: true }, (part) => parts.push(part));
	const needs = needsOf(events, parts);
	for (const line of tableOf(needs)) t.diagnostic(line);
	assert.deepEqual(overLimit(needs), []);
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
