// SPDX-License-Identifier: Apache-2.0
//
// What an ini holds that no parameter is for: tables, and names that are not known here. It is kept as text, so that an export gives
// it back, in pieces that are named after their content, so that what does not change is not written again. The record "ini.kept"
// lists the pieces and puts them in force; pieces that nothing lists are garbage.
//
//   offset  size  content of "ini.kept"
//   0       1     version of this form, 1
//   1       2     number of tables
//   3       2     number of names
//   5       4     bytes of text, all in all
//   9       12 n  piece: first half of its SHA-256, by which the record "ini.text.<24 hexadecimal digits>" is named
//   end-4   4     CRC-32 of all before it
//
// Numbers are little-endian. The text of all pieces, in order, is lines ended by LF: `Name = value`, or a table from its title
// to its end mark; a piece may end anywhere.

import { crc32 } from "../bytes/crc32.js";
import { ParseError } from "../bytes/error.js";
import { ByteReader } from "../bytes/reader.js";
import { SHA256 } from "../bytes/sha256.js";
import { toHex } from "../bytes/hex.js";
import { ByteWriter } from "../bytes/writer.js";
import { fromHex } from "../bytes/text.js";

/** The record that puts the pieces in force. It goes back with an update that fails its trial; pieces need not. */
export const keptRecord = "ini.kept";
const piecePrefix = "ini.text.";

const VERSION = 1;
const HEAD_BYTES = 9;
const CRC_BYTES = 4;
const ID_BYTES = 12;

/** Longest piece, bytes. */
export const pieceBytes = 2048;
/** All text that is kept, bytes. */
export const maxKeptBytes = 32768;
/** Tables and names that are kept. */
export const maxKeptGroups = 512;

/** What is kept, without the text. */
export interface KeptIndex {
	readonly tables: number;
	readonly names: number;
	readonly bytes: number;
	/** Records, in order. */
	readonly pieces: readonly string[];
}

export const nothingKept: KeptIndex = Object.freeze({ tables: 0, names: 0, bytes: 0, pieces: Object.freeze([]) });

/** One record to be written, as a store takes it. */
export interface StoreChange {
	name: string;
	value?: Uint8Array;
}

/** What the settings need of a store: records by name, and a commit that is done as a whole or not at all. */
export interface SettingsStore {
	get(name: string): Uint8Array | undefined;
	commit(changes: StoreChange[]): void;
	names(prefix?: string): Iterable<string>;
	/**
	 * Where what is in force may go back: all values of the records of this beginning that `get` may give some day, `undefined` for
	 * one that cannot be read. Default: the one in force.
	 */
	versions?(prefix: string): Iterable<Uint8Array | undefined>;
}

export function pieceName(text: Uint8Array): string {
	const hash = new SHA256();
	hash.update(text);
	return piecePrefix + toHex(hash.digest().subarray(0, ID_BYTES));
}

export function encodeIndex({ tables, names, bytes, pieces }: KeptIndex): Uint8Array {
	const writer = new ByteWriter(HEAD_BYTES + pieces.length * ID_BYTES + CRC_BYTES);
	writer.u8(VERSION);
	writer.u16le(tables);
	writer.u16le(names);
	writer.u32le(bytes);
	for (const piece of pieces) writer.bytes(fromHex(piece.slice(piecePrefix.length)));
	writer.u32le(crc32(writer.finish()));
	return writer.finish();
}

/** @throws ParseError SETTINGS_RECORD, or one of the codes of bytes */
export function decodeIndex(record: Uint8Array): KeptIndex {
	const end = record.length - CRC_BYTES;
	if (end < HEAD_BYTES || (end - HEAD_BYTES) % ID_BYTES !== 0)
		throw new ParseError("SETTINGS_RECORD", 0, `index of ${record.length} bytes`);
	const crc = new ByteReader(record.subarray(end), end).u32le();
	if (crc !== crc32(record.subarray(0, end))) throw new ParseError("SETTINGS_RECORD", end, "wrong CRC");
	const reader = new ByteReader(record.subarray(0, end));
	const version = reader.u8();
	if (version !== VERSION) throw new ParseError("SETTINGS_RECORD", 0, `version ${version}, expected ${VERSION}`);
	const head = { tables: reader.u16le(), names: reader.u16le(), bytes: reader.u32le() };
	const pieces: string[] = [];
	while (reader.remaining > 0) pieces.push(piecePrefix + toHex(reader.bytes(ID_BYTES)));
	return { ...head, pieces };
}

/** A record; one that the store cannot read is as good as none: what is kept is data that nothing here needs. */
export function readRecord(store: Pick<SettingsStore, "get">, name = keptRecord): Uint8Array | undefined {
	try {
		return store.get(name);
	} catch {
		return undefined;
	}
}

function readable(record: Uint8Array | undefined): KeptIndex {
	if (record === undefined) return nothingKept;
	try {
		return decodeIndex(record);
	} catch (error) {
		if (!(error instanceof ParseError)) throw error;
		return nothingKept;
	}
}

/** What is in force; nothing where the record is missing or damaged. */
export function readIndex(store: Pick<SettingsStore, "get">): KeptIndex {
	return readable(readRecord(store));
}

/** For people. */
export function describeIndex({ tables, names, bytes, pieces }: KeptIndex): string {
	if (pieces.length === 0) return "none";
	return `${tables} ${tables === 1 ? "table" : "tables"}, ${names} ${names === 1 ? "name" : "names"}, ${bytes} bytes`;
}

/** Names of all pieces that some index lists; `undefined` when one cannot be read, and may list anything. */
function listedPieces(store: SettingsStore): Set<string> | undefined {
	const listed = new Set<string>();
	const inForce = readRecord(store);
	for (const record of store.versions?.(keptRecord) ?? (inForce === undefined ? [] : [inForce])) {
		if (record === undefined) return undefined;
		for (const piece of readable(record).pieces) listed.add(piece);
	}
	return listed;
}

/** Removes the pieces that no index lists, in one commit. @throws what the store throws */
export function sweep(store: SettingsStore): void {
	const listed = listedPieces(store);
	if (listed === undefined) return;
	const garbage: StoreChange[] = [];
	for (const name of store.names(piecePrefix)) {
		if (name.startsWith(piecePrefix) && !listed.has(name)) garbage.push({ name });
	}
	if (garbage.length > 0) store.commit(garbage);
}
