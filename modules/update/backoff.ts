// SPDX-License-Identifier: Apache-2.0
//
// How long to wait before the next try of a file: 5 s, doubled each time, up to a quarter more or less by chance,
// so that gateways that failed together do not come back together. A server's Retry-After is never undercut.

/** Tries of one file in one run. */
export const maxTries = 3;

/** Longest Retry-After that is waited for within a run; the other files wait too. */
export const patienceMs = 60000;

const firstDelayMs = 5000;

/**
 * @param failures tries that have failed so far, 1 or more
 * @param chance 0 <= chance < 1
 * @param retryAfterMs what the server asked for
 * @returns milliseconds to wait
 */
export function retryDelayMs(failures: number, chance: number, retryAfterMs = 0): number {
	const base = firstDelayMs * 2 ** Math.min(failures - 1, 8);
	return Math.max(Math.round(base * (0.75 + chance / 2)), holdMs(retryAfterMs, chance));
}

/** @returns what the server asked for, and up to a quarter more by chance */
export function holdMs(retryAfterMs: number, chance: number): number {
	return Math.round(retryAfterMs * (1 + chance / 4));
}

/** Draws a number 0 <= n < 1 from a source of random bytes. */
export function drawChance(random: (bytes: Uint8Array) => void): number {
	const bytes = new Uint8Array(2);
	random(bytes);
	return (bytes[0] * 256 + bytes[1]) / 65536;
}
