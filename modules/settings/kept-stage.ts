// SPDX-License-Identifier: Apache-2.0
//
// Tables and unknown names of an ini on their way in, and what comes of them together with those that are in force.
//
//   reading: lines to pieces -> finish: a full file replaces all but what is never shown, an increment what it names
//
// What is never shown, a table with passwords, stays where a full file does not name it: no export holds it. An empty table removes
// it, as in the original. Source: AudioCodes ini file rules, "Secret tables".

import { encodeUTF8 } from "../bytes/text.js";
import { SettingsError } from "./error.js";
import {
	encodeIndex,
	keptRecord,
	type KeptIndex,
	readIndex,
	readRecord,
	type SettingsStore,
	type StoreChange,
	sweep,
} from "./kept.js";
import { type KeptGroup, KeptReader, type Place } from "./kept-reader.js";
import { KeptWriter } from "./kept-writer.js";
import { NameKeys } from "./name-key.js";
import { sameBytes } from "./record.js";

/** What of the text in force stays where the file does not name it. */
export type Carry = "all" | "secrets" | "nothing";

export class KeptStage {
	readonly #store: SettingsStore;
	#writer: KeptWriter;
	readonly #keys = new NameKeys();
	#inTable = false;
	#spilled = false;
	#repeated = false;
	#index: KeptIndex | undefined;
	#before: Uint8Array | undefined;

	constructor(store: SettingsStore) {
		this.#store = store;
		this.#writer = new KeptWriter(store, true);
	}

	/** @returns false for a name that was there before: the last one counts. @throws SettingsError SETTINGS_KEPT, SETTINGS_STORE */
	name(name: string, line: Uint8Array): boolean {
		const isNew = this.begin("name", name, this.#writer.place);
		this.#writer.names++;
		this.#writer.line(line);
		this.#writer.endGroup();
		return isNew;
	}

	/**
	 * A line of a table.
	 * @param line as it stands; not looked at for the end mark
	 * @returns false at the first line of a table that was there before: the last one counts
	 * @throws SettingsError SETTINGS_KEPT, SETTINGS_STORE
	 */
	tableLine(table: string, part: "format" | "row" | "end", line: Uint8Array): boolean {
		let isNew = true;
		if (part === "format") {
			isNew = this.begin("table", table, this.#writer.place);
			this.#inTable = true;
			this.#writer.tables++;
			this.#writer.line(encodeUTF8(`[ ${table} ]`));
		}
		if (part !== "end") this.#writer.line(line);
		else if (this.#inTable) {
			this.#inTable = false;
			this.#writer.line(encodeUTF8(`[ \\${table} ]`));
			this.#writer.endGroup();
		} else isNew = this.begin("table", table, undefined);
		return isNew;
	}

	/**
	 * The file is complete and sound.
	 * @returns whether what is kept is another text than before
	 * @throws SettingsError as the lines
	 */
	finish(carry: Carry): boolean {
		this.#before = readRecord(this.#store);
		const file = { index: this.#writer.finish(), writer: this.#writer };
		const before = readIndex(this.#store);
		const merge = this.#repeated || this.carries(before, carry);
		this.#index = merge ? this.merge(file, before, carry) : file.index;
		return !this.isInForce();
	}

	/** What will be kept. Only after `finish`. */
	get index(): KeptIndex {
		if (this.#index === undefined) throw new SettingsError("SETTINGS_STAGE", "the file has not ended");
		return this.#index;
	}

	/**
	 * What to commit; empty when the store already holds it.
	 * @throws SettingsError SETTINGS_STAGE when another file has been taken since `finish`
	 */
	changes(): StoreChange[] {
		if (this.isInForce()) return [];
		const now = readRecord(this.#store);
		const same =
			now === undefined ? this.#before === undefined : this.#before !== undefined && sameBytes(now, this.#before);
		const lost = this.index.pieces.some(
			(piece) => this.#writer.held(piece) === undefined && readRecord(this.#store, piece) === undefined,
		);
		if (!same || lost) throw new SettingsError("SETTINGS_STAGE", "another file was taken meanwhile; try again");
		return [...this.#writer.changes(), this.indexChange()];
	}

	/** Nothing of it is wanted. Never throws: what cannot be removed now is removed another time. */
	abandon(): void {
		if (!this.#writer.spilled && !this.#spilled) return;
		try {
			sweep(this.#store);
		} catch {
			// A store that takes nothing keeps its garbage.
		}
	}

	private indexChange(): StoreChange {
		const { pieces } = this.index;
		return pieces.length === 0 ? { name: keptRecord } : { name: keptRecord, value: encodeIndex(this.index) };
	}

	private isInForce(): boolean {
		const now = readRecord(this.#store);
		const { value } = this.indexChange();
		return value === undefined ? now === undefined : now !== undefined && sameBytes(now, value);
	}

	private begin(kind: "table" | "name", name: string, place: Place | undefined): boolean {
		if (this.#keys.full && !this.#keys.has(kind, name))
			throw new SettingsError("SETTINGS_KEPT", `more than ${this.#keys.count} tables and unknown names`);
		const isNew = this.#keys.add(kind, name, place);
		this.#repeated ||= !isNew;
		return isNew;
	}

	private stays(group: KeptGroup, carry: Carry): boolean {
		return (carry === "all" || group.secret) && !this.#keys.has(group.kind, group.name);
	}

	/** Whether anything stays. */
	private carries(before: KeptIndex, carry: Carry): boolean {
		if (carry === "nothing") return false;
		for (const group of this.reader(before).groups()) if (this.stays(group, carry)) return true;
		return false;
	}

	private reader(index: KeptIndex, writer?: KeptWriter): KeptReader {
		return new KeptReader(index, (piece) => writer?.held(piece) ?? readRecord(this.#store, piece));
	}

	/** What the file names takes the place of what was there, the rest of the file follows. */
	private merge(file: { index: KeptIndex; writer: KeptWriter }, before: KeptIndex, carry: Carry): KeptIndex {
		// Pieces that the file has spilled are garbage as yet, and still wanted.
		const merged = new KeptWriter(this.#store, false);
		const fresh = this.reader(file.index, file.writer);
		const old = this.reader(before);
		const put = (kind: KeptGroup["kind"], lines: Iterable<Uint8Array>): void => {
			for (const line of lines) merged.line(line);
			if (kind === "table") merged.tables++;
			else merged.names++;
			merged.endGroup();
		};
		for (const group of carry === "nothing" ? [] : old.groups()) {
			const place = this.#keys.take(group.kind, group.name);
			if (place !== undefined) put(group.kind, fresh.group(place));
			else if (this.stays(group, carry)) put(group.kind, old.group(group.place));
		}
		for (const { kind, name } of this.reader(file.index, file.writer).groups()) {
			const place = this.#keys.take(kind, name);
			if (place !== undefined) put(kind, fresh.group(place));
		}
		this.#writer = merged;
		const index = merged.finish();
		this.#spilled ||= file.writer.spilled;
		return index;
	}
}
