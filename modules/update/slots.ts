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

/** @returns version and model of the image in a partition, as far as its head says */
function content(storage: FlashStorage, path: string): string {
	const flash = storage.open({ path, mode: "r" });
	try {
		const head = new Uint8Array(descriptionBytes);
		flash.read(head, descriptionOffset);
		const { version, model } = parseDescription(head, descriptionOffset);
		return `${model} ${version}`;
	} catch {
		return "no image";
	} finally {
		flash.close();
	}
}

/** One line for each slot. */
export function* slotLines(storage: FlashStorage, selector: SelectorPort, runningSlot: 0 | 1): Iterable<string> {
	const entries = selector.entries().filter((entry) => entry.intact);
	for (const slot of [0, 1]) {
		const states = entries.filter((entry) => entry.slot === slot).sort((a, b) => b.sequence - a.sequence);
		const state = states.length > 0 ? `${states[0].state}, sequence ${states[0].sequence}` : "no entry";
		const image = content(storage, slot === runningSlot ? "running" : "nextota");
		yield `ota_${slot}  ${image.padEnd(32)} ${state}${slot === runningSlot ? ", running" : ""}`;
	}
}
