// SPDX-License-Identifier: Apache-2.0
//
// Grammar of the lines of a table, on bytes: `FORMAT Index = Column, ...;` and `Table 0 = value, ...;`. Both dialects of column
// names are the same here: up to 7.0 they begin with the table's name (`Table_Column`), later not; see `columnOf`.
// Knows no tables: which columns there are, and what their values mean, is not asked. Faults are ParseErrors with the offset
// within the line. Source: AudioCodes MP-11x SIP User's Manual 6.6 (LTRT-65432), "Structure of ini file parameter tables".

import { ParseError } from "../bytes/error.js";
import { decodeLatin1 } from "../bytes/text.js";
import { decodeLine, isNameByte, skipBlanks } from "./scan.js";

const DOUBLE = 0x22;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;

/** Highest index of a row. */
export const maxRowIndex = 65535;
/** Most index columns of a table. */
export const maxIndexes = 3;
/** Most columns of a table, as the format line names them. */
const maxColumns = 128;

/** The format line: names as they stand. */
export interface TableFormat {
	readonly indexes: readonly string[];
	readonly columns: readonly string[];
}

/**
 * A value of a row. `form`: bare, in double quotes, `$$` (the column's default), or nothing between the commas, which is the
 * default too, or an empty text. `text` is without the quotes, and empty for the last two.
 */
export interface TableValue {
	readonly text: string;
	readonly form: "bare" | "double" | "default" | "empty";
}

export interface TableRow {
	/** As many as the format line has index columns. */
	readonly index: readonly number[];
	/** As many as the format line has columns, in its order. */
	readonly values: readonly TableValue[];
}

/** Column name without the table's name in front: `PREFIX_DestPort` and `DestPort` are the same. */
export function columnOf(table: string, name: string): string {
	const prefix = `${table}_`.toLowerCase();
	return name.toLowerCase().startsWith(prefix) ? name.slice(prefix.length) : name;
}

/** Reads one line from left to right. */
class Cursor {
	readonly line: Uint8Array;
	at: number;

	constructor(line: Uint8Array, at: number) {
		this.line = line;
		this.at = skipBlanks(line, at);
	}

	/** The next byte that is not blank, 0 at the end. */
	get next(): number {
		return this.at < this.line.length ? this.line[this.at] : 0;
	}

	/** Goes on behind `count` bytes and the blanks after them. */
	skip(count: number): void {
		this.at = skipBlanks(this.line, this.at + count);
	}

	fault(code: string, message: string): ParseError {
		return new ParseError(code, this.at, message);
	}

	name(code: string, wanted: string): string {
		let end = this.at;
		while (end < this.line.length && isNameByte(this.line[end], end === this.at)) end++;
		if (end === this.at) throw this.fault(code, `expected ${wanted}`);
		const name = decodeLatin1(this.line.subarray(this.at, end));
		this.skip(end - this.at);
		return name;
	}

	/** The rest must be one semicolon. */
	finish(): void {
		if (this.next !== SEMICOLON) throw this.fault("INI_TABLE_LINE", 'expected ";" at the end of the line');
		this.skip(1);
		if (this.at < this.line.length) throw this.fault("INI_TABLE_LINE", 'text after the ";"');
	}
}

function names(cursor: Cursor, most: number, wanted: string): string[] {
	const list: string[] = [];
	const seen = new Set<string>();
	for (;;) {
		const at = cursor.at;
		const name = cursor.name("INI_FORMAT", wanted);
		if (seen.has(name.toLowerCase())) throw new ParseError("INI_FORMAT", at, `${wanted} given twice`);
		if (list.length === most) throw new ParseError("INI_FORMAT", at, `more than ${most} times ${wanted}`);
		seen.add(name.toLowerCase());
		list.push(name);
		if (cursor.next !== COMMA) return list;
		cursor.skip(1);
	}
}

/**
 * Reads `FORMAT Index = A, B;`.
 * @param line of which `isFormatLine` is true
 * @throws ParseError INI_FORMAT, INI_TABLE_LINE
 */
