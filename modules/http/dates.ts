// SPDX-License-Identifier: Apache-2.0
//
// HTTP dates: written as IMF-fixdate, read in all three forms (RFC 9110 section 5.6.7). The name of the day must be one, but
// may be the wrong one: servers with a hand-made Last-Modified get it wrong, and nothing depends on it.

import { HTTPError } from "./errors.js";

const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const longDays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/**
 * @param ms milliseconds since 1970-01-01T00:00Z, years 0 to 9999; part seconds are dropped
 * @returns for example "Wed, 01 Jan 2014 19:43:31 GMT"
 * @throws HTTPError HTTP_DATE when `ms` is outside these years
 */
export function formatHTTPDate(ms: number): string {
	const date = new Date(ms);
	const year = date.getUTCFullYear();
	if (!(year >= 0 && year <= 9999)) throw new HTTPError("HTTP_DATE", "year from 0 to 9999 expected");
	const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map((n) => padded(n, 2)).join(":");
	const day = `${padded(date.getUTCDate(), 2)} ${months[date.getUTCMonth()]} ${padded(year, 4)}`;
	return `${days[date.getUTCDay()]}, ${day} ${time} GMT`;
}

/**
 * @param text one of "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"
 * @param nowMs the present time, for years of two digits: more than 50 years ahead means the past century; without it 70 to 99
 * are 1970 to 1999
 * @returns milliseconds since 1970-01-01T00:00Z
 * @throws HTTPError HTTP_DATE
 */
export function parseHTTPDate(text: string, nowMs?: number): number {
	const imf = /^([A-Z][a-z]{2}), ([0-9]{2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT$/.exec(
		text,
	);
	if (imf && isOneOf(imf[1], days)) return compose(Number(imf[4]), imf[3], imf[2], imf.slice(5));
	const old = /^([A-Z][a-z]{5,8}), ([0-9]{2})-([A-Z][a-z]{2})-([0-9]{2}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT$/.exec(
		text,
	);
	if (old && isOneOf(old[1], longDays)) return composeShortYear(Number(old[4]), old[3], old[2], old.slice(5), nowMs);
	const c = /^([A-Z][a-z]{2}) ([A-Z][a-z]{2}) ([0-9]{2}| [0-9]) ([0-9]{2}):([0-9]{2}):([0-9]{2}) ([0-9]{4})$/.exec(
		text,
	);
	if (c && isOneOf(c[1], days)) return compose(Number(c[7]), c[2], c[3], c.slice(4));
	throw new HTTPError("HTTP_DATE", "none of the three forms of an HTTP date");
}

function composeShortYear(year: number, month: string, day: string, time: string[], nowMs: number | undefined): number {
	if (nowMs === undefined) return compose(year + (year >= 70 ? 1900 : 2000), month, day, time);
	const now = new Date(nowMs);
	const century = now.getUTCFullYear() - (now.getUTCFullYear() % 100);
	const limit = new Date(nowMs).setUTCFullYear(now.getUTCFullYear() + 50);
	// The century that puts the date closest below the limit; a day that only one of the two centuries has stays refused.
	const inCentury = compose(year + century, month, day, time);
	return inCentury > limit ? compose(year + century - 100, month, day, time) : inCentury;
}

function compose(year: number, monthName: string, dayText: string, time: string[]): number {
	const month = months.findIndex((name) => name === monthName);
	const day = Number(dayText);
	const [hour, minute, second] = time.map(Number);
	const date = new Date(0);
	date.setUTCFullYear(year, Math.max(month, 0), day);
	if (month < 0 || day < 1 || date.getUTCDate() !== day) throw new HTTPError("HTTP_DATE", "no such day");
	// 60 is a leap second.
	if (hour > 23 || minute > 59 || second > 60) throw new HTTPError("HTTP_DATE", "no such time of day");
	return date.setUTCHours(hour, minute, second);
}

function isOneOf(text: string, list: readonly string[]): boolean {
	return list.includes(text);
}

function padded(value: number, width: number): string {
	return String(value).padStart(width, "0");
}
