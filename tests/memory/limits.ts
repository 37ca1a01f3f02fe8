// SPDX-License-Identifier: Apache-2.0
//
// What each phase of a gateway's day may need of the chip's memory, with everything on. The limits are what was measured and a margin, so that whoever
// adds much to a phase is told; design.md's targets stand beside them. Smaller figures are welcome: accept them then.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Need, type Phase, sumOf } from "./needs.js";

/** KB of 1024 bytes. */
export interface Limit {
	/** Slots, chunks and stack at their peaks. */
	script: number;
	/** C heap, of engine, natives and Mbed TLS. */
	native: number;
	/** Of it, Mbed TLS. */
	tls: number;
}

export const kilobyte = 1024;

export const limitsFile = fileURLToPath(new URL("limits.json", import.meta.url));

/** For the script: slots, chunks and stack together; for Mbed TLS: one connection. KB. */
export const targets = Object.freeze({ script: 64, tls: 40 });

/** Those of limits.json, which `npm run bench -- heap --accept` writes. */
export const limits = JSON.parse(readFileSync(limitsFile, "utf8")) as Readonly<Record<Phase, Limit>>;

interface Row {
	name: keyof Limit;
	title: string;
	of: (need: Need) => number;
}

const rows: readonly Row[] = Object.freeze([
	{ name: "script", title: "slots, chunks and stack", of: sumOf },
	{ name: "native", title: "C heap", of: ({ native }) => native },
	{ name: "tls", title: "Mbed TLS", of: ({ tls }) => tls },
]);

/** @returns a line for each figure that is over its limit, and for each phase that did not come */
export function overLimit(needs: ReadonlyMap<Phase, Need>): string[] {
	return (Object.keys(limits) as Phase[]).flatMap((phase) => {
		const need = needs.get(phase);
		if (need === undefined) return [`${phase}: was not seen`];
		return rows
			.filter(({ name, of }) => of(need) > limits[phase][name] * kilobyte)
			.map(({ name, title, of }) => `${phase}: ${title}: ${of(need)} bytes, limit ${limits[phase][name] * kilobyte}`);
	});
}

/** @returns a line for each phase whose slots, chunks and stack are together over the target, and for each phase that did not come */
export function overTarget(needs: ReadonlyMap<Phase, Need>): string[] {
	const allowed = targets.script * kilobyte;
	return (Object.keys(limits) as Phase[]).flatMap((phase) => {
		const need = needs.get(phase);
		if (need === undefined) return [`${phase}: was not seen`];
		return sumOf(need) > allowed ? [`${phase}: ${sumOf(need)} bytes, target ${allowed}`] : [];
	});
}

/** Whether the pages' connection is there at a moment of an update is chance, so the C heap of these has one limit. */
const duringUpdate: readonly Phase[] = ["handshake", "ini", "download and verify", "apply", "trial"];

/**
 * Percent above the most of some plays, quiet and busy ones. What a gateway does by itself needs the same in each play and on each machine; in an update
 * it is chance, and the machine's speed, which answers to others meet with which step: there plays differ by 8 in a hundred. With 12 above the highest no
 * machine was seen to come near, and a change that adds a quarter is over the limit even in the lowest play.
 */
const margin = 12;

/** What to allow where so much was measured at most. @returns limits of the phases */
export function limitsFor(needs: ReadonlyMap<Phase, Need>): Record<string, Limit> {
	const allow = (bytes: number): number => Math.ceil((bytes * (1 + margin / 100)) / kilobyte);
	const most = (phase: Phase, name: "native" | "tls"): number =>
		Math.max(...(duringUpdate.includes(phase) ? duringUpdate : [phase]).map((each) => needs.get(each)?.[name] ?? 0));
	return Object.fromEntries(
		Array.from(needs, ([phase, need]) => [
			phase,
			{ script: allow(sumOf(need)), native: allow(most(phase, "native")), tls: allow(most(phase, "tls")) },
		]),
	);
}

/** What a region must hold that serves all phases: slots never become chunks again. */
function wholeDay(needs: ReadonlyMap<Phase, Need>): number {
	const most = (name: "slots" | "chunks" | "stack"): number =>
		Math.max(...Array.from(needs.values(), (need) => need[name]));
	return most("slots") + most("chunks") + most("stack");
}

/** A table for people, bytes: need and limit of each phase. */
export function tableOf(needs: ReadonlyMap<Phase, Need>): string[] {
	const cell = (value: number | string): string => String(value).padStart(8);
	const names = [
		"slots",
		"chunks",
		"stack",
		"sum",
		"limit",
		"target",
		"live",
		"C heap",
		"limit",
		"TLS",
		"limit",
		"target",
	];
	const lines = [...needs].map(([phase, need]) => {
		const { script, native, tls } = limits[phase];
		const { slots, chunks, stack, live } = need;
		const heap = [slots, chunks, stack, sumOf(need), script * kilobyte, targets.script * kilobyte, live];
		const rest = [need.native, native * kilobyte, need.tls, tls * kilobyte, targets.tls * kilobyte];
		return phase.padEnd(20) + [...heap, ...rest].map(cell).join("");
	});
	const day = `slots, chunks and stack, each at its highest: ${wholeDay(needs)} bytes, target ${targets.script * kilobyte}`;
	return ["phase".padEnd(20) + names.map(cell).join(""), ...lines, day];
}
