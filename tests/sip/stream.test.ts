// SPDX-License-Identifier: Apache-2.0
//
// SIP in a stream: the same messages come out wherever the stream is cut; pings; bodies that are passed over; bounds.

import assert from "node:assert/strict";
import test from "node:test";
import { encodeLatin1 } from "../../modules/bytes/text.js";
import { StreamReader } from "../../modules/sip/framing.js";
import { loadVectors } from "../harness/vectors.js";
import { notify } from "./agent.js";
import { read } from "./stream.js";

const vectors = ["torture", "valid", "invalid"].flatMap((folder) =>
	loadVectors(`sip/vectors/${folder}`).filter(({ name }) => name.endsWith(".txt")),
);

/* Cut at every byte in every.test.ts, which takes too long for XS. */
test("messages are the same when the stream arrives in pieces of any size", () => {
	for (const { name, bytes } of vectors) {
		const whole = read([bytes]);
		for (const size of [1, 7, 64, 333]) {
			const pieces: Uint8Array[] = [];
			for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.slice(at, at + size));
			if (size > 1 || bytes.length < 600) assert.deepEqual(read(pieces), whole, `${name} in pieces of ${size}`);
		}
	}
});

const text = (...parts: string[]): Uint8Array => encodeLatin1(parts.join(""));

test("two line ends between messages are a ping, one is nothing", () => {
	assert.deepEqual(read([text("\r\n\r\n")]), ["ping"]);
	const items = read([text("\r\n", notify("a"), "\r\n\r\n", "\r\n\r\n", notify("b"))]);
	assert.deepEqual(
		items.map((item) => (item === "ping" ? item : "message")),
		["message", "ping", "ping", "message"],
	);
	assert.deepEqual(read([text("\r", notify("a"))]), ["SIP_LINE"]);
});

test("messages follow each other, with bodies, and without Content-Length as if they had none", () => {
	const body = "x".repeat(20000);
	const long = notify("a").replace("Content-Length: 0", `Content-Length: ${body.length}`) + body;
	const items = read([text(long, notify("b").replace("Content-Length: 0\r\n", ""), notify("c"))]);
	assert.equal(items.length, 3);
	assert.match(items[0], / 20000 $/);
});

test("a head is bounded, and its buffer grows no further", () => {
	const reader = new StreamReader();
	reader.write(text(notify("a", "check-sync", `X: ${"y".repeat(5000)}`)));
	assert.throws(() => reader.next(), { code: "SIP_LENGTH" });
	assert.equal(reader.held, 4096);
});

test("a buffer is small for small messages, and partial tells of one that has begun", () => {
	const reader = new StreamReader();
	assert.equal(reader.held, 0);
	const bytes = text(notify("a"));
	reader.write(bytes.slice(0, 100));
	assert.equal(reader.next(), undefined);
	assert.ok(reader.partial);
	reader.write(bytes.slice(100));
	assert.ok(reader.next());
	assert.ok(!reader.partial);
	assert.equal(reader.held, 512);
});
