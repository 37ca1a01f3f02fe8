// SPDX-License-Identifier: Apache-2.0
//
// The rest of a file that has partly been read: Range with If-Range, and the check that the answer is that rest and no other
// (RFC 9110 sections 13.1.5, 14.2, 14.4, 15.3.7). Leaves out several ranges at once and units other than bytes.

import { parseHTTPDate } from "./dates.js";
import { HTTPError } from "./errors.js";
import type { Headers } from "./headers.js";

export interface RangeRequest {
	/** First byte wanted, from 0. */
	readonly first: number;
	/** Last byte wanted; absent: to the end. */
	readonly last?: number;
	/** ETag (strong, as sent) or Last-Modified of the part that is there; without one, two files could be mixed. */
	readonly validator: string;
	/** Length of the whole file, where it is known. */
	readonly total?: number;
}

export interface ContentRange {
	readonly first: number;
	readonly last: number;
	/** Absent: the server does not know. */
	readonly total?: number;
}

/** What tells one version of a file from another. */
export interface ValidatorFields {
	get(name: "etag" | "last-modified" | "date"): string | undefined;
}

/** RFC 9110 section 8.8.3. */
function isStrong(tag: string): boolean {
	return /^"[!#-~\x80-\xff]*"$/.test(tag);
}

/**
 * What an If-Range may name for the response with these fields: its ETag if that is strong; where it has none at all, its
 * Last-Modified if that is at least a second older than its Date, so that no second version can have the same one
 * (sections 13.1.5 and 8.8.2.2).
 * @returns the field's value as sent; `undefined` when nothing tells the bytes of this version from another's
 */
export function rangeValidator(headers: ValidatorFields): string | undefined {
	const tag = headers.get("etag");
	if (tag !== undefined) return isStrong(tag) ? tag : undefined;
	const modified = headers.get("last-modified");
	const date = headers.get("date");
	if (modified === undefined || date === undefined || !isDate(modified) || !isDate(date)) return undefined;
	return parseHTTPDate(date) - parseHTTPDate(modified) >= 1000 ? modified : undefined;
}

/**
 * @returns the fields of the request
 * @throws HTTPError HTTP_RANGE for numbers that are no range, or a validator that is neither strong ETag nor date
 */
export function rangeHeaders({ first, last, validator }: RangeRequest): [string, string][] {
	const numbers = last === undefined ? [first] : [first, last];
	if (!numbers.every((number) => Number.isSafeInteger(number) && number >= 0) || (last ?? first) < first)
		throw new HTTPError("HTTP_RANGE", "first and last byte expected");
	if (!isStrong(validator) && !isDate(validator))
		throw new HTTPError("HTTP_RANGE", "strong ETag or date expected: a weak one does not tell bytes apart");
	return [
		["Range", `bytes=${first}-${last ?? ""}`],
		["If-Range", validator],
	];
}

function isDate(text: string): boolean {
	try {
		parseHTTPDate(text);
		return true;
	} catch {
		return false;
	}
}

/**
 * Reads a Content-Range of a 206.
 * @throws HTTPError HTTP_CONTENT_RANGE
 */
export function parseContentRange(text: string): ContentRange {
	const match = /^bytes ([0-9]{1,15})-([0-9]{1,15})\/([0-9]{1,15}|\*)$/i.exec(text);
	if (match === null) throw fault('not of the form "bytes first-last/total"');
	const [first, last] = [Number(match[1]), Number(match[2])];
	const range = match[3] === "*" ? { first, last } : { first, last, total: Number(match[3]) };
	if (last < first || (range.total !== undefined && last >= range.total)) throw fault("numbers that are no range");
	return range;
}

/**
 * Judges the head of a 206.
 * @returns what the body holds; its length is `last - first + 1`
 * @throws HTTPError HTTP_CONTENT_RANGE when it is not exactly what was asked for
 */
export function checkPartial(headers: Headers, asked: RangeRequest): ContentRange {
	const fields = headers.getAll("content-range");
	if (fields.length !== 1) throw fault("one field expected"); // none: multipart/byteranges, which was not asked for
	const range = parseContentRange(fields[0]);
	if (range.first !== asked.first) throw fault("does not begin where it was asked to");
	if (asked.total !== undefined && range.total !== asked.total) throw fault("the file has another length");
	const end = range.total === undefined ? undefined : range.total - 1;
	const last = asked.last === undefined ? end : Math.min(asked.last, end ?? asked.last);
	// A shorter answer is allowed by section 15.3.7; it would have to be asked for again, so it is not taken.
	if (range.last !== last) throw fault("does not end where it was asked to");
	const length = headers.get("content-length");
	if (length !== undefined && Number(length) !== range.last - range.first + 1) throw fault("does not fit the length");
	const tag = headers.get("etag");
	if (tag !== undefined && asked.validator.startsWith('"') && tag !== asked.validator) throw fault("of another ETag");
	return range;
}

function fault(message: string): HTTPError {
	return new HTTPError("HTTP_CONTENT_RANGE", `Content-Range: ${message}`, { status: 206 });
}
