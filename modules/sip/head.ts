// SPDX-License-Identifier: Apache-2.0
//
// The head of a message to its start line and the fields that are looked at here; of the others only the form of the line is
// checked, and nothing is kept. Fields stay where they are in the buffer: a response copies their bytes.
// Sources: RFC 3261 sections 7 and 20 (compact forms), RFC 6665 (Event).

import { SIPError } from "./error.js";
import { endOf, isSpace, tokens, uris } from "./scanner.js";
import { latin1 } from "./text.js";

export const headLimits = Object.freeze({
	/** Start line, fields and the empty line behind them. */
	bytes: 4096,
	fields: 64,
	methodBytes: 64,
});

export type FieldName =
	| "accept"
	| "authorization"
	| "call-id"
	| "content-disposition"
	| "content-encoding"
	| "content-length"
	| "content-type"
	| "cseq"
	| "event"
	| "from"
	| "max-forwards"
	| "require"
	| "to"
	| "via";

export interface Field {
	name: FieldName;
	/** The value, without white space around it; folds are still in it. */
	start: number;
	end: number;
}

export type StartLine =
	| {
			kind: "request";
			method: string;
			/** Request-URI. */
			start: number;
			end: number;
			/** SIP/2.0. */
			known: boolean;
	  }
	| { kind: "response" }
	/** None that can be read. */
	| { kind: "none" };

const noLine: StartLine = Object.freeze({ kind: "none" });

export interface Head {
	bytes: Uint8Array;
	line: StartLine;
	fields: Field[];
	/** First byte behind the empty line. */
	end: number;
	/** The first fault of a line. The other lines are read all the same: whoever sent it is told, and the answer needs its fields. */
	fault: SIPError | undefined;
}

/** @returns the field that a compact form means, if it is one of ours */
function compactName(letter: string): FieldName | undefined {
	switch (letter) {
		case "v":
			return "via";
		case "f":
			return "from";
		case "t":
			return "to";
		case "i":
			return "call-id";
		case "l":
			return "content-length";
		case "c":
			return "content-type";
		case "e":
			return "content-encoding";
		case "o":
			return "event";
		default:
			return undefined;
	}
}

/** The names of our fields by their length: a name is compared with few others. */
const namesByLength: readonly (readonly FieldName[])[] = Object.freeze([
	...[[], [], ["to"], ["via"], ["from", "cseq"], ["event"], ["accept"], ["call-id", "require"], [], [], [], []],
	...[["max-forwards", "content-type"], ["authorization"], ["content-length"], [], ["content-encoding"], [], []],
	["content-disposition"],
]) as readonly FieldName[][];

/** @param name lower case. @returns the field that it means, if it is one of ours */
function fieldName(name: string, length: number): FieldName | undefined {
	if (length === 1) return compactName(name);
	const names = namesByLength[length];
	for (let i = 0; i < names.length; i++) if (names[i] === name) return names[i];
	return undefined;
}

/** @returns where the line that begins at `start` has its CR, folds included. @throws SIPError SIP_LINE */
function lineEnd(bytes: Uint8Array, start: number, end: number, folds: boolean): number {
	for (let at = start; ;) {
		const feed = bytes.indexOf(0x0a, at);
		if (feed < 0 || feed >= end) throw new SIPError("SIP_LINE", end, "the line has no end");
		if (feed === start || bytes[feed - 1] !== 0x0d) throw new SIPError("SIP_LINE", feed, "LF without CR");
		const first = bytes.indexOf(0x0d, at);
		if (first !== feed - 1) throw new SIPError("SIP_LINE", first, "CR without LF");
		at = feed + 1;
		if (!folds || at >= end || (bytes[at] !== 0x20 && bytes[at] !== 0x09)) return feed - 1;
	}
}

/** @returns the version that stands there, in upper case */
function versionOf(bytes: Uint8Array, start: number, end: number): string | undefined {
	const text = latin1(bytes, start, Math.min(end, start + 16)).toUpperCase();
	return text === "SIP/2.0" || /^SIP\/[0-9]+\.[0-9]+$/.test(text) ? text : undefined;
}

function indexOfSpace(bytes: Uint8Array, start: number, end: number): number {
	const at = bytes.indexOf(0x20, start);
	return at < 0 || at > end ? end : at;
}

/** RFC 3261 sections 7.1 and 7.2: one space between the parts, none around them. */
function startLine(bytes: Uint8Array, start: number, end: number): StartLine {
	const fail = (offset: number, message: string): never => {
		throw new SIPError("SIP_START_LINE", offset, message);
	};
	const first = indexOfSpace(bytes, start, end);
	if (bytes[start + 3] === 0x2f && versionOf(bytes, start, first) !== undefined) return { kind: "response" };
	if (first === start || first - start > headLimits.methodBytes) fail(start, "method expected");
	const methodEnd = endOf(tokens, bytes, start, first);
	if (methodEnd < first) fail(methodEnd, "no character of a method");
	const second = indexOfSpace(bytes, first + 1, end);
	const uriEnd = endOf(uris, bytes, first + 1, second);
	if (uriEnd < second) fail(uriEnd, "no character of a URI");
	if (second === first + 1 || second === end) fail(second, "a URI and a version expected");
	const version = versionOf(bytes, second + 1, end);
	if (version === undefined) fail(second + 1, "a version expected");
	const known = version === "SIP/2.0";
	return { kind: "request", method: latin1(bytes, start, first), start: first + 1, end: second, known };
}

