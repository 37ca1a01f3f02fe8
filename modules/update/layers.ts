// SPDX-License-Identifier: Apache-2.0
//
// Store records in two layers: what is in force for good, and above it what an update has put on trial. The upper one is filled
// while files come in, comes into force with one small record, and then either takes the place of the lower one or goes, as a
// whole. Every step is one commit of the store, so a power cut leaves the old state or the new one.
// Leaves out when that happens: trial.ts. Records outside the two layers (clock, notes of the update itself) have one value.
//
//   stage("settings") -> "+settings" -> [switch record] -> keep: "settings" := "+settings" | drop: "+settings" goes
//                        "-name" stands for a record that is removed by the update

import { SHA256 } from "../bytes/sha256.js";
import { encodeUTF8, toHex } from "../bytes/text.js";
import type { RecordChange, RecordStore } from "./interfaces.js";

/** Record that puts the upper layer in force. */
export const switchRecord = "upd.trial";
/** Record of an upper layer that lies ready and waits for an operator (install-hold.ts). */
export const parkedRecord = "upd.parked";

const added = "+";
const removed = "-";
/** Bytes of values that are moved in one commit; more are moved record by record. */
const moveBytes = 8192;

const layered: readonly string[] = Object.freeze([
	"settings",
	"ini.kept",
	"upd.ini",
	"upd.ini2",
	"roots.pem",
	"device.crt",
	"device.key",
	"next.crt",
	"next.key",
	"request.key",
	"snmp.keys",
]);
/** Downloads, and which content of a file counts; the content itself (`fd.`) lies beside the layers. */
const layeredPrefixes: readonly string[] = Object.freeze(["dl.", "file."]);

/** Whether a record goes back with an update that fails. */
export function isLayered(name: string): boolean {
	return layered.includes(name) || layeredPrefixes.some((prefix) => name.startsWith(prefix));
}

export class LayeredStore implements RecordStore {
	readonly #store: RecordStore;
	/** Reads see the upper layer, and writes of layered records go there. */
	#open = false;

	/**
	 * @param store the records themselves
	 * @param inForce whether an upper layer that the store holds counts
	 */
	constructor(store: RecordStore, inForce: boolean) {
		this.#store = store;
		this.#open = inForce;
	}

	/** Something is on trial, or on its way to it. */
	get open(): boolean {
		return this.#open;
	}

	/** Whether anything lies in the upper layer. */
	get filled(): boolean {
		return this.upper().length > 0;
	}

	get(name: string): Uint8Array | undefined {
		if (!this.#open || !isLayered(name)) return this.#store.get(name);
		const value = this.#store.get(added + name);
		if (value !== undefined) return value;
		return this.#store.get(removed + name) === undefined ? this.#store.get(name) : undefined;
	}

	/** Takes all changes or none. @throws what the store throws */
	commit(changes: readonly RecordChange[]): void {
		this.#store.commit(changes.flatMap((change) => this.route(change)));
	}

	*names(prefix = ""): Iterable<string> {
		const hidden = new Set<string>();
		for (const name of this.upper()) {
			const plain = name.slice(1);
			if (!this.#open) continue;
			hidden.add(plain);
			if (name.startsWith(added) && plain.startsWith(prefix)) yield plain;
		}
		for (const name of this.#store.names()) {
			if (isUpper(name) || hidden.has(name) || !name.startsWith(prefix)) continue;
			yield name;
		}
	}

	/** The values of all records of this beginning in either layer, in force or not; `undefined` for one that cannot be read. */
	*versions(prefix: string): Iterable<Uint8Array | undefined> {
		for (const name of this.#store.names()) {
			const upper = isUpper(name);
			if (upper && name.startsWith(removed)) continue;
			if ((upper ? name.slice(1) : name).startsWith(prefix)) yield this.readable(name);
		}
	}

	/** From now on layered records are written to the upper layer; one that a cut has left behind is cleared first. */
	begin(): void {
		if (this.#open) return;
		this.clear([]);
		this.#open = true;
	}

	/** What is in the upper layer counts from the next start on. */
	switchOver(note: Uint8Array, changes: readonly RecordChange[] = []): void {
		this.commit([{ name: switchRecord, value: note }, ...this.absent(parkedRecord), ...changes]);
	}

	/** The upper layer stays where it is, but nobody reads it, and records are written below it. */
	park(note: Uint8Array): void {
		this.#store.commit([{ name: parkedRecord, value: note }]);
		this.#open = false;
	}

	/** What was put by is read again, and comes into force with `switchOver`. */
	unpark(): void {
		this.#open = true;
	}

	/** @returns a hash of what is in force below, downloads apart: whether it has changed */
	lowerDigest(): string {
		const hash = new SHA256();
		for (const name of layered) {
			const value = this.#store.get(name);
			if (value === undefined) continue;
			hash.update(encodeUTF8(`${name} ${value.length} `));
			hash.update(value);
		}
		return toHex(hash.digest());
	}

	/**
	 * The upper layer takes the place of the lower one. A cut in the middle is harmless when the caller, at the next start,
	 * comes to the same decision: a record reads the same before and after it was moved.
	 * @param changes more changes for the last commit
	 */
	keep(changes: readonly RecordChange[] = []): void {
		let moves: RecordChange[] = [];
		let bytes = 0;
		for (const name of this.upper()) {
			const plain = name.slice(1);
			const value = name.startsWith(added) ? this.#store.get(name) : undefined;
			bytes += value?.length ?? 0;
			if (bytes > moveBytes && moves.length > 0) {
				this.#store.commit(moves);
				moves = [];
				bytes = value?.length ?? 0;
			}
			moves.push(value === undefined ? { name: plain } : { name: plain, value }, { name });
		}
		this.#store.commit([...moves, { name: switchRecord }, ...this.absent(parkedRecord), ...changes]);
		this.#open = false;
	}

	/** The upper layer goes; the lower one counts again, for who reads from now on. */
	drop(changes: readonly RecordChange[] = []): void {
		this.clear(changes);
		this.#open = false;
	}

	/** All in one commit: removals are small, and as long as the switch record is there the layer has to be whole. */
	private clear(changes: readonly RecordChange[]): void {
		const gone = this.upper().map((name) => ({ name }));
		const note = [...this.absent(switchRecord), ...this.absent(parkedRecord)];
		if (gone.length + note.length + changes.length > 0) this.#store.commit([...note, ...gone, ...changes]);
	}

	private route(change: RecordChange): RecordChange[] {
		const { name, value } = change;
		if (!this.#open || !isLayered(name)) return [change];
		if (value !== undefined) return [{ name: added + name, value }, ...this.absent(removed + name)];
		const mark = this.#store.get(name) === undefined ? [] : [{ name: removed + name, value: new Uint8Array(0) }];
		return [...mark, ...this.absent(added + name)];
	}

	/** Removes a record that is there; the store takes no other removal for nothing. */
	private absent(name: string): RecordChange[] {
		return this.#store.get(name) === undefined ? [] : [{ name }];
	}

	private readable(name: string): Uint8Array | undefined {
		try {
			return this.#store.get(name);
		} catch {
			return undefined;
		}
	}

	private upper(): string[] {
		return [...this.#store.names()].filter(isUpper);
	}
}

function isUpper(name: string): boolean {
	return (name.startsWith(added) || name.startsWith(removed)) && isLayered(name.slice(1));
}
