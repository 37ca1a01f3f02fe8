// SPDX-License-Identifier: Apache-2.0
//
// SIP in a stream: the same messages come out wherever the stream is cut; pings; bodies that are passed over; bounds.

import assert from "node:assert/strict";
import test from "node:test";
import { encodeLatin1 } from "../../modules/bytes/text.js";
import { SIPError } from "../../modules/sip/error.js";
import { StreamReader } from "../../modules/sip/framing.js";
import { loadVectors } from "../harness/vectors.js";
import { notify } from "./agent.js";

/** What comes out of a stream given in pieces, as text; ends with the code of an error. */
function read(pieces: Uint8Array[]): string[] {
	const reader = new StreamReader();
	const out: string[] = [];
	try {
		for (const piece of pieces) {
			reader.write(piece);
			for (let item = reader.next(); item !== undefined; item = reader.next()) {
				if (item === "ping") out.push("ping");
				else {
					const { head, bodyLength, fault } = item;
					const fields = head.fields.map(({ name, start, end }) => `${name} ${start} ${end}`).join();
					const [line, wrong] = [JSON.stringify(head.line), head.fault?.code ?? ""];
					out.push(`${line} ${fields} ${wrong} ${bodyLength} ${fault?.code ?? ""}`);
				}
			}
		}
	} catch (error) {
		if (!(error instanceof SIPError)) throw error;
		out.push(error.code);
	}
	return out;
}

const vectors = ["torture", "valid", "invalid"].flatMap((folder) =>
	loadVectors(`sip/vectors/${folder}`).filter(({ name }) => name.endsWith(".txt")),
);

test("messages are the same wherever the stream is cut", () => {
	for (const { name, bytes } of vectors) {
		const whole = read([bytes]);
		const step = bytes.length > 1000 ? 13 : 1;
		for (let at = 1; at < bytes.length; at += step)
			assert.deepEqual(read([bytes.slice(0, at), bytes.slice(at)]), whole, `${name} at ${at}`);
	}
});

test("and when it arrives byte by byte", () => {
	for (const { name, bytes } of vectors) {
		const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
		assert.deepEqual(read(single), read([bytes]), name);
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
