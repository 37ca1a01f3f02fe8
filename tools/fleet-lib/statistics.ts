// SPDX-License-Identifier: Apache-2.0
//
// Percentiles, histograms and the distance from an even spread. Source: Kolmogorov's test, its asymptotic 5 % limit 1.358.

export interface Percentiles {
	count: number;
	p50: number;
	p95: number;
	p99: number;
	most: number;
}

/** By nearest rank; of nothing, all are 0. */
export function percentiles(values: readonly number[]): Percentiles {
	const sorted = [...values].sort((a, b) => a - b);
	const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
	return { count: sorted.length, p50: rank(0.5), p95: rank(0.95), p99: rank(0.99), most: sorted.at(-1) ?? 0 };
}

export function sum(values: readonly number[]): number {
	return values.reduce((total, value) => total + value, 0);
}

/** How many fall into each of `bins` equal parts of 0 to `range`; what lies beyond counts in the last one. */
export function histogram(values: readonly number[], range: number, bins: number): number[] {
	const counts = new Array<number>(bins).fill(0);
	for (const value of values) counts[Math.min(bins - 1, Math.max(0, Math.floor((value / range) * bins)))]++;
	return counts;
}

export interface Evenness {
	/** Largest distance between the two distributions, 0 to 1. */
	distance: number;
	/** What an even spread exceeds in one case of twenty. */
	limit: number;
	even: boolean;
}

/** Whether the values may be an even spread over 0 to `range`. */
export function evenness(values: readonly number[], range: number): Evenness {
	const sorted = [...values].sort((a, b) => a - b);
	const count = sorted.length;
	let distance = 0;
	sorted.forEach((value, i) => {
		const expected = Math.min(1, Math.max(0, value / range));
		distance = Math.max(distance, (i + 1) / count - expected, expected - i / count);
	});
	const limit = 1.358 / Math.sqrt(Math.max(1, count));
	return { distance, limit, even: distance <= limit };
}

/** Counts by name, the most frequent first. */
export function tally(names: Iterable<string>): Record<string, number> {
	const counts = new Map<string, number>();
	for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
	return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}
