// SPDX-License-Identifier: Apache-2.0
//
// The request parser over all vectors: whole, split at every byte, in pieces of every size, cut off, changed at random.

import test from "node:test";
import assert from "node:assert/strict";
import { decodeUTF8, encodeLatin1 } from "../../modules/bytes/text.js";
import { defaultRequestLimits, RequestParser } from "../../modules/http-server/request-parser.js";
import { queryValue } from "../../modules/http-server/request-line.js";
import { Random } from "../harness/random.js";
import { loadVectors } from "../harness/vectors.js";
import { cut, replay } from "./replay.js";

interface Case {
	name: string;
	bytes: Uint8Array;
	expected: Record<string, unknown>;
}

function load(folder: string): Case[] {
	const files = loadVectors(folder);
	const requests = files.filter((file) => file.name.endsWith(".http"));
	return requests.map(({ name, bytes }) => {
		const json = files.find((file) => file.name === name.replace(/http$/, "json"));
		const { section, ...expected } = JSON.parse(decodeUTF8(json!.bytes)) as Record<string, unknown>;
		assert.ok(typeof section === "string");
		return { name, bytes, expected };
	});
}

const valid = load("http-server/vectors/valid");
const invalid = load("http-server/vectors/invalid");

/** Places to cut at: all in a short request, the first and last ones of a long one. */
function places(length: number): number[] {
	const all = Array.from({ length: length - 1 }, (_, index) => index + 1);
	return all.filter((at) => at < 90 || at > length - 10 || at % 997 === 0);
}

test("valid requests give what the vector says", () => {
	assert.ok(valid.length > 20);
	for (const { name, bytes, expected } of valid) assert.deepEqual(replay([bytes]), expected, name);
});

test("invalid requests are refused with code and offset", () => {
	assert.ok(invalid.length > 60);
	for (const { name, bytes, expected } of invalid) assert.deepEqual(replay([bytes]), expected, name);
});

test("the result does not depend on where the input is split", () => {
	for (const { name, bytes, expected } of [...valid, ...invalid]) {
		for (const at of places(bytes.length))
			assert.deepEqual(replay([bytes.subarray(0, at), bytes.subarray(at)]), expected, `${name} split at ${at}`);
		for (const size of bytes.length < 1000 ? [1, 2, 3, 5, 7, 16, 61] : [1, 61])
			assert.deepEqual(replay(cut(bytes, size)), expected, `${name} in pieces of ${size}`);
	}
});

test("a request cut off at any byte is HTTP_TRUNCATED at its end", () => {
	for (const { name, bytes, expected } of valid) {
		const length = bytes.length - Number(expected.rest);
		for (let at = 0; at < length; at++)
			assert.deepEqual(replay([bytes.subarray(0, at)]), { code: "HTTP_TRUNCATED", offset: at }, `${name} at ${at}`);
	}
});

test("a refused request that is cut off is refused or HTTP_TRUNCATED", () => {
	for (const { name, bytes, expected } of invalid) {
		for (const at of places(bytes.length)) {
			const { code } = replay([bytes.subarray(0, at)]) as { code: string };
			assert.ok(code === expected.code || code === "HTTP_TRUNCATED", `${name} cut off at ${at}: ${code}`);
		}
	}
});

test("changed bytes give a request or an HTTPError, the same in one piece and in many", () => {
	const all = [...valid, ...invalid].filter(({ bytes }) => bytes.length < 1000);
	for (let seed = 1; seed <= 3000; seed++) {
		const random = new Random(seed);
		const bytes = mutate(all[random.below(all.length)]!.bytes, random);
		const whole = replay([bytes]);
		assert.deepEqual(replay(cut(bytes, 1 + random.below(9))), whole, `seed ${seed}`);
	}
});

function mutate(original: Uint8Array, random: Random): Uint8Array {
	const bytes = Array.from(original);
	const telling = encodeLatin1("\r\n :;,\t/%?0123456789abcdefHT\x00\x7f\xff");
	for (let count = 1 + random.below(4); count > 0; count--) {
		const at = random.below(bytes.length);
		const byte = random.below(2) === 0 ? random.below(256) : telling[random.below(telling.length)]!;
		bytes.splice(at, random.below(2), ...(random.below(3) === 0 ? [] : [byte]));
	}
	return Uint8Array.from(bytes);
}

test("chunks are counted together against the limit", () => {
	const limits = { ...defaultRequestLimits, bodyBytes: 4 };
	const start = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";
	assert.equal((replay([encodeLatin1(`${start}1\r\nd\r\n0\r\n\r\n`)], limits) as { body: string }).body, "abcd");
	assert.deepEqual(replay([encodeLatin1(`${start}2\r\nde\r\n`)], limits), {
		code: "HTTP_BODY_LIMIT",
		offset: start.length,
	});
});

test("after an error the parser takes nothing and keeps no connection", () => {
	const parser = new RequestParser();
	assert.throws(() => parser.write(encodeLatin1("nonsense\r\n")), { code: "HTTP_REQUEST_LINE", offset: 0 });
	assert.throws(() => parser.write(encodeLatin1("GET / HTTP/1.1\r\n")), RangeError);
	assert.equal(parser.keepAlive, false);
});

test("queryValue() finds the first pair of a name and decodes it", () => {
	assert.equal(queryValue("a=1&b=%C3%BC+x&b=2", "b"), "\u00fc x");
	assert.equal(queryValue("a=1&flag", "flag"), "");
	assert.equal(queryValue("a=1", "b"), undefined);
	assert.throws(() => queryValue("a=%zz", "a"), { code: "HTTP_TARGET" });
});
