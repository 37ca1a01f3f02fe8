// SPDX-License-Identifier: Apache-2.0
//
// How long a server asks to be left alone (RFC 9110 section 10.2.3), in seconds or as a date.

import { parseHTTPDate } from "./dates.js";

/** Longest wait taken, a day: a gateway must not be put to sleep for ever. */
export const maxRetryAfterMs = 86_400_000;

/**
 * @param nowMs the present time by the server's own Date, else by the clock; without it a date cannot be used
 * @returns milliseconds, 0 to a day; `undefined` when the text says nothing
 */
export function parseRetryAfter(text: string, nowMs?: number): number | undefined {
	if (/^[0-9]+$/.test(text)) return Math.min(Number(text) * 1000, maxRetryAfterMs);
	try {
		const at = parseHTTPDate(text, nowMs);
		return nowMs === undefined ? undefined : Math.min(Math.max(0, at - nowMs), maxRetryAfterMs);
	} catch {
		// It only advises; the back-off stands in its place.
		return undefined;
	}
}
