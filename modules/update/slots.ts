// SPDX-License-Identifier: Apache-2.0
//
// The two firmware slots: which one is idle, and lines for people: what lies in them, and what the boot loader thinks of it.

import type { Board } from "../ecma419/board.js";
import type { FlashStorage } from "../ecma419/flash.js";
import { parseDescription } from "../image/description.js";
import type { SelectorPort } from "./interfaces.js";

/** The slot that does not run. */
export function idleSlot({ runningSlot }: Pick<Board, "runningSlot">): 0 | 1 {
	return runningSlot === 0 ? 1 : 0;
}

/** Where the description lies: behind the image header (24) and the first segment header (8). */
const descriptionOffset = 32;
const descriptionBytes = 256;

/** What is known of a slot. */
export interface SlotInfo {
	slot: 0 | 1;
	running: boolean;
	/** Model and version of the image in it, as far as its head says; `undefined` for none. */
	image: string | undefined;
	/** What the boot loader thinks of it, and how young that entry is; `undefined` without an entry. */
	state: string | undefined;
	sequence: number | undefined;
}

/** @returns version and model of the image in a partition, as far as its head says */
function content(storage: FlashStorage, path: string): string | undefined {
	const flash = storage.open({ path, mode: "r" });
	try {
		const head = new Uint8Array(descriptionBytes);
		flash.read(head, descriptionOffset);
		const { version, model } = parseDescription(head, descriptionOffset);
		return `${model} ${version}`;
	} catch {
		return undefined;
	} finally {
		flash.close();
	}
}

export function* slotInfos(storage: FlashStorage, selector: SelectorPort, runningSlot: 0 | 1): Iterable<SlotInfo> {
	const entries = selector.entries().filter((entry) => entry.intact);
	for (const slot of [0, 1] as const) {
		const states = entries.filter((entry) => entry.slot === slot).sort((a, b) => b.sequence - a.sequence);
		const newest = states.length > 0 ? states[0] : undefined;
		const running = slot === runningSlot;
		const image = content(storage, running ? "running" : "nextota");
		yield { slot, running, image, state: newest?.state, sequence: newest?.sequence };
	}
}

/** One line for each slot. */
export function* slotLines(storage: FlashStorage, selector: SelectorPort, runningSlot: 0 | 1): Iterable<string> {
	for (const { slot, running, image = "no image", state, sequence } of slotInfos(storage, selector, runningSlot)) {
		const entry = state === undefined ? "no entry" : `${state}, sequence ${sequence}`;
		yield `ota_${slot}  ${image.padEnd(32)} ${entry}${running ? ", running" : ""}`;
	}
}
