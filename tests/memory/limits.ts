// SPDX-License-Identifier: Apache-2.0
//
// What each phase of a gateway's day may need of the chip's memory, with everything on. The limits are what was measured and a little more, so that whoever
// adds to a phase is told; design.md's targets stand beside them. Smaller figures are welcome: lower the limit then. Pure.

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

/** For the script: slots, chunks and stack together; for Mbed TLS: one connection. KB. */
export const targets = Object.freeze({ script: 64, tls: 40 });

export const limits: Readonly<Record<Phase, Limit>> = Object.freeze({
	boot: { script: 70, native: 19, tls: 5 },
	idle: { script: 52, native: 18, tls: 4 },
	"web page open": { script: 72, native: 59, tls: 28 },
	"SNMP walk": { script: 75, native: 43, tls: 27 },
	"SIP load": { script: 77, native: 62, tls: 28 },
	console: { script: 98, native: 20, tls: 5 },
	handshake: { script: 99, native: 108, tls: 57 },
	ini: { script: 109, native: 108, tls: 57 },
	"download and verify": { script: 133, native: 108, tls: 58 },
	apply: { script: 87, native: 90, tls: 56 },
	trial: { script: 94, native: 108, tls: 57 },
});

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
