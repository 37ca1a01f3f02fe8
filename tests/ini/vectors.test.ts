// SPDX-License-Identifier: Apache-2.0
//
// All ini vectors: whole, at every split, in small pieces, cut off at every byte, and mutated.

import test from "node:test";
import assert from "node:assert/strict";
import { parseIni } from "../../modules/ini/file.js";
import { Random } from "../harness/random.js";
import { chunks, loadIniVectors, problemRow, readPieces, tableRows, toRow, type IniVector } from "./support.js";

const valid = loadIniVectors("valid");
const invalid = loadIniVectors("invalid");
const all = [...valid, ...invalid];

/** Split points: all of a short file; of a long one those near its ends and its line breaks. */
function splits(bytes: Uint8Array): number[] {
	const points: number[] = [];
	for (let at = 0; at <= bytes.length; at++) {
		const nearEnd = at < 16 || at > bytes.length - 16;
		const nearBreak = bytes.subarray(Math.max(0, at - 3), at + 3).includes(0x0a);
		if (bytes.length < 1000 || nearEnd || nearBreak || (at >= 4090 && at < 4106)) points.push(at);
	}
	return points;
}

test("every valid vector gives its events", () => {
	for (const { name, bytes, expected } of valid) {
		assert.deepEqual(parseIni(bytes).events.map(toRow), expected.events, name);
	}
});

test("every valid vector with tables gives their columns and values", () => {
	const withTables = valid.filter(({ expected }) => expected.tables !== undefined);
	assert.ok(withTables.length >= 15);
	for (const { name, bytes, expected } of withTables)
		assert.deepEqual(tableRows(parseIni(bytes).events), expected.tables, name);
});

test("every invalid vector is refused at its place", () => {
	for (const { name, bytes, expected } of invalid) {
		const { error } = readPieces([bytes]);
		assert.deepEqual(error, [expected.code, expected.line, expected.column, expected.offset], name);
		const { code, line, column, offset } = expected;
		assert.throws(() => parseIni(bytes), { name: "IniError", code, line, column, offset }, name);
	}
});

test("an invalid vector holds one fault only", () => {
	for (const { name, bytes, expected } of invalid) {
		const { problems, problemCount } = parseIni(bytes, { collect: true });
		const row = [expected.code, expected.line, expected.column, expected.offset];
		assert.deepEqual(problems.map(problemRow), [row], name);
		assert.equal(problemCount, 1, name);
	}
});

test("a split at any byte changes nothing", () => {
	for (const { name, bytes } of all) {
		const whole = readPieces([bytes]);
		for (const at of splits(bytes)) {
			const parts = [bytes.subarray(0, at), bytes.subarray(at)];
			assert.deepEqual(readPieces(parts), whole, `${name} split at ${at}`);
		}
	}
});

test("pieces of any small size change nothing", () => {
	for (const { name, bytes } of all) {
		const whole = readPieces([bytes]);
		for (const size of [1, 2, 3, 5, 7, 64]) {
			assert.deepEqual(readPieces(chunks(bytes, size)), whole, `${name} in pieces of ${size}`);
		}
	}
});

test("the reader keeps nothing of a chunk that is overwritten later", () => {
	for (const { name, bytes } of all) {
		const whole = readPieces([bytes]);
		const buffer = new Uint8Array(5);
		const reuse = function* (): IterableIterator<Uint8Array> {
			for (const piece of chunks(bytes, buffer.length)) {
				buffer.fill(0x3d);
				buffer.set(piece);
				yield buffer.subarray(0, piece.length);
			}
		};
		assert.deepEqual(readPieces(reuse()), whole, name);
	}
});

test("a file cut off at any byte gives a prefix of its events, or our error", () => {
	for (const { name, bytes, expected } of valid) {
		for (const at of splits(bytes)) {
			const { rows, error } = readPieces([bytes.subarray(0, at)]);
			// All but the last event is as in the whole file; the last line may have lost its end.
			const sound = rows.slice(0, -1);
			assert.deepEqual(sound, expected.events.slice(0, sound.length), `${name} cut at ${at}`);
			assert.ok(error === undefined || String(error[0]).startsWith("INI_"), `${name} cut at ${at}`);
		}
	}
});

/** One to four random changes: a byte set, a range removed, a range doubled. */
function mutate(bytes: Uint8Array, random: Random): Uint8Array {
	let output = bytes.slice();
	for (let count = 1 + random.below(4); count > 0; count--) {
		const at = random.below(output.length + 1);
		const end = Math.min(output.length, at + random.below(8));
		const kind = random.below(3);
		if (kind === 0 && at < output.length) output[at] = random.next();
		if (kind === 1) output = new Uint8Array([...output.subarray(0, at), ...output.subarray(end)]);
		if (kind === 2) output = new Uint8Array([...output.subarray(0, end), ...output.subarray(at)]);
	}
	return output;
}

test("mutated files are read alike in one piece and in many, and never give a foreign error", () => {
	const seed = 0x1f15eed;
	const random = new Random(seed);
	const small = all.filter((vector: IniVector) => vector.bytes.length < 1000);
	for (let round = 0; round < 1500; round++) {
		const { name, bytes } = small[random.below(small.length)];
		const mutant = mutate(bytes, random);
		const label = `seed ${seed}, round ${round}, from ${name}: ${JSON.stringify([...mutant])}`;
		try {
			const whole = readPieces([mutant]);
			assert.deepEqual(readPieces(chunks(mutant, 1 + random.below(9))), whole, label);
			const { events, problems } = parseIni(mutant, { collect: true });
			assert.deepEqual(events.slice(0, whole.rows.length).map(toRow), whole.rows, label);
			assert.deepEqual(problems.slice(0, 1).map(problemRow), whole.error === undefined ? [] : [whole.error], label);
		} catch (error) {
			assert.fail(`${label}\n${String(error)}`);
		}
	}
});
