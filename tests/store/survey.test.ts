// SPDX-License-Identifier: Apache-2.0
//
// Which block counts at a start, and which must not be erased yet: partitions made by hand, for what power cuts bring
// about once in a million.

import assert from "node:assert/strict";
import test from "node:test";
import { crc32 } from "../../modules/bytes/crc32.js";
import * as format from "../../modules/store/format.js";
import { USE } from "../../modules/store/log.js";
import { Medium } from "../../modules/store/medium.js";
import { Survey } from "../../modules/store/survey.js";
import { FakeFlash } from "../fakes/flash.js";
import { holds, type Model, open, SMALL } from "./support.js";

const { BLOCK, TYPE, UNIT } = format;
const PAYLOAD_UNITS = (SMALL.blockLength - BLOCK.payload) / UNIT;

interface Made {
	block: number;
	generation: number;
	index: number;
	first?: number;
	/** 0 to 2 */
	marks: number;
	prefix?: Uint8Array;
}

function make(flash: FakeFlash, made: Made): void {
	const prefix = made.prefix ?? new Uint8Array(0);
	const start = made.block * flash.blockLength;
	const header = {
		generation: made.generation,
		index: made.index,
		first: made.first ?? 0,
		entry: 0,
		prefix: prefix.length / UNIT,
		prefixCRC: crc32(prefix),
		erases: 1,
		// Blocks without a header are taken for well worn, so that the others would be chosen first.
		totalErases: 1000,
		bad: new Uint8Array(32),
	};
	flash.data.fill(0xff, start, start + flash.blockLength);
	flash.data.set(format.encodeHeader(header, PAYLOAD_UNITS), start);
	flash.data.set(prefix, start + BLOCK.payload);
	const marks = [TYPE.firstMark, TYPE.secondMark].slice(0, made.marks);
	marks.forEach((type, i) => {
		flash.data.set(format.encodeMark(type, made.generation), start + BLOCK.firstMark + i * UNIT);
	});
}

function survey(...list: Made[]): Survey {
	const flash = new FakeFlash(SMALL);
	for (const made of list) make(flash, made);
	return new Survey(new Medium(flash));
}

/** A partition with the one record a = 1 in block 0, and the bytes of its log. */
function withRecord(): { flash: FakeFlash; log: Uint8Array; model: Model } {
	const flash = new FakeFlash(SMALL);
	const model: Model = new Map([["a", Uint8Array.from([1])]]);
	open(flash).set("a", Uint8Array.from([1]));
	return { flash, log: flash.data.slice(BLOCK.payload, BLOCK.payload + 5 * UNIT), model };
}

test("the newest block with a first mark counts, and is certain with the second", () => {
	const old = { block: 3, generation: 7, index: 2, marks: 2 };
	assert.equal(survey().top(), undefined);
	assert.equal(survey(old, { block: 4, generation: 8, index: 2, marks: 0 }).top()?.block, 3);
	assert.equal(survey(old, { block: 4, generation: 8, index: 2, marks: 1 }).top()?.block, 4);
	assert.equal(survey(old, { block: 4, generation: 8, index: 2, marks: 1 }).top()?.proven, false);
	assert.equal(survey(old, { block: 4, generation: 8, index: 2, marks: 2 }).top()?.proven, true);
});

test("a new generation goes on from the highest header, marks or not", () => {
	assert.equal(survey({ block: 4, generation: 8, index: 2, marks: 0 }).generation, 8);
});

test("of two blocks of one generation the proven one counts", () => {
	const marked = { generation: 8, index: 2 };
	for (const [proven, other] of [
		[1, 2],
		[2, 1],
	]) {
		const found = survey({ ...marked, block: proven, marks: 2 }, { ...marked, block: other, marks: 1 });
		assert.equal(found.top()?.block, proven);
	}
});

test("within the log the newest proven block of an index counts, never an unproven one", () => {
	const found = survey(
		{ block: 0, generation: 1, index: 0, marks: 2 },
		{ block: 1, generation: 2, index: 1, marks: 2 },
		{ block: 2, generation: 3, index: 1, marks: 2 },
		{ block: 3, generation: 4, index: 1, marks: 1 },
		{ block: 4, generation: 5, index: 2, marks: 2 },
		{ block: 5, generation: 6, index: 0, marks: 1 },
	);
	found.distrust(5);
	const top = found.top();
	assert.ok(top !== undefined);
	assert.deepEqual([...found.map(top!).subarray(0, 3)], [0, 2, 0xffff]);
});

test("under an unproven top the log of the newest proven block is kept, and other unproven blocks as long as can be", () => {
	const found = survey(
		{ block: 0, generation: 1, index: 0, marks: 2 },
		{ block: 1, generation: 2, index: 1, marks: 2 },
		{ block: 2, generation: 3, index: 2, marks: 2 },
		{ block: 3, generation: 4, index: 1, marks: 1 },
		{ block: 4, generation: 5, index: 1, marks: 1 },
		{ block: 5, generation: 6, index: 1, marks: 0 },
	);
	const top = found.top();
	assert.equal(top?.block, 4);
	const use = found.guard(top!);
	const { needed, doubtful, free } = USE;
	assert.deepEqual([...use.subarray(0, 7)], [needed, needed, needed, doubtful, needed, free, free]);
});

test("an unproven block whose copy is not whole gives way to the one before it", () => {
	const { flash, log, model } = withRecord();
	make(flash, { block: 5, generation: 9, index: 0, marks: 1, prefix: log });
	flash.data[5 * flash.blockLength + BLOCK.payload + 20] ^= 1;
	assert.ok(holds(open(flash), model));
	assert.ok(holds(open(flash), model));
});

test("an unproven block whose copy is whole counts, and is copied before anything is told", () => {
	const { flash, model } = withRecord();
	make(flash, { block: 5, generation: 9, index: 0, marks: 1 });
	const before = flash.erases;
	assert.ok(holds(open(flash), new Map()));
	assert.equal(flash.erases, before + 1);
	flash.data.fill(0, 5 * flash.blockLength, 5 * flash.blockLength + 80);
	assert.ok(holds(open(flash), new Map()));
	assert.equal(holds(open(flash), model), false);
});

test("recovery erases nothing that counts again when the unproven block is gone", () => {
	const flash = new FakeFlash(SMALL);
	for (let i = 0; i < 3; i++) make(flash, { block: i, generation: i + 1, index: i, marks: 2 });
	make(flash, { block: 3, generation: 4, index: 1, marks: 1 });
	make(flash, { block: 4, generation: 5, index: 1, marks: 1 });
	const before = flash.data.slice();
	open(flash);
	assert.ok(flash.erases > 0);
	const length = 5 * flash.blockLength;
	assert.deepEqual(flash.data.subarray(0, length), before.subarray(0, length));
});

test("a header that points outside the partition is none", () => {
	assert.equal(survey({ block: 0, generation: 1, index: 40, first: 2, marks: 2 }).top(), undefined);
	assert.equal(survey({ block: 0, generation: 1, index: 1, first: 2, marks: 2 }).top(), undefined);
});
