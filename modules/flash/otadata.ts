// SPDX-License-Identifier: Apache-2.0
//
// Boot selection in the `otadata` partition (two sectors, one esp_ota_select_entry_t each), through the flash interface.
// Does what esp_ota_set_boot_partition and esp_ota_mark_app_* do to the flash; leaves out verifying the image in the slot,
// factory partitions, more than two slots, and encrypted flash (the entry goes in two writes of 28 and 4 bytes).
// Source: ESP-IDF, esp_ota_ops.c.
//
// States of the selected slot:   activate -> NEW -(loader)-> PENDING_VERIFY -(confirm)-> VALID
//                                            PENDING_VERIFY -(loader, next boot)-> ABORTED     any -(invalidate)-> INVALID
//
// Power cuts. The sector that selects the other slot is never touched by `activate`, `confirm` or `invalidate`, so between
// an erase and its write the loader goes by that one: the firmware that worked before. An entry counts only once its
// CRC is written, which comes in a write of its own after the state. Whoever decides by what he reads after a cut calls
// `claim` or `settle` first: the last write may read differently at the next boot.

import type { Flash } from "../ecma419/flash.js";
import { FlashAccess } from "./access.js";
import { FlashError } from "./error.js";
import {
	SELECT_CRC_OFFSET,
	SELECT_ENTRY_LENGTH,
	SEQUENCE_ERASED,
	activeEntry,
	buildSelectEntry,
	parseSelectEntry,
	type SelectEntry,
	type Slot,
	type SlotState,
} from "./select-entry.js";

export { parseSelectEntry, buildSelectEntry, type SelectEntry, type Slot, type SlotState } from "./select-entry.js";

export interface BootSelection {
	slot: Slot;
	sequence: number;
	state: SlotState;
	/** Which of the two sectors says so. */
	sector: 0 | 1;
}

export interface BootSelectorOptions {
	/** The `otadata` partition, open for writing; not closed here. */
	flash: Flash;
	/** Only two slots are supported. */
	slots?: 2;
}

/** Reads and changes which slot the loader starts. Keeps nothing in memory: each call reads the flash. */
export class BootSelector {
	readonly #access: FlashAccess;

	/** @throws FlashError FLASH_IO, FLASH_GEOMETRY (less than two sectors) */
	constructor(options: BootSelectorOptions) {
		this.#access = new FlashAccess(options.flash);
		if (this.#access.size < 2 * this.#access.blockLength) {
			throw new FlashError("FLASH_GEOMETRY", "otadata needs two sectors");
		}
	}

	/** Both entries as they lie in the flash. @throws FlashError FLASH_IO */
	entries(): [SelectEntry, SelectEntry] {
		return [this.read(0), this.read(1)];
	}

	/**
	 * What the loader goes by.
	 * @returns `undefined` when neither entry is bootable: the loader then tries slot 0, then slot 1
	 * @throws FlashError FLASH_IO
	 */
	current(): BootSelection | undefined {
		const entries = this.entries();
		const sector = activeEntry(entries);
		if (sector === undefined) return undefined;
		const { slot, sequence, state } = entries[sector];
		return { slot, sequence, state, sector };
	}

	/**
	 * Puts `slot` on trial: the next boot starts it, once, unless it is confirmed. Its image must be complete and checked.
	 * The entry of the other slot stays (is made, where there is none) as what the loader falls back to. To take an
	 * activation back before the restart, `invalidate` the slot.
	 * @param slot the slot that does not run
	 * @throws FlashError OTADATA_UNCONFIRMED (the other slot is itself on trial; nothing changed), OTADATA_SEQUENCE,
	 * FLASH_VERIFY, FLASH_IO
	 */
	activate(slot: Slot): void {
		const entries = this.entries();
		const keep = sectorOf(entries, other(slot));
		if (keep !== undefined && entries[keep].state === "PENDING_VERIFY") {
			throw new FlashError("OTADATA_UNCONFIRMED", `slot ${other(slot)} is still on trial`);
		}
		if (keep !== undefined) {
			return this.write(keep === 0 ? 1 : 0, nextSequence(highest(entries), slot), "NEW");
		}
		// Nothing says yet that the other slot works, though it runs: say so first, or a failed trial has nowhere to go.
		// The first write must not take the entry that now selects `slot`, if there is one: a cut would then lose both.
		const active = activeEntry(entries);
		const first = active === 0 ? 1 : 0;
		const fallback = nextSequence(highest(entries), other(slot));
		this.write(first, fallback, "VALID");
		this.write(first === 0 ? 1 : 0, nextSequence(fallback, slot), "NEW");
	}

