// SPDX-License-Identifier: Apache-2.0
//
// The receiver of XMODEM by vectors: as they are, at every split, cut at every byte, and with a noisy line between it and a sender.

import assert from "node:assert/strict";
import test from "node:test";
import { encodeUTF8, toHex } from "../../modules/bytes/text.js";
import { crc16 } from "../../modules/xmodem/crc16.js";
import { readFileHeader } from "../../modules/xmodem/file-header.js";
import { Random } from "../harness/random.js";
import { type Conversation, conversations, join, Reader, type Step } from "./conversation.js";
import { Sender } from "./sender.js";

const valid = conversations("valid");
const invalid = conversations("invalid");

/** Plays all of it. @param cut where each text of the sender is cut in two; none: not at all */
function play({ name, steps }: Conversation, cut?: number): void {
	const reader = new Reader();
	const { receiver } = reader;
	for (const [i, step] of steps.entries()) {
		const where = `${name}, line ${i + 2}, cut at ${cut}`;
		if (step.kind === "gets") {
			reader.write(step.bytes.subarray(0, cut));
			if (cut !== undefined) reader.write(step.bytes.subarray(cut));
		} else if (step.kind === "says") assert.equal(toHex(receiver.output()), toHex(step.bytes), where);
		else if (step.kind === "silence") {
			assert.equal(receiver.waitMs, step.ms, where);
			receiver.timeout();
		} else if (step.kind === "error") assert.equal(reader.code, step.code, where);
		else assert.equal(toHex(join(reader.parts)), toHex(step.bytes), where);
	}
	assert.ok(receiver.over, name);
	assert.equal(receiver.write(encodeUTF8("more")), 0, name);
	assert.equal(reader.code === undefined, steps.at(-1)?.kind === "content", name);
}

/** @returns whether it came to an end within what ten errors in a row may take */
function runOut({ receiver }: Reader): boolean {
	for (let i = 0; i < 200 && !receiver.over; i++) receiver.timeout();
	return receiver.over;
}

const longest = (steps: Step[]): number =>
	steps.reduce((most, step) => (step.kind === "gets" ? Math.max(most, step.bytes.length) : most), 0);

test("each conversation of the vectors goes as written", () => {
	assert.ok(valid.length >= 25 && invalid.length >= 15);
	for (const conversation of [...valid, ...invalid]) play(conversation);
});

test("the same, with what the sender says cut in two at every byte", () => {
	for (const conversation of [...valid, ...invalid])
		for (let cut = 1; cut < longest(conversation.steps); cut++) play(conversation, cut);
});

test("a sender that stops at any byte: the receiver ends, with an error or with the file", () => {
	for (const { name, steps } of [...valid, ...invalid]) {
		const gets = steps.filter((step) => step.kind === "gets").map((step) => step.bytes);
		for (const [i, bytes] of gets.entries())
			for (let length = 0; length < bytes.length; length += length < 8 ? 1 : 61) {
				const reader = new Reader();
				for (const before of gets.slice(0, i)) {
					reader.write(before);
					if (before.length < 100) reader.receiver.timeout();
				}
				reader.write(bytes.subarray(0, length));
				assert.ok(runOut(reader), `${name}, text ${i} cut to ${length}`);
			}
	}
});

test("noise without a sender: the receiver ends", () => {
	for (let seed = 1; seed <= 30; seed++) {
		const random = new Random(seed);
		const reader = new Reader();
		for (let i = 0; i < 40 && !reader.receiver.over; i++) {
			reader.write(random.bytes(1 + random.below(3000)));
			if (random.below(3) === 0) reader.receiver.timeout();
			assert.ok(reader.receiver.output().length < 10_000, `seed ${seed}`);
		}
		assert.ok(runOut(reader), `seed ${seed}`);
		assert.notEqual(reader.code, undefined, `seed ${seed}`);
	}
});

test("over a noisy line the file comes as it is, or there is an error", () => {
	const outcomes = { whole: 0, failed: 0 };
	for (let seed = 1; seed <= 60; seed++) {
		const random = new Random(seed);
		const file = random.bytes(random.below(6000));
		if (file.length > 0) file[file.length - 1] = 0x41; // what padding may be is tried elsewhere
		const reader = new Reader();
		const sender = new Sender(file, {
			long: seed % 2 === 0,
			batch: seed % 3 === 0,
			random,
			errorRate: (seed % 5) * 4e-4,
		});
		sender.converse(reader);
		const told = `seed ${seed}: ${reader.code}`;
		if (reader.code === undefined) {
			assert.equal(toHex(join(reader.parts)), toHex(file), told);
			outcomes.whole++;
		} else {
			assert.notEqual(seed % 5, 0, told);
			outcomes.failed++;
		}
	}
	assert.ok(outcomes.whole > 40, JSON.stringify(outcomes));
});

test("a file of more than 256 blocks", () => {
	const random = new Random(7);
	const file = join([random.bytes(128 * 600), encodeUTF8("end")]);
	const reader = new Reader();
	new Sender(file, { long: false, batch: false, random, errorRate: 0 }).converse(reader);
	assert.equal(reader.code, undefined);
	assert.equal(toHex(join(reader.parts)), toHex(file));
});

test("a file whose length is a multiple keeps the 0x1A at its end", () => {
	for (const end of ["", "\x1a", "\x1a\x1a\x1a", "\x1a".repeat(15)]) {
		const file = encodeUTF8("abcd".repeat(40).slice(0, 160 - end.length) + end);
		const reader = new Reader({ multipleOf: 16 });
		new Sender(file, { long: false, batch: false, random: new Random(1), errorRate: 0 }).converse(reader);
		assert.equal(toHex(join(reader.parts)), toHex(file));
	}
});

test("a file that ends with 0x1A keeps them where the sender says how long it is", () => {
	const file = encodeUTF8("abc\x1a\x1a");
	const reader = new Reader();
	new Sender(file, { long: false, batch: true, random: new Random(1), errorRate: 0 }).converse(reader);
	assert.equal(toHex(join(reader.parts)), toHex(file));
});

test("crc16() is the one of XMODEM", () => {
	assert.equal(crc16(encodeUTF8("123456789")), 0x31c3);
	assert.equal(crc16(new Uint8Array(0)), 0);
	assert.equal(crc16(Uint8Array.of(...encodeUTF8("123456789"), 0x31, 0xc3)), 0);
});

test("block 0: name and length, or neither", () => {
	const read = (text: string): unknown[] => {
		const { named, length } = readFileHeader(encodeUTF8(text));
		return [named, length];
	};
	assert.deepEqual(read("a.cmp\x001024 14716151 100644\0\0"), [true, 1024]);
	assert.deepEqual(read("a.cmp\x000\0"), [true, 0]);
	assert.deepEqual(read("a.cmp\x0017"), [true, 17]);
	assert.deepEqual(read("a.cmp\0\0\0"), [true, undefined]);
	assert.deepEqual(read("a.cmp\x0012x\0"), [true, undefined]);
	assert.deepEqual(read("a.cmp\x0012345678901\0"), [true, undefined]);
	assert.deepEqual(read("a.cmp\0-5\0"), [true, undefined]);
	assert.deepEqual(read("a.cmp"), [true, undefined]);
	assert.deepEqual(read("\0\0\0"), [false, undefined]);
});
