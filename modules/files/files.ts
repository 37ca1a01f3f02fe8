// SPDX-License-Identifier: Apache-2.0
//
// Files of an update (tones, dial plan, logo...) by name, over the records of the store: listed, read in parts, replaced as a
// whole, removed. No file is ever whole in memory. Leaves out who uses them.

import { FilesError } from "./error.js";
import {
	type FileEntry,
	filePrefix,
	idOfPiece,
	isFileName,
	parseEntry,
	pieceBytes,
	pieceName,
	piecePrefix,
} from "./format.js";
import type { FileRecords } from "./records.js";
import { FileWriter } from "./writer.js";

/** Removals in one commit. */
const removalsAtOnce = 16;

export interface FileStoreOptions {
	records: FileRecords;
	/** Longest file, bytes; default 65536. */
	maxFileBytes?: number;
	/** All files together, bytes; default 131072. While an update is on trial the old ones come on top. */
	maxTotalBytes?: number;
}

export interface ListedFile {
	name: string;
	/** Bytes. */
	size: number;
	/** Hexadecimal. */
	sha256: string;
}

/** A file as it was when it was opened. */
export class StoredFile {
	readonly name: string;
	readonly size: number;
	readonly sha256: string;
	readonly #records: FileRecords;
	readonly #id: number;

	constructor(records: FileRecords, name: string, { id, size, sha256 }: FileEntry) {
		this.#records = records;
		this.#id = id;
		this.name = name;
		this.size = size;
		this.sha256 = sha256;
	}

	/**
	 * Reads up to `buffer.length` bytes from `offset` on.
	 * @returns bytes put into `buffer`; 0 at the end
	 * @throws FilesError FILES_GONE when it has been replaced or removed since; what the records throw for a damaged one
	 */
	read(buffer: Uint8Array, offset: number): number {
		const wanted = Math.max(0, Math.min(buffer.length, this.size - offset));
		let done = 0;
		while (done < wanted) {
			const at = offset + done;
			const index = Math.floor(at / pieceBytes);
			const piece = this.#records.get(pieceName(this.#id, index));
			if (piece === undefined) throw new FilesError("FILES_GONE", `file ${this.name} has been replaced`);
			const part = piece.subarray(at - index * pieceBytes).subarray(0, wanted - done);
			if (part.length === 0) throw new FilesError("FILES_GONE", `file ${this.name} is not whole`);
			buffer.set(part, done);
			done += part.length;
		}
		return wanted;
	}
}

export class FileStore {
	readonly maxFileBytes: number;
	readonly maxTotalBytes: number;
	readonly #records: FileRecords;
	/** There may be something to collect. */
	#litter = true;

	/** Reads nothing yet. */
	constructor({ records, maxFileBytes = 65536, maxTotalBytes = 131072 }: FileStoreOptions) {
		this.#records = records;
		this.maxFileBytes = maxFileBytes;
		this.maxTotalBytes = maxTotalBytes;
	}

	/** The files in force, by name. */
	*list(): Iterable<ListedFile> {
		for (const record of [...this.#records.names(filePrefix)].sort()) {
			const name = record.slice(filePrefix.length);
			const entry = this.entry(name);
			if (entry !== undefined) yield { name, size: entry.size, sha256: entry.sha256 };
		}
	}

	has(name: string): boolean {
		return this.entry(name) !== undefined;
	}

	/** @returns `undefined` where there is none */
	open(name: string): StoredFile | undefined {
		const entry = this.entry(name);
		return entry === undefined ? undefined : new StoredFile(this.#records, name, entry);
	}

	/** Bytes that a file of this name may have now: each file and all together have a limit. */
	room(name: string): number {
		let others = 0;
		for (const file of this.list()) if (file.name !== name) others += file.size;
		return Math.max(0, Math.min(this.maxFileBytes, this.maxTotalBytes - others));
	}

	/**
	 * Begins a file; one at a time.
	 * @param name lower-case letters and digits, 1 to 24
	 * @throws FilesError FILES_NAME; what the records throw
	 */
	write(name: string): FileWriter {
		if (!isFileName(name))
			throw new FilesError("FILES_NAME", "a file is named by 1 to 24 lower-case letters and digits");
		this.collect();
		this.#litter = true;
		const id = this.freeId();
		return new FileWriter({ records: this.#records, name, id, present: this.entry(name), maxBytes: this.room(name) });
	}

	/** @returns whether there was such a file. @throws what the records throw; it is still there then */
	remove(name: string): boolean {
		if (this.entry(name) === undefined) return false;
		this.#records.commit([{ name: filePrefix + name }]);
		this.#litter = true;
		this.collect();
		return true;
	}

	/**
	 * Removes pieces that no file speaks of, in force or on trial; not to be called between `write` and the writer's `commit`.
	 * Does nothing when nothing was written since. @throws what the records throw; the rest is removed the next time
	 */
	collect(): void {
		if (!this.#litter) return;
		const versions = [...this.#records.versions(filePrefix)];
		if (versions.includes(undefined)) return; // what it speaks of is not known
		const used = versions.map((value) => value && parseEntry(value)?.id);
		let gone: { name: string }[] = [];
		for (const name of [...this.#records.names(piecePrefix)]) {
			const id = idOfPiece(name);
			if (id !== undefined && used.includes(id)) continue;
			gone.push({ name });
			if (gone.length < removalsAtOnce) continue;
			this.#records.commit(gone);
			gone = [];
		}
		if (gone.length > 0) this.#records.commit(gone);
		// What is in force only if an update fails is litter as soon as it has not.
		this.#litter = used.length > [...this.#records.names(filePrefix)].length;
	}

	private entry(name: string): FileEntry | undefined {
		if (!isFileName(name)) return undefined;
		try {
			const bytes = this.#records.get(filePrefix + name);
			return bytes === undefined ? undefined : parseEntry(bytes);
		} catch {
			return undefined; // damaged: there is no such file, and a new one can take its place
		}
	}

	private freeId(): number {
		let highest = 0;
		for (const name of this.#records.names(piecePrefix)) highest = Math.max(highest, idOfPiece(name) ?? 0);
		for (const value of this.#records.versions(filePrefix)) {
			if (value !== undefined) highest = Math.max(highest, parseEntry(value)?.id ?? 0);
		}
		return highest + 1;
	}
}
