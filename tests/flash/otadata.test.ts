// SPDX-License-Identifier: Apache-2.0
//
// Boot selection: the entry's bytes, the loader's choice, and what activate, confirm and invalidate leave behind.

import test from "node:test";
import assert from "node:assert/strict";
import { BootSelector, buildSelectEntry, parseSelectEntry, type SlotState } from "../../modules/flash/otadata.js";
import { boot } from "./loader.js";
import { BLOCK, NORFake } from "./nor-fake.js";

type Entry = [sequence: number, state: SlotState] | "erased" | "bad crc";

function flashWith(first: Entry, second: Entry): NORFake {
	const flash = new NORFake(2 * BLOCK);
	[first, second].forEach((entry, sector) => {
		if (entry === "erased") return;
		const bytes = entry === "bad crc" ? buildSelectEntry(9, "VALID") : buildSelectEntry(...entry);
		if (entry === "bad crc") bytes[28] = bytes[28]! ^ 1;
		flash.bytes.set(bytes, sector * BLOCK);
	});
	return flash;
}

function shown(flash: NORFake): string {
	return new BootSelector({ flash })
		.entries()
		.map((entry) => (entry.erased ? "-" : `${entry.sequence}${entry.intact ? "" : "!"} ${entry.state}`))
		.join(" | ");
}

test("an entry has ESP-IDF's bytes", () => {
	const bytes = buildSelectEntry(1, "VALID");
	const label = Array(20).fill(0xff) as number[];
	assert.deepEqual([...bytes], [1, 0, 0, 0, ...label, 2, 0, 0, 0, 0x9a, 0x98, 0x43, 0x47]);
	assert.deepEqual([...buildSelectEntry(2, "UNDEFINED").subarray(24, 28)], [0xff, 0xff, 0xff, 0xff]);
	assert.throws(() => buildSelectEntry(1, "OTHER"));
});

test("parseSelectEntry() tells every state", () => {
	const states: SlotState[] = ["NEW", "PENDING_VERIFY", "VALID", "INVALID", "ABORTED", "UNDEFINED"];
	for (const state of states) {
		const entry = parseSelectEntry(buildSelectEntry(6, state));
		assert.equal(entry.state, state);
		assert.equal(entry.slot, 1);
		assert.equal(entry.bootable, state !== "INVALID" && state !== "ABORTED");
	}
	const other = buildSelectEntry(7, "VALID");
	other[24] = 5;
	assert.equal(parseSelectEntry(other).state, "OTHER");
	assert.ok(parseSelectEntry(other).bootable);
	assert.ok(parseSelectEntry(new Uint8Array(32).fill(0xff)).erased);
	assert.ok(!parseSelectEntry(new Uint8Array(32)).intact);
	assert.throws(() => parseSelectEntry(new Uint8Array(31)), { code: "BYTES_TRUNCATED" });
});

test("current() is the loader's choice", () => {
	const table: [Entry, Entry, string][] = [
		["erased", "erased", "none"],
		["bad crc", "erased", "none"],
		["bad crc", "bad crc", "none"],
		[[1, "VALID"], "erased", "slot 0"],
		["erased", [2, "UNDEFINED"], "slot 1"],
		[[1, "VALID"], [2, "NEW"], "slot 1"],
		[[3, "VALID"], [2, "VALID"], "slot 0"],
		[[1, "VALID"], [2, "ABORTED"], "slot 0"],
		[[1, "VALID"], [2, "INVALID"], "slot 0"],
		[[1, "INVALID"], [2, "ABORTED"], "none"],
		[[1, "VALID"], "bad crc", "slot 0"],
		[[5, "VALID"], [5, "NEW"], "slot 0"],
		[[0, "VALID"], "erased", "slot 1"],
		[[0xfffffffe, "VALID"], [1, "VALID"], "slot 1"],
	];
	for (const [first, second, expected] of table) {
		const current = new BootSelector({ flash: flashWith(first, second) }).current();
		assert.equal(current === undefined ? "none" : `slot ${current.slot}`, expected, `${first} and ${second}`);
	}
});

