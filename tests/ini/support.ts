// SPDX-License-Identifier: Apache-2.0
//
// Loads the ini vectors, and drives the parser over them in pieces.

import { decodeUTF8 } from "../../modules/bytes/text.js";
import { IniError } from "../../modules/ini/error.js";
import { IniParser, type IniEvent } from "../../modules/ini/parse.js";
import { loadVectors } from "../harness/vectors.js";

/** An event as the vectors write it. */
export type Row = (string | number)[];

/** Table, then index columns and columns of a format line, or index and values ("form:text") of a row. */
export type TableRows = [table: string, index: (string | number)[], values: string[]][];

export interface IniVector {
	name: string;
	bytes: Uint8Array;
	/** Of the JSON beside it. */
	expected: { events: Row[]; tables?: TableRows; code: string; line: number; column: number; offset: number };
}

/** @param folder `valid` or `invalid` */
export function loadIniVectors(folder: string): IniVector[] {
	const files = loadVectors(`ini/vectors/${folder}`);
	const vectors: IniVector[] = [];
	for (const { name, bytes } of files) {
		if (!name.endsWith(".ini")) continue;
		const json = files.find((file) => file.name === name.replace(".ini", ".json"));
		if (json === undefined) throw new Error(`${name} has no JSON beside it`);
		vectors.push({ name, bytes, expected: JSON.parse(decodeUTF8(json.bytes)) as IniVector["expected"] });
	}
	if (vectors.length === 0) throw new Error(`no vectors in ${folder}`);
	return vectors;
}

export function toRow(event: IniEvent): Row {
	const place = [event.line, event.column, event.offset];
	if (event.kind === "entry") return ["entry", event.name, event.value, event.form, ...place];
	if (event.kind === "section") return ["section", event.name, ...place];
	return ["table", event.part, event.table, event.text, ...place];
}

/** What the lines of tables say. */
export function tableRows(events: readonly IniEvent[]): TableRows {
	const rows: TableRows = [];
	for (const event of events) {
		if (event.kind !== "table" || event.part === "end") continue;
		if (event.part === "format") rows.push([event.table, [...event.indexes], [...event.columns]]);
		else rows.push([event.table, [...event.index], event.values.map(({ form, text }) => `${form}:${text}`)]);
	}
	return rows;
}

export function problemRow(problem: IniError): Row {
	return [problem.code, problem.line, problem.column, problem.offset];
}

export interface Reading {
	rows: Row[];
	/** Of the error thrown, if one was. */
	error: Row | undefined;
}

/** Reads a file in the given pieces; foreign exceptions pass. */
export function readPieces(pieces: Iterable<Uint8Array>): Reading {
	const rows: Row[] = [];
	const take = (event: IniEvent): number => rows.push(toRow(event));
	const parser = new IniParser({ onEntry: take, onSection: take, onTable: take });
	try {
		for (const piece of pieces) parser.write(piece);
		parser.end();
	} catch (error) {
		if (!(error instanceof IniError)) throw error;
		return { rows, error: problemRow(error) };
	}
	return { rows, error: undefined };
}

/** Cuts `bytes` into pieces of `size`. */
export function* chunks(bytes: Uint8Array, size: number): IterableIterator<Uint8Array> {
	for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
