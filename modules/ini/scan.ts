// SPDX-License-Identifier: Apache-2.0
//
// Grammar of one ini line, on bytes: what kind of line it is, and the parts of a `Name = value` line.
// Knows nothing of files, tables or parameters. Faults are ParseErrors with the offset within the line.

import { ParseError } from "../bytes/error.js";
import { decodeLatin1, decodeUTF8 } from "../bytes/text.js";

const TAB = 0x09;
const SPACE = 0x20;
const DOUBLE = 0x22;
const HASH = 0x23;
const SINGLE = 0x27;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const OPEN = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE = 0x5d;
const FORMAT = "FORMAT";

/**
 * How a value was written: without quotes, in single or in double quotes, or as a comma list whose first item is quoted.
 * `value` is the text between the quotes; of a list the text as it stands.
 */
export type ValueForm = "bare" | "single" | "double" | "list";

export interface ScannedEntry {
	name: string;
	/** Offset of the name's first byte in the line. */
	nameAt: number;
	value: string;
	/** Offset of the value's first byte (its quote, if it has one); the line's length when it is empty. */
	valueAt: number;
	form: ValueForm;
}

function isBlank(byte: number): boolean {
	return byte === SPACE || byte === TAB;
}

/** @returns the index of the first byte at or after `at` that is not blank, or the length */
export function skipBlanks(line: Uint8Array, at: number): number {
	while (at < line.length && isBlank(line[at])) at++;
	return at;
}

/** @returns the index after the last byte that is not blank, at least `from` */
function trimEnd(line: Uint8Array, from: number): number {
	let end = line.length;
	while (end > from && isBlank(line[end - 1])) end--;
	return end;
}

/** A line without the blanks around it. */
export function trimBytes(line: Uint8Array): Uint8Array {
	const start = skipBlanks(line, 0);
	return line.subarray(start, trimEnd(line, start));
}

/** Text of a line without the blanks around it. */
export function trimLine(line: Uint8Array): string {
	return decodeLine(trimBytes(line));
}

/** Text of bytes that are UTF-8, or else Latin-1, which old files are. */
export function decodeLine(bytes: Uint8Array): string {
	try {
		return decodeUTF8(bytes, { fatal: true });
	} catch {
		return decodeLatin1(bytes);
	}
}

export type LineKind = "nothing" | "bracket" | "other";

/** Tells comments and empty lines from lines that say something. */
export function kindOfLine(line: Uint8Array): LineKind {
	const at = skipBlanks(line, 0);
	if (at === line.length || line[at] === SEMICOLON || line[at] === HASH) return "nothing";
	return line[at] === OPEN ? "bracket" : "other";
}

/** What the first line of a text says about the rest of it. */
export type IniMark = "full" | "incremental";

/** @param line the first one of the text. @returns `undefined` unless it is `#ini-file` or `#ini-incremental` */
export function markOfLine(line: Uint8Array): IniMark | undefined {
	if (line.length > 32) return undefined;
	const text = trimLine(line).toLowerCase();
	if (text === "#ini-incremental") return "incremental";
	return text === "#ini-file" ? "full" : undefined;
}

/** @throws ParseError INI_CONTROL: a line break that is none, or a binary file */
export function checkControls(line: Uint8Array): void {
	for (let i = 0; i < line.length; i++) {
		if ((line[i] < SPACE && line[i] !== TAB) || line[i] === 0x7f) {
			throw new ParseError("INI_CONTROL", i, `control character ${line[i]}`);
		}
	}
}

/**
 * Reads `[ Name ]`, or the end mark `[ \Name ]`, also in the malformed shape `[\ \Name ]` that devices have exported.
 * @throws ParseError INI_SECTION
 */
