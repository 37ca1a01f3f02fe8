// SPDX-License-Identifier: Apache-2.0
//
// The trial of an update, as seen from both sides of the restart: firmware, settings and certificates come into force together,
// and stay or go together. Holds the records that go back with it (layers.ts) and tells what a start has found.
// Leaves out the time side: trial-watch.ts. Source: ESP-IDF, "App rollback" (states of otadata).
//
//   begin, records -> [note] -> [otadata NEW] -> restart -> loader: PENDING_VERIFY -> [VALID] -> [records kept, note gone]
//                        |                          |
//            cut between: "cut"        no confirm: ABORTED, old slot: "rolled-back", or after a loss of power "interrupted"
//
// Without firmware there is no boot choice: the note alone decides, and starts are counted in place of the loader.

import { encodeUTF8 } from "../bytes/text.js";
import type { Board, ResetReason } from "../ecma419/board.js";
import type { SlotState } from "../flash/select-entry.js";
import { isCrash } from "./crash-watch.js";
import { type Content, Failures } from "./failures.js";
import type { RecordChange, RecordStore, SelectorPort } from "./interfaces.js";
import { LayeredStore, switchRecord } from "./layers.js";
import { readText } from "./records.js";
import { SecureVersion } from "./secure-version.js";
import { buildNote, parseNote, type TrialNote } from "./trial-note.js";

/** Starts without firmware on trial; see `startsRecord`. */
const maxStarts = 3;
/** Trials of firmware that may be cut short by a loss of power before it counts as failed. */
const maxCuts = 2;
/** Starts since an update without firmware came into force. */
const startsRecord = "upd.starts";

/**
 * What a start finds.
 * - pending: the trial goes on
 * - kept: confirmed, but the power went before the records were
 * - cut: noted, but the power went before the boot choice was written
 * - interrupted: the power went during the trial of firmware, which is no fault of it
 * - rolled-back: the trial was lost
 */
export type TrialFinding = "none" | "pending" | "kept" | "cut" | "interrupted" | "rolled-back";

type Entry = ReturnType<SelectorPort["entries"]>[number];

/** Resets that say nothing against what was running. */
function isPowerLoss(reason: ResetReason): boolean {
	return reason === "power-on" || reason === "brownout";
}

export class Trial {
	/** The store for everybody: settings, certificates, the update itself. */
	readonly records: LayeredStore;
	readonly failures: Failures;
	/** What this start has found. */
	readonly finding: TrialFinding;
	readonly #secure: SecureVersion;
	readonly #store: RecordStore;
	readonly #selector: SelectorPort;
	readonly #running: 0 | 1;
	#note: TrialNote | undefined;
	/** The note in the store is about something else than what is on trial. */
	#stray = false;
	#pending: boolean;
	/** What runs on trial is firmware, and otadata has a say. */
	#firmware: boolean;
	#contents: Content[] = [];

	/** Only reads; to be made before anything else reads the records. */
	constructor(options: { store: RecordStore; selector: SelectorPort; board: Board }) {
		const { application, resetReason, runningSlot } = options.board;
		this.#store = options.store;
		this.#selector = options.selector;
		this.#running = runningSlot;
		this.#secure = new SecureVersion(options.store, application.secureVersion);
		this.failures = new Failures(options.store, application.version);
		this.#note = parseNote(this.readNote());
		this.finding = this.examine(resetReason);
		this.#pending = this.finding === "pending";
		this.#firmware = this.#pending && (this.#note === undefined || this.#note.slot !== undefined);
		this.records = new LayeredStore(
			options.store,
			this.#note !== undefined && ["pending", "kept"].includes(this.finding),
		);
	}

	/** The running state is not confirmed yet; the other slot must not be touched. */
	get pending(): boolean {
		return this.#pending;
	}

	/** What the note says about the update that is, or was, on trial. */
	get note(): TrialNote | undefined {
		return this.#note;
	}

