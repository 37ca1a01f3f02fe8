// SPDX-License-Identifier: Apache-2.0
//
// A file on its way in: piece after piece into the records, beside the one that is there. As long as it is the same as that one
// nothing is written. It counts with `commit`, or not at all. Holds one piece, and while it compares a second one.

import { SHA256 } from "../bytes/sha256.js";
import { toHex } from "../bytes/hex.js";
import { FilesError } from "./error.js";
import { buildEntry, type FileEntry, filePrefix, pieceBytes, pieceCount, pieceName } from "./format.js";
import type { FileRecords } from "./records.js";

export interface WriterOptions {
	records: FileRecords;
	name: string;
	/** Content number that nothing has. */
	id: number;
	/** The file that is there. */
	present: FileEntry | undefined;
	/** Bytes that it may have. */
	maxBytes: number;
}

export class FileWriter {
	readonly #options: WriterOptions;
	readonly #hash = new SHA256();
	readonly #piece = new Uint8Array(pieceBytes);
	#held = 0;
	/** Pieces complete. */
	#pieces = 0;
	/** Every piece so far is the one of the present file, and none has been written. */
	#same: boolean;
	#size = 0;
	#entry: FileEntry | undefined;

	constructor(options: WriterOptions) {
		this.#options = options;
		this.#same = options.present !== undefined;
	}

	/** @throws FilesError FILES_SIZE; what the records throw. `abort` is due then */
	write(chunk: Uint8Array): void {
		this.#size += chunk.length;
		const { maxBytes } = this.#options;
		if (this.#size > maxBytes) throw new FilesError("FILES_SIZE", `more than ${maxBytes} bytes`);
		this.#hash.update(chunk);
		for (let at = 0; at < chunk.length;) {
			const count = Math.min(chunk.length - at, pieceBytes - this.#held);
			this.#piece.set(chunk.subarray(at, at + count), this.#held);
			this.#held += count;
			at += count;
			if (this.#held === pieceBytes) this.flush();
		}
	}

	/**
	 * The file is complete; it does not count yet.
	 * @returns its length and hash, and whether it is another one than the present one
	 * @throws FilesError FILES_EMPTY; what the records throw
	 */
	end(): { size: number; sha256: string; changed: boolean } {
		if (this.#size === 0) throw new FilesError("FILES_EMPTY", "the file is empty");
		if (this.#held > 0) this.flush();
		const { id, present } = this.#options;
		if (this.#same && present?.size !== this.#size) this.diverge();
		const sha256 = toHex(this.#hash.digest());
		this.#entry = { id, size: this.#size, sha256 };
		return { size: this.#size, sha256, changed: !this.#same };
	}

	/** Puts it in the place of the present file; nothing where they are the same. @throws what the records throw */
	commit(): void {
		const { records, name } = this.#options;
		if (this.#entry === undefined) throw new FilesError("FILES_OPEN", "the file is not complete");
		if (!this.#same) records.commit([{ name: filePrefix + name, value: buildEntry(this.#entry) }]);
	}

	/** Removes what was written; the present file stays. Never throws: what cannot be removed now is collected later. */
	abort(): void {
		const { records, id } = this.#options;
		if (this.#same) return;
		try {
			const gone = [];
			for (let index = 0; index < this.#pieces; index++) {
				const name = pieceName(id, index);
				if (records.get(name) !== undefined) gone.push({ name });
			}
			if (gone.length > 0) records.commit(gone);
		} catch {
			// See above.
		}
	}

	private flush(): void {
		const piece = this.#piece.subarray(0, this.#held);
		this.#held = 0;
		if (this.#same && !this.isPresent(piece)) this.diverge();
		const { records, id } = this.#options;
		const index = this.#pieces++;
		if (!this.#same) records.commit([{ name: pieceName(id, index), value: piece }]);
	}

	private isPresent(piece: Uint8Array): boolean {
		const { present } = this.#options;
		if (present === undefined || this.#pieces >= pieceCount(present.size)) return false;
		const other = this.read(present, this.#pieces);
		return other?.length === piece.length && piece.every((byte, i) => byte === other[i]);
	}

	/** From here on it is another file: what was only compared so far is written after all. */
	private diverge(): void {
		this.#same = false;
		const { records, id, present } = this.#options;
		for (let index = 0; present !== undefined && index < this.#pieces; index++) {
			const value = records.get(pieceName(present.id, index));
			if (value !== undefined) records.commit([{ name: pieceName(id, index), value }]);
		}
	}

	/** A piece that is damaged is not the same. */
	private read(entry: FileEntry, index: number): Uint8Array | undefined {
		try {
			return this.#options.records.get(pieceName(entry.id, index));
		} catch {
			return undefined;
		}
	}
}
