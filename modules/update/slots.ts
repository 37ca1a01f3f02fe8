// SPDX-License-Identifier: Apache-2.0
//
// The two firmware slots: which one is idle, and lines for people: what lies in them, and what the boot loader thinks of it.

import type { Board } from "../ecma419/board.js";
import type { FlashStorage } from "../ecma419/flash.js";
import { parseDescription } from "../image/description.js";
import { IMAGE_HEADER_LENGTH, parseImageHeader, SEGMENT_HEADER_LENGTH } from "../image/header.js";
import { headBytes } from "./image-judge.js";
import type { RecordStore, SelectorPort } from "./interfaces.js";
import { DownloadJournal } from "./journal.js";

/** The slot that does not run. */
export function idleSlot({ runningSlot }: Pick<Board, "runningSlot">): 0 | 1 {
	return runningSlot === 0 ? 1 : 0;
}

/** Where the description lies: behind the image header (24) and the first segment header (8). */
const descriptionOffset = IMAGE_HEADER_LENGTH + SEGMENT_HEADER_LENGTH;

/** What is known of a slot. */
export interface SlotInfo {
	slot: 0 | 1;
	running: boolean;
	/** Model and version of the image in it, as far as its head says; `undefined` for none, or for one that was refused. */
	image: string | undefined;
	/** Bytes of it that are there, while a download that broke can be gone on with. */
	stored?: number;
	/** What the boot loader thinks of it, and how young that entry is; `undefined` without an entry. */
	state: string | undefined;
	sequence: number | undefined;
}

/** @returns version and model of the image in a partition, as far as its head says */
function content(storage: FlashStorage, path: string): string | undefined {
	const flash = storage.open({ path, mode: "r" });
	try {
		const head = new Uint8Array(headBytes);
		flash.read(head, 0);
		/* The header of a refused one is overwritten. */
		parseImageHeader(head);
		const { version, model } = parseDescription(head.subarray(descriptionOffset), descriptionOffset);
		return `${model} ${version}`;
	} catch {
		return undefined;
	} finally {
		flash.close();
	}
}

export interface SlotParts {
	storage: FlashStorage;
	selector: SelectorPort;
	store: RecordStore;
	runningSlot: 0 | 1;
}

export function* slotInfos({ storage, selector, store, runningSlot }: SlotParts): Iterable<SlotInfo> {
	const unfinished = new DownloadJournal(store).unfinished;
	const entries = selector.entries().filter((entry) => entry.intact);
	for (const slot of [0, 1] as const) {
		const states = entries.filter((entry) => entry.slot === slot).sort((a, b) => b.sequence - a.sequence);
		const newest = states.length > 0 ? states[0] : undefined;
		const running = slot === runningSlot;
		const image = content(storage, running ? "running" : "nextota");
		const partial = unfinished?.slot === slot ? { stored: unfinished.stored } : {};
		yield { slot, running, image, ...partial, state: newest?.state, sequence: newest?.sequence };
	}
}

/** One line for each slot. */
export function* slotLines(parts: SlotParts): Iterable<string> {
	for (const { slot, running, image = "no image", stored, state, sequence } of slotInfos(parts)) {
		const entry = state === undefined ? "no entry" : `${state}, sequence ${sequence}`;
		const content = stored === undefined ? image : `${image}, ${Math.floor(stored / 1024)} KB of it`;
		yield `ota_${slot}  ${content.padEnd(32)} ${entry}${running ? ", running" : ""}`;
	}
}
