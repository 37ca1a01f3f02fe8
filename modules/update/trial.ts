// SPDX-License-Identifier: Apache-2.0
//
// The trial of new firmware, as seen from both sides of the restart: what is noted before the switch, what the next
// start finds, and the memory of content that failed. Source: ESP-IDF, "App rollback" (states of otadata).
//
//   stage -> [store commit] -> [otadata NEW] -> restart -> loader: PENDING_VERIFY -> confirm -> VALID, note removed
//                  |                                              |
//            cut between: "cut"                   no confirm: ABORTED, old slot: "rolled-back", hash remembered

import { encodeUTF8 } from "../bytes/text.js";
import type { Board } from "../ecma419/board.js";
import type { SlotState } from "../flash/select-entry.js";
import type { RecordChange, RecordStore, SelectorPort } from "./interfaces.js";
import { readJSON, readText } from "./records.js";

const trialRecord = "upd.trial";
const failedRecord = "upd.failed";
/** Highest secure version that was ever confirmed here: what ESP-IDF's anti-rollback burns into eFuses. */
const secureRecord = "upd.secure";
const maxFailed = 4;

/** Identity of one firmware file. */
export interface ImageIdentity {
	version: string;
	/** SHA-256 of the whole file, hexadecimal. */
	sha256: string;
	/** SHA-256 of what stands before the program: header, first segment header, description; hexadecimal. */
	head: string;
}

/** What is noted before the boot choice changes. */
export interface TrialNote extends ImageIdentity {
	slot: 0 | 1;
	/** Highest otadata sequence before the switch. */
	sequence: number;
	/** A server could be asked again after the switch, so the trial needs an answer of one. */
	reachable: boolean;
}

/** What a start finds. `cut`: noted, but power went before the boot choice was written. */
export type TrialFinding =
	{ kind: "none" } | { kind: "pending" } | { kind: "rolled-back"; note: TrialNote } | { kind: "cut"; note: TrialNote };

type Entry = ReturnType<SelectorPort["entries"]>[number];

function isIdentity(value: unknown): value is ImageIdentity {
	if (typeof value !== "object" || value === null) return false;
	const { version, sha256, head } = value as Partial<Record<keyof ImageIdentity, unknown>>;
	return typeof version === "string" && typeof sha256 === "string" && typeof head === "string";
}

function isNote(value: unknown): value is TrialNote {
	if (!isIdentity(value)) return false;
	const { slot, sequence, reachable } = value as Partial<Record<keyof TrialNote, unknown>>;
	if (slot !== 0 && slot !== 1) return false;
	return typeof sequence === "number" && typeof reachable === "boolean";
}

export class Trial {
	#store: RecordStore;
	#selector: SelectorPort;
	#running: 0 | 1;
	#secureVersion: number;
	#pending = false;
	#note: TrialNote | undefined;

	constructor(options: { store: RecordStore; selector: SelectorPort; board: Board }) {
		this.#store = options.store;
		this.#selector = options.selector;
		this.#running = options.board.runningSlot;
		this.#secureVersion = options.board.application.secureVersion;
	}

	/** The running firmware is not confirmed yet; the other slot must not be touched. */
	get pending(): boolean {
		return this.#pending;
	}

	/** Nothing was left to ask when the switch was made: being up is all that can be proven. */
	get provable(): boolean {
		return this.#note?.reachable ?? true;
	}

	/** State of the running slot; `UNDEFINED` where otadata says nothing. */
	get state(): SlotState {
		return this.#latest(this.#running)?.state ?? "UNDEFINED";
	}

	/** Lowest secure version that may be installed. */
	get secureFloor(): number {
		return Math.max(this.#secureVersion, this.#confirmedSecureVersion());
	}

	/** To be called once at start; clears a note that is settled. */
	examine(): TrialFinding {
		const value = readJSON(this.#store, trialRecord);
		const note = isNote(value) ? value : undefined;
		if (this.state === "PENDING_VERIFY") {
			this.#pending = true;
			this.#note = note?.slot === this.#running ? note : undefined;
			return { kind: "pending" };
		}
		// Running without a trial is as good as confirmed; after a cut the note of a confirmed one may still be there.
		if (note === undefined || note.slot === this.#running) {
			this.#settleConfirmed();
			return { kind: "none" };
		}
		const entry = this.#latest(note.slot);
		const switched = entry !== undefined && entry.sequence > note.sequence;
		return { kind: switched ? "rolled-back" : "cut", note };
	}

	/** The changes that settle a finding of `examine`: the note goes, failed content is remembered. */
	settle(finding: TrialFinding): RecordChange[] {
		if (finding.kind === "cut") return [{ name: trialRecord }];
		if (finding.kind !== "rolled-back") return [];
		const { version, sha256, head } = finding.note;
		const failed = [...this.#failed().filter((entry) => entry.sha256 !== sha256), { version, sha256, head }];
		const value = encodeUTF8(JSON.stringify(failed.slice(-maxFailed)));
		return [{ name: trialRecord }, { name: failedRecord, value }];
	}

	/** The change that notes an image before `switchTo`. */
	stage(image: Omit<TrialNote, "sequence">): RecordChange {
		const note: TrialNote = { ...image, sequence: this.#highest() };
		return { name: trialRecord, value: encodeUTF8(JSON.stringify(note)) };
	}

	/** Ends the trial for good: otadata first, so that a cut in between leaves a confirmed firmware. */
	confirm(): void {
		this.#selector.confirm(this.#running);
		this.#pending = false;
		this.#settleConfirmed();
	}

	/** Content that was on trial and failed, by the hash of the whole file. */
	failedFile(sha256: string): boolean {
		return this.#failed().some((entry) => entry.sha256 === sha256);
	}

	/** The same by what stands before the program, so that it is known before the first erase. */
	failedHead(head: string): boolean {
		return this.#failed().some((entry) => entry.head === head);
	}

	/** The note goes, the secure version rises, in one commit; nothing is written where nothing changes. */
	#settleConfirmed(): void {
		const changes: RecordChange[] = [];
		if (readText(this.#store, trialRecord) !== undefined) changes.push({ name: trialRecord });
		if (this.#secureVersion > this.#confirmedSecureVersion()) {
			changes.push({ name: secureRecord, value: encodeUTF8(String(this.#secureVersion)) });
		}
		if (changes.length === 0) return;
		try {
			this.#store.commit(changes);
		} catch {
			// Settled all the same: the next start finds the slot VALID and tries again.
		}
	}

	#confirmedSecureVersion(): number {
		const text = readText(this.#store, secureRecord) ?? "";
		return /^[0-9]{1,10}$/.test(text) ? Number(text) : 0;
	}

	#failed(): ImageIdentity[] {
		const value = readJSON(this.#store, failedRecord);
		return Array.isArray(value) ? value.filter(isIdentity) : [];
	}

	#entries(): Entry[] {
		return this.#selector.entries().filter((entry) => entry.intact);
	}

	#latest(slot: number): Entry | undefined {
		let latest: Entry | undefined;
		for (const entry of this.#entries()) {
			if (entry.slot === slot && entry.sequence > (latest?.sequence ?? -1)) latest = entry;
		}
		return latest;
	}

	#highest(): number {
		return this.#entries().reduce((highest, entry) => Math.max(highest, entry.sequence), 0);
	}
}