	/** State of the running slot; `UNDEFINED` where otadata says nothing. */
	get state(): SlotState {
		return this.stateOf(this.#running);
	}

	/** State of a slot; `UNDEFINED` where otadata says nothing. */
	stateOf(slot: 0 | 1): SlotState {
		return this.latest(slot)?.state ?? "UNDEFINED";
	}

	/** Lowest secure version that may be installed. */
	get secureFloor(): number {
		return this.#secure.floor;
	}

	/** Whether files wait for `switchOver`. */
	get staged(): boolean {
		return this.#contents.length > 0;
	}

	/**
	 * A file is about to change records: from now on they belong to the update.
	 * @throws what the store throws; nothing has changed then
	 */
	begin(): void {
		this.records.begin();
	}

	/** A file has been taken. */
	add(content: Content): void {
		this.#contents.push(content);
	}

	/**
	 * Puts everything since `begin` in force, in one commit; then the boot choice, if there is firmware.
	 * @param reachable a server could be asked afterwards
	 * @throws what store and selector throw; the update has been given up then, as far as the store lets it
	 */
	switchOver(slot: 0 | 1 | undefined, reachable: boolean, changes: readonly RecordChange[]): void {
		const note: TrialNote = { contents: this.#contents, sequence: this.highest(), reachable, cuts: 0 };
		if (slot !== undefined) note.slot = slot;
		this.#contents = [];
		try {
			const starts = slot === undefined ? [startsChange(0)] : [];
			this.records.switchOver(buildNote(note), [...changes, ...starts]);
			if (slot !== undefined) this.#selector.activate(slot);
		} catch (error) {
			if (slot !== undefined) this.#selector.settle(this.#running);
			this.records.drop();
			throw error;
		}
		this.#note = note;
		this.#pending = slot === undefined;
	}

	/**
	 * What was staged waits beside what is in force, over restarts, and counts for nothing.
	 * @param build the note that goes with it
	 * @throws what the store throws
	 */
	park(build: (contents: readonly Content[]) => Uint8Array): void {
		this.records.park(build(this.#contents));
		this.#contents = [];
	}

	/** What `park` has put by is staged again. */
	unpark(contents: readonly Content[]): void {
		this.records.unpark();
		this.#contents = [...contents];
	}

	/** Gives up what was begun since the last switch, without a word about the content. @throws what the store throws */
	abandon(): void {
		this.#contents = [];
		if (this.#note === undefined && this.records.open) this.records.drop();
	}

	/**
	 * Ends the trial for good: otadata first, so that a cut in between leaves a confirmed firmware.
	 * @throws what the selector throws
	 */
	confirm(): void {
		// Judged by what the start has found: after a cut another look at otadata may show something else, even another slot.
		if (this.#firmware) this.#selector.claim(this.#running);
		this.#firmware = false;
		this.#pending = false;
		try {
			this.keep();
		} catch {
			// Settled all the same: the next start finds it confirmed and tries again.
		}
	}

	/** What is in force stays; nothing is written where nothing changes. @throws what the store throws */
	keep(): void {
		const changes = this.#secure.changes();
		// The last word before a cut may have been the confirmation; what follows from it has to find it at every start.
		if (this.finding === "kept") this.#selector.claim(this.#running);
		if (this.#note !== undefined) this.records.keep(changes);
		else if (this.#stray) this.records.drop(changes);
		else if (changes.length > 0) this.#store.commit(changes);
		this.#stray = false;
		this.#note = undefined;
	}

	/** Notes one more start of an update without firmware. @throws what the store throws */
	countStart(): void {
		if (this.#note?.slot === undefined && this.#note !== undefined)
			this.#store.commit([startsChange(this.starts() + 1)]);
	}

	/** The loader is not to start the running firmware again; nothing where none is on trial. @throws what the selector throws */
	bar(): void {
		if (this.state === "PENDING_VERIFY") this.#selector.invalidate(this.#running);
	}

	/** Everything goes back, for who reads from now on, and the content is remembered. @throws what the store throws */
	lose(): void {
		const { contents = [] } = this.#note ?? {};
		this.settle();
		this.records.drop(contents.length > 0 ? [this.failures.remember(contents)] : []);
		this.#pending = false;
		this.#note = undefined;
	}

	/** Everything goes back, and may be tried again. @throws what the store throws */
	forget(): void {
		this.settle();
		this.records.drop();
		this.#note = undefined;
	}

	/** Puts firmware whose trial was cut short on trial once more; takes a restart. @throws what store and selector throw */
	resume(): void {
		if (this.#note?.slot === undefined) return;
		const note = { ...this.#note, sequence: this.highest(), cuts: this.#note.cuts + 1 };
		this.#store.commit([{ name: switchRecord, value: buildNote(note) }]);
		this.#selector.activate(this.#note.slot);
		this.#note = note;
	}

	private examine(reason: ResetReason): TrialFinding {
		const note = this.#note;
		if (this.state === "PENDING_VERIFY") {
			this.#stray = note !== undefined && note.slot !== this.#running;
			if (this.#stray) this.#note = undefined;
			return "pending";
		}
		if (note === undefined) return "none";
		if (note.slot === undefined) return isCrash(reason) || this.starts() >= maxStarts ? "rolled-back" : "pending";
		if (note.slot === this.#running) return this.state === "VALID" ? "kept" : "pending";
		const entry = this.latest(note.slot);
		if (entry === undefined || entry.sequence <= note.sequence) return "cut";
		if (entry.state === "INVALID") return "rolled-back"; // barred: whatever ended it
		return isPowerLoss(reason) && note.cuts < maxCuts ? "interrupted" : "rolled-back";
	}

	/** The other slot must not come up again without the records that belong to it. */
	private settle(): void {
		if (this.#note?.slot !== undefined) this.#selector.settle(this.#running);
	}

	private readNote(): Uint8Array | undefined {
		try {
			return this.#store.get(switchRecord);
		} catch {
			return undefined;
		}
	}

	private starts(): number {
		const text = readText(this.#store, startsRecord) ?? "";
		return /^[0-9]{1,3}$/.test(text) ? Number(text) : 0;
	}

	private entries(): Entry[] {
		return this.#selector.entries().filter((entry) => entry.intact);
	}

	private latest(slot: number): Entry | undefined {
		let latest: Entry | undefined;
		for (const entry of this.entries()) {
			if (entry.slot === slot && entry.sequence > (latest?.sequence ?? -1)) latest = entry;
		}
		return latest;
	}

	private highest(): number {
		return this.entries().reduce((highest, entry) => Math.max(highest, entry.sequence), 0);
	}
}

function startsChange(count: number): RecordChange {
	return { name: startsRecord, value: encodeUTF8(String(count)) };
}
