// SPDX-License-Identifier: Apache-2.0
//
// What the rounds of a soak prove: memory that does not grow, no handle left, room in the store, wear as predicted. Predictions come
// from what was published and how much was written, never from counts of erases.

import type { Round } from "./soak.js";

/** The first rounds fill what is bounded: attempts that are remembered, downloads, content that has failed. */
const warmUp = 60;
const payloadBytes = 3984;
const blockBytes = 4096;
/** Erases of otadata: two to choose another slot and confirm it, one of the loader; one more of it where it goes back. */
const otadataErases = { installed: 3, wentBack: 4 };

export const memoryNames = ["slots", "chunks", "native", "heap", "names"] as const;
export type MemoryName = (typeof memoryNames)[number];

export function unitOf(name: MemoryName): string {
	return name === "names" ? "names" : "bytes";
}

export interface Trend {
	/** Bytes, or names, a round (least squares), and its standard error. */
	slope: number;
	error: number;
	/** Smallest of the first and of the last fifth. */
	leastFirst: number;
	leastLast: number;
	medianFirst: number;
	medianLast: number;
	least: number;
	most: number;
}

export interface Wear {
	what: string;
	measured: number;
	/** Both ends belong to it. */
	predicted: [number, number];
}

function median(values: number[]): number {
	return [...values].sort((a, b) => a - b)[values.length >> 1];
}

/** Rounds that count, in which the gateway was as it is after the first ones. */
export function settled(rounds: readonly Round[]): readonly Round[] {
	return rounds.slice(Math.min(warmUp, rounds.length >> 1));
}

export function trendOf(values: number[]): Trend {
	const { length } = values;
	const fifth = Math.max(1, Math.floor(length / 5));
	const [first, last] = [values.slice(0, fifth), values.slice(-fifth)];
	const meanX = (length - 1) / 2;
	const meanY = values.reduce((sum, value) => sum + value, 0) / length;
	const squares = values.reduce((sum, _, x) => sum + (x - meanX) ** 2, 0);
	const slope = values.reduce((sum, value, x) => sum + (x - meanX) * (value - meanY), 0) / squares;
	const rest = values.reduce((sum, value, x) => sum + (value - meanY - slope * (x - meanX)) ** 2, 0);
	return {
		slope,
		error: Math.sqrt(rest / Math.max(1, length - 2) / squares),
		...{ leastFirst: Math.min(...first), leastLast: Math.min(...last) },
		...{ medianFirst: median(first), medianLast: median(last) },
		...{ least: Math.min(...values), most: Math.max(...values) },
	};
}

export function memoryOf(rounds: readonly Round[], name: MemoryName): Trend {
	return trendOf(settled(rounds).map(({ memory }) => memory[name]));
}

/** Rounds of a life that are long enough to tell its beginning from its end, and of each of these. */
const longLife = 80;
const partOfLife = 20;

/**
 * How much more a gateway has at the end of its life than after the first rounds of it: the mean of all lives that lasted.
 * @returns `undefined` when none did
 */
export function growthInLife(rounds: readonly Round[], name: MemoryName): { lives: number; more: number } | undefined {
	const lives = new Map<number, number[]>();
	for (const { boots, memory } of rounds) lives.set(boots, [...(lives.get(boots) ?? []), memory[name]]);
	const long = [...lives.values()].filter(({ length }) => length >= longLife);
	if (long.length === 0) return undefined;
	const growth = long.map(
		(values) => median(values.slice(-partOfLife)) - median(values.slice(partOfLife, 2 * partOfLife)),
	);
	return { lives: long.length, more: Math.round(sum(growth) / long.length) };
}

/** Nothing went wrong in it, and firmware was installed. */
function isCleanInstall({ offer, fault, mishap, verdicts }: Round): boolean {
	return offer === "both" && fault === undefined && mishap === undefined && verdicts[0] === "updated";
}

function erasesIn(round: Round, before: Round, part: "slots" | "otadata" | "store"): number {
	return round.wear[part] - before.wear[part];
}

function sum(values: number[]): number {
	return values.reduce((total, value) => total + value, 0);
}

