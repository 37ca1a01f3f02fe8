// SPDX-License-Identifier: Apache-2.0
//
// The head of a message to its start line and the fields that are looked at here; of the others only the form of the line is
// checked, and nothing is kept. Fields stay where they are in the buffer: a response copies their bytes.
// Sources: RFC 3261 sections 7 and 20 (compact forms), RFC 6665 (Event).

import { decodeLatin1 } from "../bytes/text.js";
import { SIPError } from "./error.js";
import { isSpace, isToken } from "./scanner.js";

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

/** @returns the field that a name of any case or a compact form means, if it is one of ours */
function fieldName(name: string): FieldName | undefined {
	switch (name) {
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
		case "accept":
		case "authorization":
		case "call-id":
		case "content-disposition":
		case "content-encoding":
		case "content-length":
		case "content-type":
		case "cseq":
		case "event":
		case "from":
		case "max-forwards":
		case "require":
		case "to":
		case "via":
			return name;
		default:
			return undefined;
	}
}

/** Longest of the names above. */
const longestName = 19;

/** @returns where the line that begins at `start` has its CR, folds included. @throws SIPError SIP_LINE */
function lineEnd(bytes: Uint8Array, start: number, end: number, folds: boolean): number {
	for (let at = start; at < end; at++) {
		const byte = bytes[at];
		if (byte === 0x0a) throw new SIPError("SIP_LINE", at, "LF without CR");
		if (byte !== 0x0d) continue;
		if (bytes[at + 1] !== 0x0a || at + 1 >= end) throw new SIPError("SIP_LINE", at, "CR without LF");
		const next = bytes[at + 2];
		if (folds && at + 2 < end && (next === 0x20 || next === 0x09)) at += 2;
		else return at;
	}
	throw new SIPError("SIP_LINE", end, "the line has no end");
}

function isVersion(bytes: Uint8Array, start: number, end: number): boolean {
	return /^SIP\/[0-9]+\.[0-9]+$/i.test(decodeLatin1(bytes.subarray(start, Math.min(end, start + 16))));
}

function isSIP2(bytes: Uint8Array, start: number, end: number): boolean {
	return decodeLatin1(bytes.subarray(start, Math.min(end, start + 8))).toUpperCase() === "SIP/2.0" && end - start === 7;
}

function indexOfSpace(bytes: Uint8Array, start: number, end: number): number {
	let at = start;
	while (at < end && bytes[at] !== 0x20) at++;
	return at;
}

/** RFC 3261 sections 7.1 and 7.2: one space between the parts, none around them. */
function startLine(bytes: Uint8Array, start: number, end: number): StartLine {
	const fail = (offset: number, message: string): never => {
		throw new SIPError("SIP_START_LINE", offset, message);
	};
	const first = indexOfSpace(bytes, start, end);
	if (isVersion(bytes, start, first)) return { kind: "response" };
	if (first === start || first - start > headLimits.methodBytes) fail(start, "method expected");
	for (let at = start; at < first; at++) if (!isToken(bytes[at])) fail(at, "no character of a method");
	const second = indexOfSpace(bytes, first + 1, end);
	for (let at = first + 1; at < second; at++) {
		const byte = bytes[at];
		if (byte < 0x21 || byte > 0x7e || byte === 0x22 || byte === 0x3c || byte === 0x3e)
			fail(at, "no character of a URI");
	}
	if (second === first + 1 || second === end) fail(second, "a URI and a version expected");
	if (!isVersion(bytes, second + 1, end)) fail(second + 1, "a version expected");
	const method = decodeLatin1(bytes.subarray(start, first));
	return { kind: "request", method, start: first + 1, end: second, known: isSIP2(bytes, second + 1, end) };
}

/** @returns the field, `undefined` for one that nobody here looks at. @throws SIPError SIP_FIELD */
function readField(bytes: Uint8Array, start: number, end: number): Field | undefined {
	let at = start;
	while (at < end && isToken(bytes[at])) at++;
	const nameEnd = at;
	while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x09)) at++;
	if (nameEnd === start || bytes[at] !== 0x3a || at >= end)
		throw new SIPError("SIP_FIELD", at, "a name and a colon expected");
	if (nameEnd - start > longestName) return undefined;
	const name = fieldName(decodeLatin1(bytes.subarray(start, nameEnd)).toLowerCase());
	if (name === undefined) return undefined;
	let [from, to] = [at + 1, end];
	while (from < to && isSpace(bytes[from])) from++;
	while (to > from && isSpace(bytes[to - 1])) to--;
	return { name, start: from, end: to };
}

/** @returns what the action does; a SIPError becomes the head's fault */
function noting<Value>(head: Head, action: () => Value): Value | undefined {
	try {
		return action();
	} catch (error) {
		if (!(error instanceof SIPError)) throw error;
		head.fault ??= error;
		return undefined;
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
	const head: Head = { bytes, line: noLine, fields: [], end, fault: undefined };
	head.line = noting(head, () => startLine(bytes, start, stop)) ?? noLine;
	let count = 0;
	for (let at = stop + 2; at < end - 2; at = stop + 2) {
		if (count++ === headLimits.fields) throw new SIPError("SIP_FIELDS", at, `more than ${headLimits.fields} fields`);
		stop = lineEnd(bytes, at, end, true);
		const from = at;
		const field = noting(head, () => readField(bytes, from, stop));
		if (field !== undefined) head.fields.push(field);
	}
	return head;
}

/**
 * Finds the end of a head.
 * @param from where to go on looking: at or before three bytes ahead of what is new
 * @returns the offset behind the empty line, `undefined` when it is not there yet
 */
export function findHeadEnd(bytes: Uint8Array, from: number, end: number): number | undefined {
	for (let at = Math.max(0, from) + 3; at < end; at++) {
		if (bytes[at] === 0x0a && bytes[at - 1] === 0x0d && bytes[at - 2] === 0x0a && bytes[at - 3] === 0x0d) return at + 1;
	}
	return undefined;
}

/** The one field of this name. @returns `undefined` when there is none. @throws SIPError SIP_TWICE */
export function single(head: Head, name: FieldName): Field | undefined {
	let found: Field | undefined;
	for (const field of head.fields) {
		if (field.name !== name) continue;
		if (found !== undefined) throw new SIPError("SIP_TWICE", field.start, `a second ${name}`);
		found = field;
	}
	return found;
}
