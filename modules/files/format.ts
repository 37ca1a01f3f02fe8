// SPDX-License-Identifier: Apache-2.0
//
// How a file lies in the records: its content in pieces under a number of its own, and one small record under its name that says
// which number counts. So a file is replaced by writing that one record, and a reader sees the old file or the new one.
//
//   fd.<id>.<n>   piece n of content <id>: 2048 bytes, the last one shorter
//   file.<name>   JSON: id, size in bytes, sha256 in hexadecimal
//
// Pieces that no `file.` record speaks of are what a cut, a refusal or a replacement has left.

import { decodeUTF8, encodeUTF8 } from "../bytes/text.js";

/** Bytes of a piece. */
export const pieceBytes = 2048;

export const filePrefix = "file.";
export const piecePrefix = "fd.";

/** What is known of a file. */
export interface FileEntry {
	/** Content number. */
	id: number;
	/** Bytes. */
	size: number;
	/** Of all of it, hexadecimal. */
	sha256: string;
}

export function pieceName(id: number, index: number): string {
	return `${piecePrefix}${id.toString(36)}.${index}`;
}

export function pieceCount(size: number): number {
	return Math.ceil(size / pieceBytes);
}

/** @returns the content number in the name of a piece; `undefined` for another name */
export function idOfPiece(name: string): number | undefined {
	if (!name.startsWith(piecePrefix)) return undefined;
	const id = parseInt(name.slice(piecePrefix.length), 36);
	return Number.isSafeInteger(id) ? id : undefined;
}

/** Lower-case letters and digits, 1 to 24. */
export function isFileName(name: string): boolean {
	return /^[a-z0-9]{1,24}$/.test(name);
}

export function buildEntry(entry: FileEntry): Uint8Array {
	return encodeUTF8(JSON.stringify(entry));
}

function isCount(value: unknown): value is number {
	return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}

/** @returns `undefined` for what is no entry: then there is no such file */
export function parseEntry(bytes: Uint8Array): FileEntry | undefined {
	try {
		const value = JSON.parse(decodeUTF8(bytes)) as Partial<Record<keyof FileEntry, unknown>> | null;
		if (typeof value !== "object" || value === null) return undefined;
		const { id, size, sha256 } = value;
		return isCount(id) && isCount(size) && typeof sha256 === "string" ? { id, size, sha256 } : undefined;
	} catch {
		return undefined;
	}
}