export function scanFormat(line: Uint8Array): TableFormat {
	const cursor = new Cursor(line, 0);
	cursor.name("INI_FORMAT", "FORMAT");
	const indexes = names(cursor, maxIndexes, "the name of an index column");
	if (cursor.next !== EQUALS) throw cursor.fault("INI_FORMAT", 'expected "," or "=" after an index column');
	cursor.skip(1);
	const columns = names(cursor, maxColumns, "the name of a column");
	cursor.finish();
	return { indexes, columns };
}

function rowIndex(cursor: Cursor): number {
	let end = cursor.at;
	let value = 0;
	while (end < cursor.line.length && cursor.line[end] >= 0x30 && cursor.line[end] <= 0x39 && value <= maxRowIndex)
		value = value * 10 + cursor.line[end++] - 0x30;
	if (end === cursor.at) throw cursor.fault("INI_ROW_INDEX", "expected a row index");
	if (value > maxRowIndex) throw cursor.fault("INI_ROW_INDEX", `row index above ${maxRowIndex}`);
	cursor.skip(end - cursor.at);
	return value;
}

function quotedValue(cursor: Cursor): TableValue {
	const { line, at } = cursor;
	const close = line.indexOf(DOUBLE, at + 1);
	if (close < 0) throw cursor.fault("INI_QUOTE_OPEN", "quote without its partner");
	cursor.skip(close + 1 - at);
	if (cursor.at < line.length && cursor.next !== COMMA && cursor.next !== SEMICOLON)
		throw cursor.fault("INI_QUOTE_TRAILING", "text after the closing quote");
	return { text: decodeLine(line.subarray(at + 1, close)), form: "double" };
}

function bareValue(cursor: Cursor): TableValue {
	const { line, at } = cursor;
	let end = at;
	while (end < line.length && line[end] !== COMMA && line[end] !== SEMICOLON) end++;
	cursor.skip(end - at);
	const text = decodeLine(line.subarray(at, end)).trimEnd();
	if (text === "$$") return { text: "", form: "default" };
	return { text, form: text === "" ? "empty" : "bare" };
}

function rowValues(cursor: Cursor, wanted: number): TableValue[] {
	const values: TableValue[] = [];
	for (;;) {
		const at = cursor.at;
		const value = cursor.next === DOUBLE ? quotedValue(cursor) : bareValue(cursor);
		if (values.length === wanted) throw new ParseError("INI_ROW_COUNT", at, `more values than the ${wanted} columns`);
		values.push(value);
		if (cursor.next !== COMMA) break;
		cursor.skip(1);
	}
	if (values.length < wanted)
		throw cursor.fault("INI_ROW_COUNT", `${values.length} values, but ${wanted} columns in the format line`);
	return values;
}

/**
 * Reads `Table 0 = a, "b", $$;`.
 * @throws ParseError INI_ROW_NAME, INI_ROW_INDEX, INI_ROW_COUNT, INI_TABLE_LINE, INI_QUOTE_OPEN, INI_QUOTE_TRAILING
 */
export function scanRow(line: Uint8Array, table: string, format: TableFormat): TableRow {
	const cursor = new Cursor(line, 0);
	const start = cursor.at;
	const name = cursor.name("INI_ROW_NAME", "the name of the table");
	if (name.toLowerCase() !== table.toLowerCase())
		throw new ParseError("INI_ROW_NAME", start, "a line of another name than the table's");
	const index = [rowIndex(cursor)];
	while (cursor.next === COMMA && index.length < format.indexes.length) {
		cursor.skip(1);
		index.push(rowIndex(cursor));
	}
	if (index.length !== format.indexes.length || cursor.next !== EQUALS)
		throw cursor.fault("INI_ROW_INDEX", `expected ${format.indexes.length} row indexes, then "="`);
	cursor.skip(1);
	const values = rowValues(cursor, format.columns.length);
	cursor.finish();
	return { index, values };
}
