// SPDX-License-Identifier: Apache-2.0
//
// An attempt as bytes: there and back, bounded, and nothing but attempts comes of what is damaged.

import assert from "node:assert/strict";
import test from "node:test";
import { decodeUTF8, encodeUTF8 } from "../../modules/bytes/text.js";
import { attemptLimits, type AttemptFile, type AttemptRecord } from "../../modules/trace/attempt.js";
import { decodeAttempt, encodeAttempt, maxAttemptBytes } from "../../modules/trace/attempt-format.js";
import { Random } from "../harness/random.js";
import { at, failed, nothingNew, updated } from "./support.js";

const plain = { number: 7, count: 1, since: at(0) };
const samples: AttemptRecord[] = [
	{ ...nothingNew(0), ...plain },
	{ ...nothingNew(9), number: 3, count: 4, since: at(0), requester: "serial", after: "power-on" },
	{ ...failed(0), ...plain },
	{ ...updated(0), ...plain, trial: { result: "rolled-back", reason: "not reached", time: null } },
	{ ...updated(0), ...plain, time: null, since: null, reason: "another than the files say" },
	{ ...nothingNew(0, { files: [], phases: [], causes: [], reason: "no URL is set" }), ...plain },
];

test("an attempt reads as it was written", () => {
	for (const sample of samples) assert.deepEqual(decodeAttempt(encodeAttempt(sample)), sample);
});

test("an ordinary attempt takes less than 300 bytes", () => {
	for (const sample of samples) assert.ok(encodeAttempt(sample).length < 300, decodeUTF8(encodeAttempt(sample)));
});

test("the longest attempt fits, with shorter texts", () => {
	const text = "ü".repeat(attemptLimits.text);
	const name = "n".repeat(attemptLimits.name);
	const file: AttemptFile = {
		file: "prerecorded",
		result: "not-modified",
		code: name,
		reason: text,
		url: text,
		statuses: [503, 503, 503, 503],
		bytes: 9999999,
		ms: 9999999,
	};
	const longest: AttemptRecord = {
		...updated(0),
		...plain,
		causes: Array.from({ length: attemptLimits.causes }, () => "time-of-day"),
		requester: name,
		files: Array.from({ length: attemptLimits.files }, () => file),
		phases: Array.from({ length: attemptLimits.phases }, () => ({ phase: "prerecorded", ms: 9999999 })),
		reason: text,
	};
	const bytes = encodeAttempt(longest);
	assert.ok(bytes.length <= maxAttemptBytes, `${bytes.length} bytes`);
	assert.equal(decodeAttempt(bytes)?.files.length, attemptLimits.files);
	const usual = { ...longest, files: longest.files.slice(0, 2) };
	assert.equal(decodeAttempt(encodeAttempt(usual))?.files[0].reason, text);
});

test("what was cut is no attempt", () => {
	for (const sample of samples) {
		const bytes = encodeAttempt(sample);
		for (let length = 0; length < bytes.length; length++)
			assert.equal(decodeAttempt(bytes.subarray(0, length)), undefined);
	}
});

test("each field of another kind makes it none, or is left out", () => {
	const required = ["n", "t", "c", "f", "p", "v", "r"];
	const fields = JSON.parse(decodeUTF8(encodeAttempt(samples[3]))) as Record<string, unknown>;
	for (const key of Object.keys(fields)) {
		const decoded = decodeAttempt(encodeUTF8(JSON.stringify({ ...fields, [key]: { x: 1 } })));
		assert.equal(decoded === undefined, required.includes(key), key);
	}
	for (const text of ["", "null", "[]", "7", '"x"', "{}"]) assert.equal(decodeAttempt(encodeUTF8(text)), undefined);
});

test("damaged bytes give an attempt or none, never an exception", () => {
	const seed = Number(globalThis.process?.env["UPGATE_SEED"] ?? 20261123);
	const random = new Random(seed);
	for (let round = 0; round < 400; round++) {
		const bytes = encodeAttempt(random.pick(samples));
		for (let i = 1 + random.below(4); i > 0; i--) bytes[random.below(bytes.length)] = random.below(256);
		const decoded = decodeAttempt(bytes);
		assert.ok(decoded === undefined || decoded.count >= 1, `seed ${seed} round ${round}`);
	}
});
