// SPDX-License-Identifier: Apache-2.0
//
// Messages of RFC 4475 and our own, from files: what is wrong with each, and what it is answered. After every one of them a good one is
// answered. Cut at every byte, and mutated with a seed: nothing but our own errors, and the good one is answered again.

import assert from "node:assert/strict";
import test from "node:test";
import { decodeLatin1 } from "../../modules/bytes/text.js";
import { SIPError } from "../../modules/sip/error.js";
import { readDatagram } from "../../modules/sip/framing.js";
import { wantsRestart } from "../../modules/sip/rules.js";
import { readRequest } from "../../modules/sip/request.js";
import { Random } from "../harness/random.js";
import { loadVectors } from "../harness/vectors.js";
import { Bench, notify, statusOf } from "./agent.js";

interface Expected {
	section: string;
	/** 0: no response. */
	status: number;
	fault?: string;
}

const folders = ["torture", "valid", "invalid"];

const vectors = folders.flatMap((folder) => {
	const files = loadVectors(`sip/vectors/${folder}`);
	return files
		.filter(({ name }) => name.endsWith(".txt"))
		.map(({ name, bytes }) => {
			const expected = files.find((file) => file.name === name.replace(".txt", ".json"));
			assert.ok(expected, name);
			const { section, status, fault } = JSON.parse(decodeLatin1(expected.bytes)) as Expected;
			return { name: `${folder}/${name}`, bytes, section, status, fault };
		});
});

/** @returns the code of what is wrong, `undefined` for a response too */
function faultOf(bytes: Uint8Array): string | undefined {
	try {
		const message = readDatagram(bytes);
		if (message === undefined || message.head.line.kind === "response") return undefined;
		const request = readRequest(message.head, message.bodyLength);
		if (message.fault !== undefined) throw message.fault;
		return wantsRestart(request) === undefined ? "SIP_EVENT" : undefined;
	} catch (error) {
		if (error instanceof SIPError) return error.code;
		throw error;
	}
}

test("there are vectors of each kind", () => {
	for (const folder of folders) assert.ok(vectors.filter(({ name }) => name.startsWith(folder)).length > 35, folder);
});

for (const { name, bytes, section, status, fault } of vectors)
	test(`${name} (${section}): ${fault ?? "no fault"}, answered ${status === 0 ? "with nothing" : status}`, () => {
		assert.equal(faultOf(bytes), fault);
		const bench = new Bench();
		assert.equal(statusOf(bench.send(bytes)), status);
		assert.equal(statusOf(bench.send(notify("good"))), 200);
	});

test("every code of a fault has a vector, but that of a list of sources and of Authorization", () => {
	const codes = new Set(vectors.flatMap(({ fault }) => fault ?? []));
	const wanted =
		"SIP_ADDRESS SIP_BODY SIP_CALL_ID SIP_CONTENT_LENGTH SIP_CONTENT_TYPE SIP_CSEQ SIP_EVENT SIP_FIELD SIP_FIELDS " +
		"SIP_LENGTH SIP_LINE SIP_MAX_FORWARDS SIP_MISSING SIP_REQUIRE SIP_START_LINE SIP_TWICE SIP_VERSION SIP_VIA";
	assert.deepEqual([...codes].sort(), wanted.split(" "));
});

test("a message cut short at any byte has no other end than an answer, silence, or an error of ours", () => {
	const bench = new Bench();
	for (const { bytes } of vectors) {
		const step = bytes.length > 1000 ? 7 : 1;
		for (let length = 0; length < bytes.length; length += step) bench.send(bytes.slice(0, length));
	}
	assert.equal(statusOf(bench.send(notify("good"))), 200);
});

test("mutated messages have no other end either, and the next good one is answered", () => {
	const seed = 20261123;
	const random = new Random(seed);
	const bench = new Bench();
	for (let round = 0; round < 3000; round++) {
		const { bytes } = random.pick(vectors);
		const copy = bytes.slice();
		for (let i = random.below(4); i >= 0; i--) copy[random.below(copy.length)] = mutation(random);
		try {
			bench.send(copy);
		} catch (error) {
			assert.fail(`seed ${seed}, round ${round}: ${String(error)}`);
		}
		if (round % 100 === 0) assert.equal(statusOf(bench.send(notify(`good${round}`))), 200, `round ${round}`);
	}
});

/** Any byte, or one that means something. */
function mutation(random: Random): number {
	const special = '\r\n \t:;,<>"\\=/@[]0\0\x7f\xff';
	return random.below(2) === 0 ? random.below(256) : special.charCodeAt(random.below(special.length));
}
