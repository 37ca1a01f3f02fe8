// SPDX-License-Identifier: Apache-2.0
//
// What the rounds of a real gateway prove: every good offer arrives, descriptors are the same, memory does not grow from life to life nor
// within one, and the flash wears as the bytes say.

import { trendOf } from "../judge.js";
import type { RealRound } from "./round.js";

/** Erases of otadata: to choose another slot, to confirm it, and the loader's. */
const otadataErases = 3;
/** Of the store, what a block holds besides its head. */
const payloadBytes = 3984;
const blockBytes = 4096;
/** Rounds of a life that are enough to compare its last quarter with its second. */
const longLife = 12;

/** One figure of all rounds. Bytes. */
export interface Series {
	name: string;
	of: (round: RealRound) => number;
	/** What may differ: state of one moment or another; for processes, what malloc and the page cache do. */
	allowance: number;
}

export const series: readonly Series[] = [
	{ name: "slots", of: ({ heap }) => heap.slots, allowance: 4096 },
	{ name: "chunks", of: ({ heap }) => heap.chunks, allowance: 8192 },
	{ name: "native", of: ({ heap }) => heap.native, allowance: 1024 },
	{ name: "gateway RSS", of: ({ gateway }) => gateway.rss, allowance: 524_288 },
	{ name: "gateway PSS", of: ({ gateway }) => gateway.pss, allowance: 524_288 },
	{ name: "loader RSS", of: ({ chip }) => chip.rss, allowance: 131_072 },
	{ name: "loader PSS", of: ({ chip }) => chip.pss, allowance: 131_072 },
];

/** Smallest of the second quarter of each long life, and how much more the smallest of its last is; the mean of all. */
export function growthInLife(
	rounds: readonly RealRound[],
	{ of }: Series,
): { lives: number; bytes: number } | undefined {
	const lives = new Map<number, number[]>();
	for (const round of rounds) lives.set(round.life, [...(lives.get(round.life) ?? []), of(round)]);
	const long = [...lives.values()].filter(({ length }) => length >= longLife);
	if (long.length === 0) return undefined;
	const growth = long.map((values) => {
		const quarter = values.length >> 2;
		return Math.min(...values.slice(-quarter)) - Math.min(...values.slice(quarter, 2 * quarter));
	});
	return { lives: long.length, bytes: Math.round(growth.reduce((sum, each) => sum + each, 0) / long.length) };
}

export interface RealWear {
	what: string;
	measured: number;
	/** Both ends belong to it. */
	predicted: [least: number, most: number];
}

function isClean({ offer, mishap, imageErases }: RealRound): boolean {
	return offer === "both" && mishap === undefined && imageErases >= 0;
}

/** Erases of all rounds but the first. */
export function wearOf(rounds: readonly RealRound[]): RealWear[] {
	const pairs = rounds.slice(1).map((round, i) => ({ round, before: rounds[i] }));
	const clean = pairs.filter(({ round }) => isClean(round));
	const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
	const erases = (part: "slots" | "otadata", among: typeof pairs): number =>
		sum(among.map(({ round, before }) => round.erases[part] - before.erases[part]));
	const erased = sum(clean.map(({ round }) => round.imageErases));
	// Nothing but the store was written.
	const stored = pairs.filter(
		({ round, before }) => sameErases(round, before, "slots") && sameErases(round, before, "otadata"),
	);
	const bytes = sum(stored.map(({ round, before }) => round.bytesProgrammed - before.bytesProgrammed));
	// Which block was half full where a stretch of such rounds begins and ends is not known; a start that writes begins one.
	const stretches = stored.filter((pair, i) => stored[i - 1]?.round.round !== pair.round.round - 1).length;
	const starts = sum(stored.map(({ round, before }) => round.boots - before.boots));
	const most = Math.ceil(bytes / payloadBytes) + stretches + starts;
	return [
		{ what: "image, updates that nothing disturbed", measured: erases("slots", clean), predicted: [erased, erased] },
		{
			what: "boot choice, the same",
			measured: erases("otadata", clean),
			predicted: [clean.length * otadataErases, clean.length * otadataErases],
		},
		{
			what: "store, rounds that wrote nothing else",
			measured: sum(stored.map(({ round, before }) => round.erases.store - before.erases.store)),
			predicted: [Math.max(0, Math.floor(bytes / blockBytes) - stretches), most],
		},
	];
}

function sameErases(round: RealRound, before: RealRound, part: "slots" | "otadata"): boolean {
	return round.erases[part] === before.erases[part];
}

function handles(rounds: readonly RealRound[]): string[] {
	const [first] = rounds;
	const usual = [first.gateway.descriptors, first.chip.descriptors].join(" and ");
	return rounds.flatMap(({ round, gateway, chip }) => {
		const held = [gateway.descriptors, chip.descriptors].join(" and ");
		return held === usual ? [] : [`round ${round}: ${held} descriptors of gateway and loader, not ${usual}`];
	});
}

/** Fewer rounds have no first and last fifth in which the gateway has once been at its least. */
const enoughRounds = 50;

function memory(rounds: readonly RealRound[]): string[] {
	if (rounds.length < enoughRounds) return [];
	return series.flatMap((each) => {
		const { name, of, allowance } = each;
		const { leastFirst, leastLast } = trendOf(rounds.map(of));
		const problems: string[] = [];
		if (leastLast - leastFirst > allowance)
			problems.push(`${name}: at least ${leastFirst} bytes at first, ${leastLast} at last`);
		const life = growthInLife(rounds, each);
		if (life !== undefined && life.bytes > allowance)
			problems.push(`${name}: ${life.bytes} bytes more at the end of a life`);
		return problems;
	});
}

function flash(rounds: readonly RealRound[]): string[] {
	const problems = wearOf(rounds)
		.filter(({ measured, predicted: [least, most] }) => measured < least || measured > most)
		.map(({ what, measured, predicted }) => `wear, ${what}: ${measured}, predicted ${predicted.join(" to ")}`);
	const { least, most } = rounds[rounds.length - 1].erases;
	if (most - least > 2) problems.push(`wear of the store's blocks is uneven: ${least} to ${most}`);
	for (const { round, store } of rounds)
		if (store.free < 3 * store.live)
			problems.push(`round ${round}: the store fills: ${store.live} bytes, ${store.free} are free`);
	return problems;
}

function lives(rounds: readonly RealRound[]): string[] {
	return rounds.flatMap(({ round, calm, life }, i) =>
		calm && i > 0 && rounds[i - 1].calm && life !== rounds[i - 1].life
			? [`round ${round}: the gateway has started again`]
			: [],
	);
}

/** @returns what a soak must not show, a sentence each */
export function realProblems(rounds: readonly RealRound[]): string[] {
	const wrong = rounds.flatMap(({ round, problem }) => (problem === undefined ? [] : [`round ${round}: ${problem}`]));
	return [...wrong, ...lives(rounds), ...handles(rounds), ...memory(rounds), ...flash(rounds)];
}