/** Erases of all rounds but the first, against what they should be. */
export function wearOf(rounds: readonly Round[]): Wear[] {
	const pairs = rounds.slice(1).map((round, i): [Round, Round] => [round, rounds[i]]);
	const clean = pairs.filter(([round]) => isCleanInstall(round));
	const [first, last] = [rounds[0], rounds[rounds.length - 1]];
	const whole = (part: "slots" | "otadata" | "store"): number => erasesIn(last, first, part);
	const cleanErases = (part: "slots" | "otadata"): number => sum(clean.map(([a, b]) => erasesIn(a, b, part)));
	const cleanBlocks = sum(clean.map(([round]) => round.imageBlocks));
	const cleanChoices = clean.length * otadataErases.installed;
	const slotBlocks = Math.ceil((last.slotBytes - first.slotBytes) / blockBytes);
	const boots = last.boots - first.boots;
	const storeBytes = last.storeBytes - first.storeBytes;
	return [
		{
			what: "image, updates that nothing disturbed",
			measured: cleanErases("slots"),
			predicted: [cleanBlocks, cleanBlocks],
		},
		{ what: "boot choice, the same", measured: cleanErases("otadata"), predicted: [cleanChoices, cleanChoices] },
		{
			what: "image, all rounds",
			measured: whole("slots"),
			// A block that holds its data already is programmed without an erase; one may be erased as the power goes.
			predicted: [cleanBlocks, slotBlocks + boots],
		},
		{
			what: "boot choice, all rounds",
			measured: whole("otadata"),
			predicted: [cleanChoices, otadataErases.wentBack * boots],
		},
		{
			what: "store, all rounds",
			measured: whole("store"),
			// Each block takes so much; a start that writes begins a block of its own.
			predicted: [Math.floor(storeBytes / blockBytes), Math.ceil(storeBytes / payloadBytes) + boots],
		},
	];
}

/** @returns what a soak must not show, a sentence each */
export function problemsOf(rounds: readonly Round[]): string[] {
	return [...behaviour(rounds), ...handles(rounds), ...memory(rounds), ...flash(rounds)];
}

function behaviour(rounds: readonly Round[]): string[] {
	const problems = rounds.flatMap(({ round, problem }) =>
		problem === undefined ? [] : [`round ${round}: ${problem}`],
	);
	if (!rounds.some(isCleanInstall) && rounds.length > 40) problems.push("no update was ever undisturbed");
	return problems;
}

function handles(rounds: readonly Round[]): string[] {
	const [first] = rounds;
	// A wait that a server asked for, or a hold, has a timer of its own.
	const usual = (round: Round): string =>
		JSON.stringify({ ...round.held, timer: Math.max(first.held.timer, round.held.timer - 1) });
	const held = JSON.stringify(first.held);
	const last = rounds.slice(-20).map((round) => round.held.timer);
	if (Math.min(...last) > first.held.timer)
		return [`${Math.min(...last)} timers at last, ${first.held.timer} at first`];
	return rounds.flatMap((round) => {
		const problems: string[] = [];
		if (usual(round) !== held) problems.push(`holds ${JSON.stringify(round.held)}, not ${held}`);
		if (round.descriptors !== first.descriptors)
			problems.push(`${round.descriptors} descriptors, not ${first.descriptors}`);
		if (round.server.open !== 0) problems.push(`${round.server.open} connections are open`);
		return problems.map((problem) => `round ${round.round}: ${problem}`);
	});
}

/** Growth shows in the smallest values: whatever is more for a while is given back by then. */
function memory(rounds: readonly Round[]): string[] {
	return memoryNames.flatMap((name) => {
		const { leastFirst, leastLast, slope, error } = memoryOf(rounds, name);
		const problems: string[] = [];
		if (leastLast - leastFirst > allowance[name])
			problems.push(`${name}: at least ${leastFirst} ${unitOf(name)} at first, ${leastLast} at last`);
		const inLife = growthInLife(rounds, name);
		if (inLife !== undefined && inLife.more > allowance[name])
			problems.push(`${name}: ${inLife.more} ${unitOf(name)} more at the end of a life`);
		const drift = slope * rounds.length;
		if (slope > 4 * error && drift > 4 * allowance[name])
			problems.push(`${name}: ${slope.toFixed(2)} ${unitOf(name)} more each round`);
		return problems;
	});
}

/**
 * Of the smallest values, bytes: state that differs from one to another, as what was last refused; blocks of malloc are 16 apart.
 * Names: those that are fixed, and used for the first time late.
 */
const allowance: Record<MemoryName, number> = { slots: 2048, chunks: 8192, native: 64, heap: 256, names: 4 };

function flash(rounds: readonly Round[]): string[] {
	const problems = wearOf(rounds)
		.filter(({ measured, predicted: [least, most] }) => measured < least || measured > most)
		.map(({ what, measured, predicted }) => `wear, ${what}: ${measured}, predicted ${predicted.join(" to ")}`);
	const last = rounds[rounds.length - 1];
	const { least, most } = last.wear;
	if (most - least > 2) problems.push(`wear of the store's blocks is uneven: ${least} to ${most}`);
	if (last.violations > 0) problems.push(`the flash was misused ${last.violations} times`);
	for (const { round, store } of rounds) {
		if (store !== undefined && store.freeBytes < 3 * store.liveBytes)
			problems.push(`round ${round}: the store fills: ${store.liveBytes} bytes, ${store.freeBytes} are free`);
	}
	return problems;
}
