// SPDX-License-Identifier: Apache-2.0
//
// The boot selection over two damaged entries: the choice is the loader's rule, computed anew here; every change either does
// what it says or refuses with FlashError, and the slot to fall back to is never lost.

import assert from "node:assert/strict";
import { FlashError } from "../../../modules/flash/error.js";
import { BootSelector, buildSelectEntry, type Slot } from "../../../modules/flash/otadata.js";
import { BLOCK, NORFake } from "../../flash/nor-fake.js";
import type { Target } from "../target.js";

const entryLength = 32;

/** CRC-32 of a sequence as the ROM starts it: from a register of 0. */
function sequenceCRC(sequence: number): number {
	let crc = 0;
	for (let i = 0; i < 4; i++) {
		crc ^= (sequence >>> (8 * i)) & 0xff;
		for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc >>> 0;
}

/** The loader's rule on raw bytes. @returns `sequence:slot` of the choice */
function choice(input: Uint8Array): string | undefined {
	const view = new DataView(input.buffer, input.byteOffset);
	const good = [0, entryLength].filter((at) => {
		const [sequence, state, crc] = [
			view.getUint32(at, true),
			view.getUint32(at + 24, true),
			view.getUint32(at + 28, true),
		];
		return sequence !== 0xffffffff && state !== 3 && state !== 4 && crc === sequenceCRC(sequence);
	});
	const best = Math.max(...good.map((at) => view.getUint32(at, true)));
	return good.length === 0 ? undefined : `${best}:${best === 0 ? 1 : (best - 1) % 2}`;
}

function flashOf(input: Uint8Array): NORFake {
	const flash = new NORFake(2 * BLOCK);
	flash.bytes.set(input.subarray(0, entryLength));
	flash.bytes.set(input.subarray(entryLength, 2 * entryLength), BLOCK);
	return flash;
}

/** @returns the result, or `undefined` when the call was refused and nothing was changed */
function attempt<T>(flash: NORFake, call: () => T): T | undefined {
	const before = flash.bytes.slice();
	try {
		return call();
	} catch (error) {
		if (!(error instanceof FlashError)) throw error;
		assert.match(error.code, /^OTADATA_/);
		if (error.code !== "OTADATA_SEQUENCE") assert.deepEqual(flash.bytes, before, error.code);
		return undefined;
	}
}

const hasEntry = (selector: BootSelector, slot: Slot): boolean =>
	selector.entries().some((entry) => entry.bootable && entry.slot === slot);

function checkChanges(input: Uint8Array, slot: Slot): void {
	const other: Slot = slot === 0 ? 1 : 0;
	const active = flashOf(input);
	const selector = new BootSelector({ flash: active });
	if (attempt(active, () => (selector.activate(slot), true))) {
		assert.deepEqual([selector.current()?.slot, selector.current()?.state], [slot, "NEW"]);
		assert.ok(hasEntry(selector, other), "the way back is lost");
		assert.equal(selector.confirm(slot), true);
		assert.deepEqual([selector.current()?.slot, selector.current()?.state], [slot, "VALID"]);
		assert.equal(selector.invalidate(slot), true);
		assert.equal(selector.current()?.slot, other);
	}
	const barred = flashOf(input);
	const barring = new BootSelector({ flash: barred });
	// A sequence of an older entry for the same slot may count now: one more call bars that too.
	for (let i = 0; i < 3 && attempt(barred, () => barring.invalidate(slot)); i++);
	if (barring.current() !== undefined) assert.ok(!hasEntry(barring, slot) || !hasEntry(barring, other));
	const confirmed = flashOf(input);
	const confirming = new BootSelector({ flash: confirmed });
	const before = confirming.current();
	attempt(confirmed, () => confirming.confirm(slot));
	assert.deepEqual([confirming.current()?.slot, confirming.current()?.sequence], [before?.slot, before?.sequence]);
}

export const selectTarget: Target = {
	name: "select",
	fixedLength: true,
	corpus: () => {
		const erased = new Uint8Array(32).fill(0xff);
		const pairs = [
			[erased, erased],
			[buildSelectEntry(1, "VALID"), erased],
			[buildSelectEntry(1, "VALID"), buildSelectEntry(2, "NEW")],
			[buildSelectEntry(5, "PENDING_VERIFY"), buildSelectEntry(4, "VALID")],
			[buildSelectEntry(7, "INVALID"), buildSelectEntry(6, "ABORTED")],
			[buildSelectEntry(0xfffffffe, "VALID"), buildSelectEntry(0xfffffffd, "VALID")],
			[buildSelectEntry(2, "UNDEFINED"), buildSelectEntry(4, "VALID")],
		];
		return pairs.map((pair) => Buffer.concat(pair)).map((bytes) => new Uint8Array(bytes));
	},
	repair(input) {
		const view = new DataView(input.buffer, input.byteOffset);
		for (const at of [0, entryLength]) view.setUint32(at + 28, sequenceCRC(view.getUint32(at, true)), true);
	},
	check(input, random) {
		const selector = new BootSelector({ flash: flashOf(input) });
		const current = selector.current();
		assert.equal(current === undefined ? undefined : `${current.sequence}:${current.slot}`, choice(input));
		selector.entries().forEach((entry, index) => {
			if (!entry.intact || entry.state === "OTHER") return;
			const built = buildSelectEntry(entry.sequence, entry.state);
			const raw = input.slice(index * entryLength, (index + 1) * entryLength);
			raw.fill(0xff, 4, 24); // the label has no meaning
			assert.deepEqual(built, raw);
		});
		checkChanges(input, random.below(2) === 0 ? 0 : 1);
		return true;
	},
};