export function scanBracket(line: Uint8Array): { name: string; isEnd: boolean } {
	let at = skipBlanks(line, 0) + 1;
	const end = trimEnd(line, at);
	if (end === at || line[end - 1] !== CLOSE) throw new ParseError("INI_SECTION", end, 'expected "]" at the end');
	at = skipBlanks(line, at);
	let isEnd = false;
	for (; line[at] === BACKSLASH; at = skipBlanks(line, at + 1)) isEnd = true;
	const inside = line.subarray(at, end - 1);
	const length = trimEnd(inside, 0);
	if (length === 0) throw new ParseError("INI_SECTION", at, "expected a name between the brackets");
	for (let i = 0; i < length; i++) {
		if (inside[i] === OPEN || inside[i] === CLOSE) throw new ParseError("INI_SECTION", at + i, "bracket in a name");
	}
	return { name: decodeLine(inside.subarray(0, length)), isEnd };
}

/** Whether this is the column line of a table, `FORMAT Index = ...`, and not a parameter that is called FORMAT. */
export function isFormatLine(line: Uint8Array): boolean {
	const at = skipBlanks(line, 0);
	for (let i = 0; i < FORMAT.length; i++) {
		if ((line[at + i] & 0xdf) !== FORMAT.charCodeAt(i)) return false;
	}
	const after = at + FORMAT.length;
	const next = skipBlanks(line, after);
	return next > after && next < line.length && line[next] !== EQUALS;
}

/** Whether a byte may stand in a name. */
export function isNameByte(byte: number, isFirst: boolean): boolean {
	const letter = byte | 0x20;
	if ((letter >= 0x61 && letter <= 0x7a) || byte === 0x5f) return true;
	return !isFirst && ((byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2e);
}

/**
 * Reads `Name = value`.
 * @throws ParseError INI_NAME, INI_NAME_LENGTH, INI_EQUALS, INI_QUOTE_OPEN, INI_QUOTE_TRAILING
 */
export function scanEntry(line: Uint8Array, maxNameBytes: number): ScannedEntry {
	const nameAt = skipBlanks(line, 0);
	let at = nameAt;
	while (at < line.length && isNameByte(line[at], at === nameAt)) at++;
	const name = line.subarray(nameAt, at);
	const equals = skipBlanks(line, at);
	if (name.length === 0) throw new ParseError("INI_NAME", nameAt, "expected a parameter name");
	if (equals === line.length) throw new ParseError("INI_EQUALS", equals, 'expected "=" after the name');
	if (line[equals] !== EQUALS) throw new ParseError("INI_NAME", equals, 'expected "=", or a character of a name');
	if (name.length > maxNameBytes) {
		throw new ParseError("INI_NAME_LENGTH", nameAt + maxNameBytes, `name above ${maxNameBytes} characters`);
	}
	const valueAt = skipBlanks(line, equals + 1);
	const raw = line.subarray(valueAt, trimEnd(line, valueAt));
	const form = formOf(raw, valueAt);
	const text = form === "single" || form === "double" ? raw.subarray(1, raw.length - 1) : raw;
	return { name: decodeLatin1(name), nameAt, value: decodeLine(text), valueAt, form };
}

/** Finds the form of a value that has no blanks around it, and checks its quotes. */
function formOf(raw: Uint8Array, base: number): ValueForm {
	const quote = raw[0];
	if (quote !== SINGLE && quote !== DOUBLE) return "bare";
	let items = 0;
	for (let at = 0; ; at++) {
		at = skipBlanks(raw, at);
		at = raw[at] === SINGLE || raw[at] === DOUBLE ? quotedEnd(raw, at, base) : bareEnd(raw, at);
		items++;
		if (at >= raw.length) break;
	}
	if (items > 1) return "list";
	return quote === SINGLE ? "single" : "double";
}

/** @returns the index of the comma after a quoted item, or the length */
function quotedEnd(raw: Uint8Array, at: number, base: number): number {
	const close = raw.indexOf(raw[at], at + 1);
	if (close < 0) throw new ParseError("INI_QUOTE_OPEN", base + at, "quote without its partner");
	const next = skipBlanks(raw, close + 1);
	if (next < raw.length && raw[next] !== COMMA) {
		throw new ParseError("INI_QUOTE_TRAILING", base + next, "text after the closing quote");
	}
	return next;
}

function bareEnd(raw: Uint8Array, at: number): number {
	const comma = raw.indexOf(COMMA, at);
	return comma < 0 ? raw.length : comma;
}
