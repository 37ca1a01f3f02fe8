// SPDX-License-Identifier: Apache-2.0
//
// What is told of a handshake: messages, alerts and sizes, in pieces of any size; what is no TLS ends it.
// Records are written by hand after RFC 8446 section 4 and RFC 5246 section 7.

import assert from "node:assert/strict";
import test from "node:test";
import { RecordWatch, type HandshakeFacts } from "../../modules/tls/record-watch.js";
import { Random } from "../harness/random.js";

const noFacts = (): HandshakeFacts => ({ certificate: false, modern: false, preShared: false });

function record(kind: number, body: readonly number[]): number[] {
	return [kind, 3, 3, body.length >> 8, body.length & 255, ...body];
}

function message(kind: number, body: readonly number[]): number[] {
	return [kind, 0, body.length >> 8, body.length & 255, ...body];
}

const zeros = (count: number): number[] => new Array<number>(count).fill(0);

/** @param extensions numbers of extensions, each empty */
function serverHello(extensions: readonly number[], session = 0): number[] {
	const list = extensions.flatMap((number) => [number >> 8, number & 255, 0, 0]);
	const lengths = [session, ...zeros(session), 0x13, 1, 0, list.length >> 8, list.length & 255];
	return message(2, [3, 3, ...zeros(32), ...lengths, ...list]);
}

/** @param size of the pieces */
function tell(bytes: readonly number[], size: number, facts = noFacts()): string[] {
	const told: string[] = [];
	const watch = new RecordWatch((text) => told.push(text), facts);
	for (let at = 0; at < bytes.length; at += size) watch.take(Uint8Array.from(bytes.slice(at, at + size)));
	return told;
}

function tellAll(bytes: readonly number[], facts = noFacts()): string[] {
	const whole = tell(bytes, bytes.length, facts);
	for (let size = 1; size < 20; size++) assert.deepEqual(tell(bytes, size), whole, `pieces of ${size}`);
	return whole;
}

test("TLS 1.2: messages in one record and over several, then what is encrypted", () => {
	const facts = noFacts();
	const certificate = message(11, zeros(300));
	const bytes = [
		...record(22, [...serverHello([0], 32), ...certificate.slice(0, 100)]),
		...record(22, [...certificate.slice(100), ...message(14, [])]),
		...record(20, [1]),
		...record(22, zeros(40)),
		...record(23, zeros(1000)),
		...record(21, zeros(26)),
	];
	assert.deepEqual(tellAll(bytes, facts), [
		"ServerHello, 76 bytes",
		"Certificate, 300 bytes",
		"ServerHelloDone, 0 bytes",
		"ChangeCipherSpec",
		"encrypted message, 40 bytes",
		"encrypted, 1000 bytes",
		"encrypted alert, 26 bytes",
	]);
	assert.deepEqual(facts, { certificate: true, modern: false, preShared: false });
});

test("TLS 1.3: a ServerHello that takes up a session is known, and ChangeCipherSpec encrypts nothing", () => {
	const facts = noFacts();
	const bytes = [...record(22, serverHello([43, 51, 41])), ...record(20, [1]), ...record(22, serverHello([43]))];
	assert.deepEqual(tellAll(bytes, facts), ["ServerHello, 52 bytes", "ChangeCipherSpec", "ServerHello, 44 bytes"]);
	assert.deepEqual(facts, { certificate: false, modern: true, preShared: true });
});

test("alerts in clear are told by name", () => {
	const bytes = [...record(21, [2, 48]), ...record(21, [1, 0]), ...record(21, [2, 201])];
	assert.deepEqual(tellAll(bytes), ["alert 48, unknown CA", "warning 0, close notify", "alert 201, unknown"]);
});

test("what is no TLS is told once", () => {
	const text = Array.from("HTTP/1.1 400 Bad Request\r\n", (character) => character.charCodeAt(0));
	assert.deepEqual(tellAll([...text, ...text]), ["what is no TLS"]);
	assert.deepEqual(tellAll([22, 3, 3, 0xff, 0xff, 1]), ["what is no TLS"]);
});

test("any bytes end without a fault, and without many lines", () => {
	const random = new Random(8446);
	for (let round = 0; round < 500; round++) {
		const bytes = Array.from(random.bytes(600));
		bytes[0] = 20 + random.below(4);
		bytes[1] = 3;
		assert.ok(tell(bytes, 1 + random.below(50)).length < 150);
	}
});
