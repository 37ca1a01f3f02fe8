// SPDX-License-Identifier: Apache-2.0
//
// The firmware's readers and the loader's are of one mind about damaged inputs: what the firmware installs the loader starts, and
// the slot the firmware expects is the one the loader chooses.
// node-only: compiles C programs.

import assert from "node:assert/strict";
import test from "node:test";
import { activeEntry, parseSelectEntry, type SelectEntry } from "../../modules/flash/select-entry.js";
import { ImageParser } from "../../modules/image/parser.js";
import { inTemporaryFolder } from "../bootloader/harness/c-tests.js";
import { Random } from "../harness/random.js";
import { joined } from "../image/sample.js";
import { compileNative, nativeTargetNamed, runInputs } from "./native/run.js";
import { mutate } from "./mutate.js";
import { imageTarget } from "./targets/image.js";
import { selectTarget } from "./targets/select.js";

const seed = 11;
const slotSize = 0x3000;
const elf = [0x7f, 0x45, 0x4c, 0x46];

/** @param inputs without the flags of the program's input */
function run(name: string, flags: number[], inputs: readonly Uint8Array[]): number[] {
	const target = nativeTargetNamed(name)!;
	return inTemporaryFolder((folder) => {
		const program = compileNative(target, folder, false);
		return runInputs(
			program,
			inputs.map((input) => joined(Uint8Array.from(flags), input)),
		);
	});
}

/** What an update would write. That segment 1 is a program is a rule of the Linux loader alone. */
function isInstalled(input: Uint8Array): boolean {
	try {
		const parser = new ImageParser({ chip: 0x8664, maxSize: slotSize, revision: 0 });
		parser.write(input);
		const { segments } = parser.end();
		return segments.length > 1 && elf.every((byte, i) => input[segments[1]!.offset + i] === byte);
	} catch {
		return false;
	}
}

test("what the firmware's parser takes, the loader starts", () => {
	const random = new Random(seed);
	const corpus = nativeTargetNamed("loader-image")!
		.corpus()
		.map((input) => input.slice(1));
	const images: Uint8Array[] = [];
	for (let i = 0; i < 6000; i++) {
		const input = mutate(random, corpus, false);
		imageTarget.repair?.(input, random);
		if (isInstalled(input)) images.push(input);
	}
	assert.ok(images.length > 300, `${images.length} images`);
	const taken = run("loader-image", [0], images);
	const refused = taken.findIndex((value) => value === 0);
	assert.equal(refused, -1, `seed ${seed}: image ${refused} of ${images.length} is refused by the loader`);
});

/** ESP-IDF's loader with two slots, both good: who was on trial is barred, then the higher sequence; slot 0 when nobody is left. */
function expected(input: Uint8Array): number {
	const entries = [0, 32].map((at) => parseSelectEntry(input.subarray(at))) as [SelectEntry, SelectEntry];
	for (const entry of entries) if (entry.state === "PENDING_VERIFY") entry.bootable = false;
	const active = activeEntry(entries);
	return active === undefined ? 0 : entries[active].slot;
}

test("the slot that the firmware reads out of the boot choice is the one the loader tries first", () => {
	const random = new Random(seed);
	const corpus = selectTarget.corpus();
	const inputs = Array.from({ length: 6000 }, () => {
		const input = mutate(random, corpus, true);
		if (random.below(2) === 0) selectTarget.repair?.(input, random);
		return input;
	});
	const slots = run("loader-otadata", [0, 2, 4], inputs);
	// 0 stands for "the factory program", which is not there: the loader goes on with slot 0.
	slots.forEach((value, index) => {
		assert.equal(Math.max(0, value - 1), expected(inputs[index]!), `seed ${seed}, input ${index}`);
	});
	assert.ok(new Set(slots).size === 3);
});
