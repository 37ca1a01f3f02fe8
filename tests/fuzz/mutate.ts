// SPDX-License-Identifier: Apache-2.0
//
// Damages an input: one to a few operations that find faults in readers of binary formats. The same random numbers give the
// same bytes. Leaves out coverage: the C readers have libFuzzer for that (native.ts).

import type { Random } from "../harness/random.js";

/** Values at which lengths, counts and signs go wrong. */
const edges: readonly number[] = [0, 1, 2, 3, 4, 15, 16, 17, 31, 32, 127, 128, 255, 256, 4095, 4096, 0x7fff, 0x8000];
const farEdges: readonly number[] = [
	0xffff, 0x10000, 0xffffff, 0x1000000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];
const maxOperations = 4;
/** Longest piece that is moved, repeated, removed or filled, bytes. */
const maxPiece = 300;

/** Where heads of these formats end: a third of the damage is done before. */
const headLength = 64;

function position(random: Random, length: number): number {
	return random.below(random.below(3) === 0 ? Math.min(headLength, length) : length);
}

/** Where and how long. */
function piece(random: Random, length: number): [start: number, end: number] {
	const start = position(random, length);
	return [start, Math.min(length, start + 1 + random.below(maxPiece))];
}

function putNumber(random: Random, bytes: Uint8Array): void {
	const width = random.pick([1, 2, 4]);
	// Fields are aligned in all these formats, nearly always.
	const at = random.below(4) === 0 ? position(random, bytes.length) : position(random, bytes.length) & -width;
	let value = random.pick(random.below(3) === 0 ? farEdges : edges);
	for (let i = 0; i < width && at + i < bytes.length; i++) {
		bytes[at + i] = value & 0xff;
		value = Math.floor(value / 256);
	}
}

function replaced(bytes: Uint8Array, start: number, end: number, by: Uint8Array): Uint8Array {
	const output = new Uint8Array(start + by.length + (bytes.length - end));
	output.set(bytes.subarray(0, start));
	output.set(by, start);
	output.set(bytes.subarray(end), start + by.length);
	return output;
}

/** Changes that keep the length. */
function damageInPlace(random: Random, bytes: Uint8Array): void {
	const [start, end] = piece(random, bytes.length);
	switch (random.below(6)) {
		case 0:
		case 1:
			bytes[start] ^= 1 << random.below(8);
			break;
		case 2:
			bytes[start] = random.below(256);
			break;
		case 3:
			bytes.fill(random.pick([0, 0xff, random.below(256)]), start, end);
			break;
		case 4:
			bytes.copyWithin(random.below(bytes.length), start, end);
			break;
		default:
			putNumber(random, bytes);
	}
}

/**
 * @param corpus good inputs, none empty
 * @param fixed the format has one length: no operation changes it
 * @returns a new array
 */
export function mutate(random: Random, corpus: readonly Uint8Array[], fixed: boolean): Uint8Array {
	let bytes: Uint8Array = new Uint8Array(random.pick(corpus));
	for (let count = 1 + random.below(maxOperations); count > 0 && bytes.length > 0; count--) {
		const kind = random.below(fixed ? 9 : 12);
		if (kind < 8) {
			damageInPlace(random, bytes);
		} else if (kind === 8) {
			const other = random.pick(corpus);
			const [start, end] = piece(random, Math.min(bytes.length, other.length));
			bytes.set(other.subarray(start, end), start);
		} else {
			const [start, end] = piece(random, bytes.length);
			if (kind === 9) bytes = bytes.slice(0, start);
			else if (kind === 10) bytes = replaced(bytes, start, end, new Uint8Array(0));
			else bytes = replaced(bytes, start, start, bytes.slice(start, end));
		}
	}
	return bytes;
}
