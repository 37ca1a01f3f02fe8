// SPDX-License-Identifier: Apache-2.0
//
// From the records of hosts/linux/gauge to figures of each phase: what ended a stretch says which phase it was part of. Pure.

import type { GatewayEvent } from "../../tools/gateway-lib/events.js";
import type { Part } from "./scenario.js";

/** `update` of the scenario, as the firmware's own events divide it; the trial is the new firmware from its start to its confirmation. */
export type Phase = Exclude<Part, "update"> | "handshake" | "ini" | "download and verify" | "apply" | "trial";

/** Bytes. */
export interface Need {
	/** Live data of the script at its peak, within a step of the gauge. */
	slots: number;
	chunks: number;
	stack: number;
	/** C heap, all of it. */
	native: number;
	/** Of it, what Mbed TLS has. */
	tls: number;
	/** Slots and chunks after a collection, where the phase ends. */
	live: number;
}

interface Use {
	live: number;
	peak: number;
}

interface GaugeRecord {
	cause: "event" | "signal";
	slots: Use;
	chunks: Use;
	stack: Use;
	native: Use;
	tls: Use;
}

/** Slots, chunks and stack. */
export const sumOf = ({ slots, chunks, stack }: Pick<Need, "slots" | "chunks" | "stack">): number =>
	slots + chunks + stack;

function add(needs: Map<Phase, Need>, phase: Phase, { slots, chunks, stack, native, tls }: GaugeRecord): void {
	const before = needs.get(phase);
	const most = (name: "slots" | "chunks" | "stack" | "native" | "tls", { peak }: Use): number =>
		Math.max(before?.[name] ?? 0, peak);
	needs.set(phase, {
		slots: most("slots", slots),
		chunks: most("chunks", chunks),
		stack: most("stack", stack),
		native: most("native", native),
		tls: most("tls", tls),
		live: slots.live + chunks.live,
	});
}

/** Which phase of an update ends with an event; `undefined` for those that can come at any time. */
function phaseEndedBy({ event, file }: GatewayEvent): Phase | undefined {
	if (event === "tls") return "handshake";
	if (event === "request" || event === "file") return file === "cmp" ? "download and verify" : "ini";
	if (event === "signature" || event === "flash") return "download and verify";
	if (event === "verdict" || event === "restart") return "apply";
	return undefined;
}

/**
 * @param events all of one play, in order @param parts the scenario's parts, in the order in which they ended, one for each signal
 * @returns the need of each phase, in order
 */
export function needsOf(events: readonly GatewayEvent[], parts: readonly Part[]): Map<Phase, Need> {
	const needs = new Map<Phase, Need>();
	let signals = 0;
	let trial = false;
	let before: GatewayEvent = { event: "" };
	/** Records whose phase a later one tells. */
	let waiting: GaugeRecord[] = [];
	for (const event of events) {
		if (event.event !== "gauge") {
			trial ||= event.event === "boot" && signals > 0;
			before = event;
			continue;
		}
		const record = event as unknown as GaugeRecord;
		const part = parts[signals];
		const ends = record.cause === "signal";
		const phase = part !== "update" ? (ends ? part : undefined) : trial ? "trial" : phaseEndedBy(before);
		waiting.push(record);
		if (ends) signals++;
		if (phase === undefined) continue;
		for (const each of waiting) add(needs, phase, each);
		waiting = [];
	}
	return needs;
}

/** The most of each figure of some plays. */
export function mostOf(plays: readonly ReadonlyMap<Phase, Need>[]): Map<Phase, Need> {
	const most = new Map<Phase, Need>();
	for (const needs of plays)
		for (const [phase, need] of needs) {
			const before = most.get(phase) ?? need;
			const of = (name: keyof Need): number => Math.max(before[name], need[name]);
			const script = { slots: of("slots"), chunks: of("chunks"), stack: of("stack") };
			most.set(phase, { ...script, native: of("native"), tls: of("tls"), live: of("live") });
		}
	return most;
}