test("activate() writes the sector that does not select the other slot", () => {
	const table: [Entry, Entry, 0 | 1, string][] = [
		[[1, "VALID"], "erased", 1, "1 VALID | 2 NEW"],
		[[1, "VALID"], [2, "VALID"], 0, "3 NEW | 2 VALID"],
		[[3, "VALID"], [2, "VALID"], 1, "3 VALID | 4 NEW"],
		[[1, "VALID"], [2, "ABORTED"], 1, "1 VALID | 4 NEW"],
		[[1, "VALID"], "bad crc", 1, "1 VALID | 2 NEW"],
		[[1, "VALID"], [2, "NEW"], 1, "1 VALID | 4 NEW"],
		[[1, "UNDEFINED"], [2, "PENDING_VERIFY"], 1, "1 UNDEFINED | 4 NEW"],
		["erased", "erased", 1, "1 VALID | 2 NEW"],
		["erased", "erased", 0, "2 VALID | 3 NEW"],
		["bad crc", [1, "ABORTED"], 1, "3 VALID | 4 NEW"],
		[[2, "VALID"], "erased", 1, "4 NEW | 3 VALID"],
		[[2, "VALID"], [4, "VALID"], 1, "5 VALID | 6 NEW"],
	];
	for (const [first, second, slot, expected] of table) {
		const flash = flashWith(first, second);
		new BootSelector({ flash }).activate(slot);
		assert.equal(shown(flash), expected, `${first} and ${second}, slot ${slot}`);
	}
});

test("activate() refuses while the other slot is on trial, and at the end of the numbers", () => {
	const flash = flashWith([1, "VALID"], [2, "PENDING_VERIFY"]);
	assert.throws(() => new BootSelector({ flash }).activate(0), { name: "FlashError", code: "OTADATA_UNCONFIRMED" });
	const last = flashWith([0xfffffffe, "VALID"], "erased");
	assert.throws(() => new BootSelector({ flash: last }).activate(0), { code: "OTADATA_SEQUENCE" });
	assert.deepEqual([...flash.log, ...last.log], []);
});

test("confirm() ends a trial and writes nothing when there is none", () => {
	const table: [Entry, Entry, 0 | 1, string | boolean, string][] = [
		[[1, "VALID"], [2, "PENDING_VERIFY"], 1, true, "1 VALID | 2 VALID"],
		[[1, "VALID"], [2, "NEW"], 1, true, "1 VALID | 2 VALID"],
		[[1, "VALID"], [2, "VALID"], 1, false, "1 VALID | 2 VALID"],
		[[1, "UNDEFINED"], "erased", 0, true, "1 VALID | -"],
		[[1, "VALID"], [2, "PENDING_VERIFY"], 0, "OTADATA_NOT_SELECTED", "1 VALID | 2 PENDING_VERIFY"],
		["erased", "erased", 0, "OTADATA_NOT_SELECTED", "- | -"],
	];
	for (const [first, second, slot, expected, after] of table) {
		const flash = flashWith(first, second);
		const selector = new BootSelector({ flash });
		if (typeof expected === "string") assert.throws(() => selector.confirm(slot), { code: expected });
		else assert.equal(selector.confirm(slot), expected);
		assert.equal(shown(flash), after);
		assert.equal(flash.log.length, expected === true ? 3 : 0);
	}
});

test("invalidate() bars a slot as long as the other one is left", () => {
	const flash = flashWith([1, "VALID"], [2, "PENDING_VERIFY"]);
	const selector = new BootSelector({ flash });
	assert.equal(selector.invalidate(1), true);
	assert.equal(shown(flash), "1 VALID | 2 INVALID");
	assert.equal(selector.invalidate(1), false);
	assert.throws(() => selector.invalidate(0), { code: "OTADATA_NO_FALLBACK" });
	assert.equal(boot(flash, [true, true]), 0);
});

test("a failed write of the selection is noticed", () => {
	const flash = flashWith([1, "VALID"], "erased");
	flash.stuck.add(BLOCK); // low byte of the sequence
	assert.throws(() => new BootSelector({ flash }).activate(1), { code: "FLASH_VERIFY", offset: BLOCK });
	assert.throws(() => new BootSelector({ flash: new NORFake(BLOCK) }), { code: "FLASH_GEOMETRY" });
});

test("trial, confirmation and rollback through the loader", () => {
	const flash = flashWith("erased", "erased");
	const selector = new BootSelector({ flash });
	const both = [true, true] as const;
	assert.equal(boot(flash, both), 0);
	assert.equal(shown(flash), "1 VALID | -");
	selector.activate(1);
	assert.equal(boot(flash, both), 1);
	assert.equal(shown(flash), "1 VALID | 2 PENDING_VERIFY");
	assert.equal(boot(flash, both), 0, "not confirmed: back");
	assert.equal(shown(flash), "1 VALID | 2 ABORTED");
	selector.activate(1);
	assert.equal(boot(flash, both), 1);
	assert.equal(selector.confirm(1), true);
	assert.equal(boot(flash, both), 1);
	selector.activate(0);
	assert.equal(boot(flash, [false, true]), 1, "image damaged: the other slot");
	assert.throws(() => selector.confirm(1), { code: "OTADATA_NOT_SELECTED" });
});

