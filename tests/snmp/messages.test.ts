// SPDX-License-Identifier: Apache-2.0
//
// All vectors of messages: whole, cut off at every byte, damaged; numbers and identifiers there and back.

import assert from "node:assert/strict";
import test from "node:test";
import { BERWriter } from "../../modules/snmp/ber-writer.js";
import { BERReader, tag } from "../../modules/snmp/ber.js";
import { readCommunityMessage, readHead } from "../../modules/snmp/message.js";
import { pduType, type PDU } from "../../modules/snmp/pdu.js";
import { readV3Message, type V3Message } from "../../modules/snmp/v3-message.js";
import { decodeUTF8 } from "../../modules/bytes/text.js";
import { Random } from "../harness/random.js";
import { damage, loadSNMPVectors, World } from "./support.js";

const valid = loadSNMPVectors("valid");
const invalid = loadSNMPVectors("invalid");

function read(bytes: Uint8Array): { pdu?: PDU; message?: V3Message; version: number } {
	const { version, body } = readHead(bytes);
	if (version === 3) return { version, message: readV3Message(body) };
	return { version, pdu: readCommunityMessage(version, body).pdu };
}

test("every valid vector says what was typed", () => {
	assert.ok(valid.length >= 9);
	for (const { name, bytes, expected } of valid) {
		const { version, pdu, message } = read(bytes);
		assert.equal(version, expected.version, name);
		if (pdu !== undefined) {
			assert.equal(pdu.type, pduType[expected.type as keyof typeof pduType], name);
			assert.deepEqual(
				pdu.bindings.map(({ oid }) => oid.join(".")),
				expected.oids,
				name,
			);
		}
		if (message !== undefined) {
			assert.deepEqual([message.flags, decodeUTF8(message.user)], [expected.flags, expected.user], name);
		}
	}
});

test("every type of value is read as it was typed", () => {
	const { pdu } = read(valid.find(({ name }) => name.startsWith("v2c-set-all-types"))!.bytes);
	const [integer, unsigned, ticks, address, oid, text, hex] = pdu!.bindings.map(({ value }) => value);
	assert.deepEqual([integer, unsigned, ticks], [-5, 4294967295, 77]);
	assert.deepEqual(address, Uint8Array.of(192, 0, 2, 1));
	assert.deepEqual(oid, [1, 3, 6, 1, 4294967295, 0]);
	assert.deepEqual([text, hex], [Uint8Array.of(0x74, 0x65, 0x78, 0x74), Uint8Array.of(0, 255, 128)]);
});

test("every invalid vector is refused with its code", () => {
	assert.ok(invalid.length >= 30);
	for (const { name, bytes, expected } of invalid)
		assert.throws(() => read(bytes), { name: "SNMPError", code: expected.code as string }, name);
});

test("a message that is cut off at any byte is refused with our error", () => {
	for (const { name, bytes } of valid)
		for (let length = 0; length < bytes.length; length++)
			assert.throws(() => read(bytes.subarray(0, length)), { name: "SNMPError" }, `${name} ${length}`);
});

test("an agent that gets any of these, cut off anywhere or damaged, answers a good request afterwards", () => {
	const world = new World();
	for (const { bytes } of [...valid, ...invalid]) {
		world.send(bytes);
		world.assertAlive();
	}
	for (const { bytes } of valid)
		for (let length = 0; length < bytes.length; length += 7) {
			world.send(bytes.subarray(0, length));
			world.assertAlive();
		}
	const random = new Random(Number(globalThis.process?.env?.UPGATE_SEED ?? 2026));
	for (let i = 0; i < 3000; i++) {
		const input = damage(random, random.pick(valid).bytes);
		try {
			const answers = world.send(input);
			assert.ok(answers.every((answer) => answer.length <= 1452));
			if (i % 20 === 0) world.assertAlive();
		} catch (error) {
			throw new Error(`seed ${random.seed}, case ${i}: ${input.join(" ")}`, { cause: error });
		}
		if (i % 50 === 0) world.clock.advance(60_000);
	}
	world.assertAlive();
	assert.ok(world.agent.context.counters.inASNParseErrs > 100);
});

test("numbers come back as they were written, in the fewest bytes", () => {
	const numbers = [
		0, 1, 127, 128, 255, 256, 32767, 32768, 8388607, 8388608, 2147483647, -1, -128, -129, -32769, -2147483648,
	];
	for (const value of numbers) {
		const writer = new BERWriter(8);
		writer.integer(tag.integer, value);
		assert.equal(new BERReader(writer.finish()).integer(), value);
		const fewest = [1, 2, 3, 4].find((count) => value >= -(2 ** (8 * count - 1)) && value < 2 ** (8 * count - 1));
		assert.equal(writer.offset, 2 + fewest!);
	}
	for (const value of [0, 2147483648, 4294967295]) {
		const writer = new BERWriter(8);
		writer.integer(tag.unsigned, value);
		assert.equal(new BERReader(writer.finish()).unsigned(tag.unsigned), value);
	}
});

test("identifiers come back as they were written", () => {
	const random = new Random(7);
	const most = [127, 128, 16383, 16384, 2097151, 268435455, 268435456, 4294967295];
	for (let i = 0; i < 300; i++) {
		const parts = [random.below(3), random.below(40)];
		for (let k = random.below(126); k > 0; k--) parts.push(random.pick([random.pick(most), random.next()]));
		const writer = new BERWriter(1000);
		writer.oid(tag.oid, parts);
		assert.deepEqual(new BERReader(writer.finish()).oid(), parts);
	}
});

test("a write that does not fit throws, and what was written before stays", () => {
	const writer = new BERWriter(6);
	writer.integer(tag.integer, 5);
	for (const write of [
		() => writer.bytes(tag.octets, new Uint8Array(2)),
		() => writer.open(tag.sequence),
		() => writer.oid(tag.oid, [1, 3, 6]),
	])
		assert.throws(write, { code: "SNMP_FULL" });
	assert.deepEqual(writer.finish(), Uint8Array.of(2, 1, 5));
});