/** First letters of the names above, as bits from "a" on: most other names are told by it. */
const firstLetters = 0x2a5935;

function mayBeKnown(first: number, length: number): boolean {
	if (length >= namesByLength.length || ((firstLetters >> ((first | 0x20) - 0x61)) & 1) === 0) return false;
	return length === 1 || namesByLength[length].length > 0;
}

/** @returns the field, `undefined` for one that nobody here looks at, or what is wrong with it: SIP_FIELD */
function readField(bytes: Uint8Array, start: number, end: number): Field | SIPError | undefined {
	const colon = bytes.indexOf(0x3a, start);
	if (colon < 0 || colon >= end) return new SIPError("SIP_FIELD", end, "a colon expected");
	let nameEnd = colon;
	while (nameEnd > start && (bytes[nameEnd - 1] === 0x20 || bytes[nameEnd - 1] === 0x09)) nameEnd--;
	if (nameEnd === start) return new SIPError("SIP_FIELD", start, "a name expected");
	const length = nameEnd - start;
	const may = mayBeKnown(bytes[start], length);
	const known = may ? fieldName(latin1(bytes, start, nameEnd).toLowerCase(), length) : undefined;
	if (known === undefined) {
		const stop = endOf(tokens, bytes, start, nameEnd);
		return stop === nameEnd ? undefined : new SIPError("SIP_FIELD", stop, "no character of a name");
	}
	let from = colon + 1;
	let to = end;
	while (from < to && isSpace(bytes[from])) from++;
	while (to > from && isSpace(bytes[to - 1])) to--;
	return { name: known, start: from, end: to };
}

/** @returns the start line, or what is wrong with it: SIP_START_LINE */
function tryStartLine(bytes: Uint8Array, start: number, end: number): StartLine | SIPError {
	try {
		return startLine(bytes, start, end);
	} catch (error) {
		if (error instanceof SIPError) return error;
		throw error;
	}
}

/**
 * Reads a head. SIP_START_LINE and SIP_FIELD become its `fault`.
 * @param start first byte of the start line
 * @param end behind the empty line that ends it
 * @throws SIPError SIP_LENGTH, SIP_LINE, SIP_FIELDS: then there is nobody to answer
 */
export function readHead(bytes: Uint8Array, start: number, end: number): Head {
	if (end - start > headLimits.bytes)
		throw new SIPError("SIP_LENGTH", start, `a head of more than ${headLimits.bytes} bytes`);
	let stop = lineEnd(bytes, start, end, false);
	const line = tryStartLine(bytes, start, stop);
	const fault = line instanceof SIPError ? line : undefined;
	const head: Head = { bytes, line: line instanceof SIPError ? noLine : line, fields: [], end, fault };
	let count = 0;
	for (let at = stop + 2; at < end - 2; at = stop + 2) {
		if (count++ === headLimits.fields) throw new SIPError("SIP_FIELDS", at, `more than ${headLimits.fields} fields`);
		stop = lineEnd(bytes, at, end, true);
		const field = readField(bytes, at, stop);
		if (field instanceof SIPError) head.fault ??= field;
		else if (field !== undefined) head.fields.push(field);
	}
	return head;
}

/**
 * Finds the end of a head.
 * @param from where to go on looking: at or before three bytes ahead of what is new
 * @returns the offset behind the empty line, `undefined` when it is not there yet
 */
export function findHeadEnd(bytes: Uint8Array, from: number, end: number): number | undefined {
	for (let at = bytes.indexOf(0x0a, Math.max(0, from) + 3); at >= 0 && at < end; at = bytes.indexOf(0x0a, at + 1)) {
		if (bytes[at - 1] === 0x0d && bytes[at - 2] === 0x0a && bytes[at - 3] === 0x0d) return at + 1;
	}
	return undefined;
}

/** @returns the first field of this name, `undefined` when there is none */
export function firstOf({ fields }: Head, name: FieldName): Field | undefined {
	for (let i = 0; i < fields.length; i++) if (fields[i].name === name) return fields[i];
	return undefined;
}

/** The one field of this name. @returns `undefined` when there is none. @throws SIPError SIP_TWICE */
export function single(head: Head, name: FieldName): Field | undefined {
	let found: Field | undefined;
	const { fields } = head;
	for (let i = 0; i < fields.length; i++) {
		const field = fields[i];
		if (field.name !== name) continue;
		if (found !== undefined) throw new SIPError("SIP_TWICE", field.start, `a second ${name}`);
		found = field;
	}
	return found;
}
