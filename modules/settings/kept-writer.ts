// SPDX-License-Identifier: Apache-2.0
//
// Lines to pieces. Holds one piece and a few finished ones; more are written to the store before they count, where nothing but
// the index, which comes last, puts them in force.

import { SettingsError } from "./error.js";
import {
	type KeptIndex,
	maxKeptBytes,
	pieceBytes,
	pieceName,
	type SettingsStore,
	type StoreChange,
	sweep,
} from "./kept.js";
import { sameBytes } from "./record.js";

/** Finished pieces that are held until they are asked for, bytes. */
const heldBytes = 4096;
/** A piece of this length ends with the table or name at work, so that a change further on leaves it as it is. */
const enoughBytes = pieceBytes / 2;
const LF = 0x0a;

export class KeptWriter {
	readonly #store: SettingsStore;
	#piece = new Uint8Array(0);
	#length = 0;
	#bytes = 0;
	#held: StoreChange[] = [];
	#heldBytes = 0;
	#spilled = false;
	#sweeps: boolean;
	readonly #pieces: string[] = [];
	tables = 0;
	names = 0;

	/** @param sweeps whether garbage is removed before anything is written */
	constructor(store: SettingsStore, sweeps: boolean) {
		this.#store = store;
		this.#sweeps = sweeps;
	}

	/** Where the next line begins: number of its piece, and offset in it. */
	get place(): { piece: number; at: number } {
		return { piece: this.#pieces.length, at: this.#length };
	}

	/** Something lies in the store that nothing lists. */
	get spilled(): boolean {
		return this.#spilled;
	}

	/**
	 * @param line without its break
	 * @throws SettingsError SETTINGS_KEPT when there is no room, SETTINGS_STORE when the store takes no more
	 */
	line(line: Uint8Array): void {
		if (this.#bytes + line.length + 1 > maxKeptBytes)
			throw new SettingsError("SETTINGS_KEPT", `tables and unknown names above ${maxKeptBytes} bytes`);
		this.#bytes += line.length + 1;
		for (let at = 0; at < line.length;) at += this.put(line, at);
		this.break();
	}

	/** A table or a name is complete. @throws SettingsError SETTINGS_STORE */
	endGroup(): void {
		if (this.#length >= enoughBytes) this.endPiece();
	}

	/** No more comes. @throws SettingsError SETTINGS_STORE */
	finish(): KeptIndex {
		if (this.#length > 0) this.endPiece();
		this.#piece = new Uint8Array(0);
		return { tables: this.tables, names: this.names, bytes: this.#bytes, pieces: this.#pieces };
	}

	/** Pieces that the store does not hold yet, for one commit with the index. */
	changes(): StoreChange[] {
		return this.#held;
	}

	/** A piece that was finished and is not in the store. */
	held(name: string): Uint8Array | undefined {
		return this.#held.find((change) => change.name === name)?.value;
	}

	private break(): void {
		if (this.#piece.length === 0) this.#piece = new Uint8Array(pieceBytes);
		this.#piece[this.#length++] = LF;
		if (this.#length === pieceBytes) this.endPiece();
	}

	/** @returns how many bytes of `bytes` it took, from `at` */
	private put(bytes: Uint8Array, at: number): number {
		if (this.#piece.length === 0) this.#piece = new Uint8Array(pieceBytes);
		const count = Math.min(bytes.length - at, pieceBytes - this.#length);
		this.#piece.set(bytes.subarray(at, at + count), this.#length);
		this.#length += count;
		if (this.#length === pieceBytes) this.endPiece();
		return count;
	}

	private endPiece(): void {
		const value = this.#piece.slice(0, this.#length);
		const name = pieceName(value);
		this.#pieces.push(name);
		this.#length = 0;
		try {
			this.sweep();
			const stored = this.#store.get(name);
			if ((stored !== undefined && sameBytes(stored, value)) || this.held(name) !== undefined) return;
			this.#held.push({ name, value });
			this.#heldBytes += value.length;
			if (this.#heldBytes > heldBytes) this.spill();
		} catch (cause) {
			const reason = cause instanceof Error ? cause.message : "refused";
			throw new SettingsError("SETTINGS_STORE", `tables and unknown names: ${reason}`, { cause });
		}
	}

	/** Before the first piece is looked for: one that is garbage must not be taken for one that is there. */
	private sweep(): void {
		if (this.#sweeps) sweep(this.#store);
		this.#sweeps = false;
	}

	private spill(): void {
		this.#spilled = true;
		this.#store.commit(this.#held);
		this.#held = [];
		this.#heldBytes = 0;
	}
}