	/**
	 * Ends the trial of the running slot: its state becomes VALID. Writes nothing when it is, as ESP-IDF does.
	 * A cut between erase and write leaves the other slot selected, as ESP-IDF does.
	 * @param runningSlot the slot this firmware was started from
	 * @returns `true` when the state was changed
	 * @throws FlashError OTADATA_NOT_SELECTED (another slot is selected, or none), FLASH_VERIFY, FLASH_IO
	 */
	confirm(runningSlot: Slot): boolean {
		const current = this.current();
		if (current === undefined || current.slot !== runningSlot) {
			const found = current === undefined ? "no slot" : `slot ${current.slot}`;
			throw new FlashError("OTADATA_NOT_SELECTED", `${found} is selected, slot ${runningSlot} runs`);
		}
		if (current.state === "VALID") return false;
		this.write(current.sector, current.sequence, "VALID");
		return true;
	}

	/**
	 * Bars `slot` from being started: the other slot is selected from now on. Writes nothing when no entry selects `slot`.
	 * @returns `true` when the state was changed
	 * @throws FlashError OTADATA_NO_FALLBACK (no bootable entry for the other slot; nothing changed), FLASH_VERIFY, FLASH_IO
	 */
	invalidate(slot: Slot): boolean {
		const entries = this.entries();
		const sector = sectorOf(entries, slot);
		if (sector === undefined) return false;
		if (sectorOf(entries, other(slot)) === undefined) {
			throw new FlashError("OTADATA_NO_FALLBACK", `slot ${other(slot)} has no bootable entry`);
		}
		this.write(sector, entries[sector].sequence, "INVALID");
		return true;
	}

	/**
	 * Makes the running slot the one that is selected and VALID, for certain: for a program that knows that the loader has started
	 * it and that it is to stay, whatever otadata shows. The last write before a power cut may read right at one
	 * look and wrong at the next; what reads as it should is written once more, without an erase, and so stays what it is.
	 * The entry of the other slot stays.
	 * @throws FlashError OTADATA_SEQUENCE, FLASH_VERIFY, FLASH_IO
	 */
	claim(runningSlot: Slot): void {
		const entries = this.entries();
		const active = activeEntry(entries);
		if (active === undefined || entries[active].slot !== runningSlot) {
			this.write(active === 0 ? 1 : 0, nextSequence(highest(entries), runningSlot), "VALID");
		} else if (entries[active].state === "VALID") this.renew(active, entries[active]);
		else this.write(active, entries[active].sequence, "VALID");
	}

	/**
	 * Makes the running slot the one that is selected, for certain, whatever a power cut has left: the other entry goes.
	 * @throws FlashError OTADATA_SEQUENCE, FLASH_VERIFY, FLASH_IO
	 */
	settle(runningSlot: Slot): void {
		const entries = this.entries();
		let sector = sectorOf(entries, runningSlot);
		if (sector === undefined) {
			sector = activeEntry(entries) === 0 ? 1 : 0;
			this.write(sector, nextSequence(highest(entries), runningSlot), "VALID");
		} else this.renew(sector, entries[sector]);
		const gone = sector === 0 ? 1 : 0;
		this.#access.erase(gone, gone + 1);
	}

	/** From what was understood, not from another look at the flash: that may show something else. */
	private renew(sector: 0 | 1, { sequence, state }: SelectEntry): void {
		if (state !== "OTHER") this.#access.program(buildSelectEntry(sequence, state), sector * this.#access.blockLength);
	}

	private read(sector: 0 | 1): SelectEntry {
		const bytes = new Uint8Array(SELECT_ENTRY_LENGTH);
		this.#access.read(bytes, sector * this.#access.blockLength);
		return parseSelectEntry(bytes);
	}

	private write(sector: 0 | 1, sequence: number, state: SlotState): void {
		const bytes = buildSelectEntry(sequence, state);
		const offset = sector * this.#access.blockLength;
		this.#access.erase(sector, sector + 1);
		this.#access.program(bytes.subarray(0, SELECT_CRC_OFFSET), offset);
		this.#access.program(bytes.subarray(SELECT_CRC_OFFSET), offset + SELECT_CRC_OFFSET);
		const found = this.read(sector);
		if (found.sequence !== sequence || found.state !== state || !found.intact) {
			throw new FlashError("FLASH_VERIFY", "boot selection reads back differently", { offset });
		}
	}
}

function other(slot: Slot): Slot {
	return slot === 0 ? 1 : 0;
}

/** The sector the loader would go by for `slot`. */
function sectorOf(entries: readonly [SelectEntry, SelectEntry], slot: Slot): 0 | 1 | undefined {
	const [first, second] = entries;
	return activeEntry([
		{ ...first, bootable: first.bootable && first.slot === slot },
		{ ...second, bootable: second.bootable && second.slot === slot },
	]);
}

/**
 * Above what lies there, aborted entries too, where ESP-IDF goes by the bootable one alone: a number that is never used twice
 * lets a later start tell whether a switch took place.
 */
function highest(entries: readonly SelectEntry[]): number {
	return entries.reduce((most, { intact, sequence }) => (intact && sequence > most ? sequence : most), 0);
}

/** The lowest sequence above `above` that stands for `slot`. */
function nextSequence(above: number, slot: Slot): number {
	const next = above + 1 + ((above + slot) & 1);
	if (next >= SEQUENCE_ERASED) throw new FlashError("OTADATA_SEQUENCE", "sequence numbers are used up");
	return next;
}
