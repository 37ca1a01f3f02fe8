// SPDX-License-Identifier: Apache-2.0
//
// Pieces back to lines, and to tables and names. Holds one piece and the line at its edge. A piece that is missing or damaged ends
// the text, in silence: what is kept is data that nothing here needs.

import { sameName } from "./name-key.js";
import { decodeLine, scanBracket, trimBytes } from "../ini/scan.js";
import type { KeptIndex } from "./kept.js";
import { hasCredentials, isSecretName } from "./secret-names.js";

const LF = 0x0a;
const OPEN = 0x5b;
const EQUALS = 0x3d;

/** Where a line begins. */
export interface Place {
	piece: number;
	at: number;
}

/** A table, or a name with its value. */
export interface KeptGroup {
	readonly kind: "table" | "name";
	readonly name: string;
	readonly place: Place;
	/** It holds what is not to be shown: a password, or a URL with credentials. */
	readonly secret: boolean;
}

export type PieceSource = (name: string) => Uint8Array | undefined;

export class KeptReader {
	readonly #index: KeptIndex;
	readonly #source: PieceSource;
	#piece = -1;
	#bytes: Uint8Array = new Uint8Array(0);
	#at = 0;

	/** @param source gives the text of a piece */
	constructor(index: KeptIndex, source: PieceSource) {
		this.#index = index;
		this.#source = source;
	}

	/** Lines from a place on, without their breaks. The bytes are valid until the next one is asked for. */
	*lines(from: Place = { piece: 0, at: 0 }): IterableIterator<{ line: Uint8Array; place: Place }> {
		this.open(from.piece);
		this.#at = from.at;
		for (;;) {
			if (this.#at >= this.#bytes.length && !this.open(this.#piece + 1)) return;
			const place = { piece: this.#piece, at: this.#at };
			const line = this.line();
			if (line === undefined) return;
			// Other lines may be read from this reader meanwhile.
			const next = { piece: this.#piece, at: this.#at };
			yield { line, place };
			if (this.#piece !== next.piece) this.open(next.piece);
			this.#at = next.at;
		}
	}

	/** Lines of the table or name that begins at `place`. */
	*group(place: Place): IterableIterator<Uint8Array> {
		let isTable: boolean | undefined;
		for (const { line } of this.lines(place)) {
			isTable ??= line[0] === OPEN;
			const isEnd = line[0] === OPEN && scanBracket(line).isEnd;
			yield line;
			if (!isTable || isEnd) return;
		}
	}

	/** All tables and names. */
	*groups(): IterableIterator<KeptGroup> {
		let table: { name: string; place: Place; secret: boolean } | undefined;
		for (const { line, place } of this.lines()) {
			if (line[0] === OPEN) {
				const { name, isEnd } = scanBracket(line);
				if (isEnd && table !== undefined) yield { kind: "table", ...table };
				table = isEnd ? undefined : { name, place, secret: false };
			} else if (table !== undefined) table.secret ||= isSecretLine(line);
			else yield { kind: "name", name: nameOf(line), place, secret: isSecretLine(line) };
		}
	}

	/** The table or name of this name. */
	find(kind: "table" | "name", name: string): KeptGroup | undefined {
		for (const group of this.groups()) if (group.kind === kind && sameName(group.name, name)) return group;
		return undefined;
	}

	private open(piece: number): boolean {
		if (piece >= this.#index.pieces.length) return false;
		if (piece !== this.#piece) this.#bytes = this.#source(this.#index.pieces[piece]) ?? new Uint8Array(0);
		this.#piece = piece;
		this.#at = 0;
		return true;
	}

	/** The line at work, which may go on in the next piece. */
	private line(): Uint8Array | undefined {
		let head: Uint8Array = new Uint8Array(0);
		for (;;) {
			const end = this.#bytes.indexOf(LF, this.#at);
			const part = this.#bytes.subarray(this.#at, end < 0 ? this.#bytes.length : end);
			const line = head.length === 0 ? part : joined(head, part);
			if (end >= 0) {
				this.#at = end + 1;
				return line;
			}
			head = new Uint8Array(line);
			if (!this.open(this.#piece + 1)) return undefined;
		}
	}
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
	const bytes = new Uint8Array(a.length + b.length);
	bytes.set(a);
	bytes.set(b, a.length);
	return bytes;
}

function nameOf(line: Uint8Array): string {
	const equals = line.indexOf(EQUALS);
	return decodeLine(trimBytes(line.subarray(0, Math.max(0, equals))));
}

/** A format line with the column of a password, a name of one, or a value with credentials. */
function isSecretLine(line: Uint8Array): boolean {
	const text = decodeLine(line);
	return (
		isSecretName(text.slice(0, Math.max(0, text.indexOf("=")))) || isFormatWithSecret(text) || hasCredentials(text)
	);
}

function isFormatWithSecret(text: string): boolean {
	return /^format[ \t]/i.test(text) && isSecretName(text);
}