test("cut anywhere in a selection, the loader starts the old or the new slot, and a repeat succeeds", () => {
	const starts: [Entry, Entry][] = [
		[[1, "VALID"], "erased"],
		[
			[1, "VALID"],
			[2, "ABORTED"],
		],
		[
			[1, "VALID"],
			[2, "NEW"],
		],
		[
			[3, "VALID"],
			[2, "VALID"],
		],
	];
	for (const [first, second] of starts) {
		for (let operations = 0; operations < 3; operations++) {
			for (let eighth = 0; eighth <= 8; eighth++) {
				const flash = flashWith(first, second);
				flash.cut = { operations, part: eighth / 8 };
				assert.throws(() => new BootSelector({ flash }).activate(1), { code: "FLASH_IO" });
				flash.cut = undefined;
				const name = `${first} ${second}, cut ${operations} ${eighth}`;
				const started = boot(flash, [true, true]);
				const complete = operations === 2 && eighth === 8;
				if (complete) assert.equal(started, 1, name);
				else if (second[1] !== "NEW") assert.equal(started, 0, name);
				assert.equal(boot(flash, [true, true]), 0, `${name}: after the trial`);
				new BootSelector({ flash }).activate(1);
				assert.equal(boot(flash, [true, true]), 1, name);
			}
		}
	}
});

test("cut anywhere in a confirmation, the loader starts one of the two, and never nothing", () => {
	for (let operations = 0; operations < 3; operations++) {
		for (let eighth = 0; eighth <= 8; eighth++) {
			const flash = flashWith([1, "VALID"], [2, "PENDING_VERIFY"]);
			flash.cut = { operations, part: eighth / 8 };
			assert.throws(() => new BootSelector({ flash }).confirm(1), { code: "FLASH_IO" });
			flash.cut = undefined;
			const started = boot(flash, [true, true]);
			const complete = operations === 2 && eighth === 8;
			assert.equal(started, complete ? 1 : 0, `cut ${operations} ${eighth}`);
		}
	}
});

test("claim() makes the running slot the selected one, whatever is shown, and keeps the other one's entry", () => {
	const table: [Entry, Entry, 0 | 1, string][] = [
		[[1, "VALID"], [2, "PENDING_VERIFY"], 1, "1 VALID | 2 VALID"],
		[[1, "VALID"], [2, "VALID"], 1, "1 VALID | 2 VALID"],
		[[1, "VALID"], "erased", 1, "1 VALID | 2 VALID"],
		[[1, "VALID"], "bad crc", 1, "1 VALID | 2 VALID"],
		["bad crc", [2, "VALID"], 0, "3 VALID | 2 VALID"],
		[[1, "VALID"], [2, "VALID"], 0, "3 VALID | 2 VALID"],
		["erased", "erased", 0, "1 VALID | -"],
	];
	for (const [first, second, slot, expected] of table) {
		const flash = flashWith(first, second);
		new BootSelector({ flash }).claim(slot);
		assert.equal(shown(flash), expected);
		assert.equal(boot(flash, [true, true]), slot);
	}
});

test("claim() and settle() go by one look at an entry that reads differently each time", () => {
	for (const method of ["claim", "settle"] as const) {
		for (let right = 0; right < 4; right++) {
			const flash = flashWith([1, "VALID"], [2, "VALID"]);
			let looks = 0;
			const read = flash.read.bind(flash);
			const isFirm = (): boolean => flash.log.some((line) => line.startsWith("write"));
			flash.read = ((target: Uint8Array, offset: number): number => {
				read(target, offset);
				/* The last byte of the CRC was being written when the power went; it is firm once it is written again. */
				if (offset === BLOCK && !isFirm() && looks++ !== right) target[31]! ^= 0x40;
				return target.length;
			}) as typeof flash.read;
			new BootSelector({ flash })[method](1);
			assert.ok(isFirm(), `${method}, ${right}`);
			assert.equal(boot(flash, [true, true]), 1, `${method}, ${right}`);
		}
	}
});
