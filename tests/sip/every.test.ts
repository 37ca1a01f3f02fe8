// SPDX-License-Identifier: Apache-2.0
//
// All vectors cut in two at every byte as a stream, cut short at every byte as a datagram, and mutated many times.
// node-only: takes minutes under XS; stream.test.ts and vectors.test.ts do some of it there

import assert from "node:assert/strict";
import test from "node:test";
import { Random } from "../harness/random.js";
import { loadVectors } from "../harness/vectors.js";
import { Bench, notify, statusOf } from "./agent.js";
import { read } from "./stream.js";

const vectors = ["torture", "valid", "invalid"].flatMap((folder) =>
	loadVectors(`sip/vectors/${folder}`).filter(({ name }) => name.endsWith(".txt")),
);

test("messages are the same wherever the stream is cut", () => {
	for (const { name, bytes } of vectors) {
		const whole = read([bytes]);
		for (let at = 1; at < bytes.length; at++)
			assert.deepEqual(read([bytes.slice(0, at), bytes.slice(at)]), whole, `${name} at ${at}`);
	}
});

test("a message cut short at any byte has no other end than an answer, silence, or an error of ours", () => {
	for (const { name, bytes } of vectors) {
		const bench = new Bench();
		for (let length = 0; length < bytes.length; length++) bench.send(bytes.slice(0, length));
		assert.equal(statusOf(bench.send(notify("good"))), 200, name);
	}
});

test("20,000 mutated messages have no other end either, and the next good one is answered", () => {
	const seed = (Date.now() & 0xffffffff) >>> 0;
	const random = new Random(seed);
	const bench = new Bench();
	for (let round = 0; round < 20_000; round++) {
		const { bytes } = random.pick(vectors);
		const copy = bytes.slice();
		for (let i = random.below(6); i >= 0; i--) copy[random.below(copy.length)] = random.below(256);
		try {
			bench.send(copy);
			read([copy]);
		} catch (error) {
			assert.fail(`seed ${seed}, round ${round}: ${String(error)}`);
		}
		if (round % 100 === 0) assert.equal(statusOf(bench.send(notify(`good${round}`))), 200, `seed ${seed}`);
	}
});
