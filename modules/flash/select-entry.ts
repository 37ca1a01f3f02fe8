// SPDX-License-Identifier: Apache-2.0
//
// One boot selection entry (esp_ota_select_entry_t, 32 bytes), both ways, and the loader's choice between two of them.
// Leaves out partition tables with other than two slots. Sources: ESP-IDF, esp_flash_partitions.h, bootloader_common_loader.c.
//
// 0 sequence   4 label (20, unused, 0xFF)   24 state   28 CRC-32 of the sequence alone (start value 0xFFFFFFFF)
//
// The CRC does not cover the state; the loader takes every state but INVALID and ABORTED as bootable, also unknown ones.

import { crc32 } from "../bytes/crc32.js";
import { ByteReader } from "../bytes/reader.js";
import { ByteWriter } from "../bytes/writer.js";

export const SELECT_ENTRY_LENGTH = 32;
/** Position of the CRC: programmed last, it makes the rest count. */
export const SELECT_CRC_OFFSET = 28;
export const SLOT_COUNT = 2;
/** Sequence of an erased entry. */
export const SEQUENCE_ERASED = 0xffffffff;

export type Slot = 0 | 1;

/** `OTHER` stands for a number ESP-IDF does not define. */
export type SlotState = "NEW" | "PENDING_VERIFY" | "VALID" | "INVALID" | "ABORTED" | "UNDEFINED" | "OTHER";

const STATES: readonly SlotState[] = Object.freeze(["NEW", "PENDING_VERIFY", "VALID", "INVALID", "ABORTED"]);
const STATE_UNDEFINED = 0xffffffff;

export interface SelectEntry {
	sequence: number;
	state: SlotState;
	/** Slot the sequence stands for: (sequence - 1) modulo 2. */
	slot: Slot;
	/** Sequence and CRC are erased. */
	erased: boolean;
	/** The CRC fits the sequence, and the sequence is not that of an erased entry. */
	intact: boolean;
	/** The loader may choose it: `intact`, and neither INVALID nor ABORTED. */
	bootable: boolean;
}

function sequenceCRC(sequence: number): number {
	const writer = new ByteWriter(4);
	writer.u32le(sequence);
	return crc32(writer.finish(), 0xffffffff);
}

function stateOf(value: number): SlotState {
	if (value === STATE_UNDEFINED) return "UNDEFINED";
	return value < STATES.length ? STATES[value] : "OTHER";
}

/**
 * @param input at least 32 bytes; any content has a meaning
 * @throws ParseError BYTES_TRUNCATED
 */
export function parseSelectEntry(input: Uint8Array): SelectEntry {
	const reader = new ByteReader(input);
	const sequence = reader.u32le();
	reader.skip(20);
	const state = stateOf(reader.u32le());
	const crc = reader.u32le();
	const intact = sequence !== SEQUENCE_ERASED && crc === sequenceCRC(sequence);
	return {
		sequence,
		state,
		slot: slotOf(sequence),
		erased: sequence === SEQUENCE_ERASED && crc === 0xffffffff,
		intact,
		bootable: intact && state !== "INVALID" && state !== "ABORTED",
	};
}

/** @returns 32 bytes @throws ParseError BYTES_VALUE for a sequence outside 0 to 0xFFFFFFFF; RangeError for state OTHER */
export function buildSelectEntry(sequence: number, state: SlotState): Uint8Array {
	const value = state === "UNDEFINED" ? STATE_UNDEFINED : STATES.indexOf(state);
	if (value < 0) throw new RangeError(`state ${state} has no number`);
	const writer = new ByteWriter(SELECT_ENTRY_LENGTH);
	writer.u32le(sequence);
	writer.fill(20, 0xff);
	writer.u32le(value);
	writer.u32le(sequenceCRC(sequence));
	return writer.finish();
}

/** Slot of a sequence, in the loader's unsigned arithmetic (0 gives slot 1). */
export function slotOf(sequence: number): Slot {
	return ((sequence - 1) & 1) === 0 ? 0 : 1;
}

/**
 * The loader's choice (bootloader_common_get_active_otadata): the higher sequence of the bootable ones, the first if equal.
 * @returns index of the entry, or `undefined` when neither is bootable
 */
export function activeEntry(entries: readonly [SelectEntry, SelectEntry]): 0 | 1 | undefined {
	const [first, second] = entries;
	if (first.bootable && second.bootable) return first.sequence >= second.sequence ? 0 : 1;
	if (first.bootable) return 0;
	return second.bootable ? 1 : undefined;
}
