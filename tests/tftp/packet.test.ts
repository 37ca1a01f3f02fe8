// SPDX-License-Identifier: Apache-2.0
//
// Packets, options and URLs of TFTP: vectors, packets that are cut or damaged, and what must not be sent.

import assert from "node:assert/strict";
import test from "node:test";
import { decodeUTF8, fromHex, toHex } from "../../modules/bytes/text.js";
import { TFTPError } from "../../modules/tftp/error.js";
import { agree, requestOptions } from "../../modules/tftp/options.js";
import {
	decodePacket,
	encodeAcknowledgement,
	encodeError,
	encodeRead,
	type ServerPacket,
} from "../../modules/tftp/packet.js";
import { parseTFTPURL } from "../../modules/tftp/url.js";
import { Random } from "../harness/random.js";
import { loadVectors } from "../harness/vectors.js";

interface Vector {
	rule: string;
	packet: string;
	read?: object;
	offset?: number;
}

function vectors(kind: "valid" | "invalid"): (Vector & { name: string })[] {
	return loadVectors(`tftp/vectors/${kind}`).map(({ name, bytes }) => ({
		name,
		...(JSON.parse(decodeUTF8(bytes)) as Vector),
	}));
}

function plain(packet: ServerPacket): object {
	return packet.kind === "data" ? { ...packet, data: toHex(packet.data) } : packet;
}

test("each packet of the vectors is read, or refused at its fault", () => {
	const [valid, invalid] = [vectors("valid"), vectors("invalid")];
	assert.ok(valid.length >= 10 && invalid.length >= 15);
	for (const { name, packet, read } of valid) assert.deepEqual(plain(decodePacket(fromHex(packet))), read, name);
	for (const { name, packet, offset } of invalid)
		assert.throws(() => decodePacket(fromHex(packet)), { code: "TFTP_PACKET", offset }, name);
});

test("a packet that is cut is refused, or is shorter data or fewer options", () => {
	for (const { name, packet } of vectors("valid")) {
		const bytes = fromHex(packet);
		const { kind } = decodePacket(bytes);
		for (let length = 0; length < bytes.length; length++) {
			try {
				const cut = decodePacket(bytes.subarray(0, length));
				assert.ok(cut.kind === kind && kind !== "error", `${name} cut to ${length}`);
			} catch (error) {
				assert.ok(error instanceof TFTPError && error.code === "TFTP_PACKET", `${name} cut to ${length}`);
			}
		}
	}
});

test("damaged packets raise TFTP_PACKET and nothing else", () => {
	const random = new Random(1350);
	const all = [...vectors("valid"), ...vectors("invalid")];
	for (let round = 0; round < 2000; round++) {
		const bytes = fromHex(random.pick(all).packet);
		for (let i = random.below(4); i >= 0 && bytes.length > 0; i--)
			bytes[random.below(bytes.length)] = random.below(256);
		try {
			decodePacket(bytes);
		} catch (error) {
			assert.ok(error instanceof TFTPError && error.code === "TFTP_PACKET", `seed ${random.seed} round ${round}`);
		}
	}
});

test("what a client sends", () => {
	const read = encodeRead("a/bü.ini", [["tsize", "0"]]);
	assert.equal(toHex(read), "0001" + "612f62c3bc2e696e6900" + "6f6374657400" + "7473697a6500" + "3000");
	assert.equal(toHex(encodeAcknowledgement(258)), "00040102");
	assert.equal(toHex(encodeAcknowledgement(65535)), "0004ffff");
	assert.deepEqual(decodePacket(encodeError(5, "no")), { kind: "error", code: 5, text: "no" });
	assert.equal(encodeRead("n".repeat(501), []).length, 510);
	assert.throws(() => encodeRead("n".repeat(504), []), { code: "TFTP_URL" });
});

test("options that are asked for; 512 needs no agreement", () => {
	assert.deepEqual(requestOptions(512, 1), [
		["tsize", "0"],
		["timeout", "1"],
	]);
	assert.deepEqual(requestOptions(1428, 2).at(-1), ["blksize", "1428"]);
});

test("a server may leave options out and lower the block size", () => {
	const asked = requestOptions(1428, 1);
	assert.deepEqual(agree(asked, []), { blockSize: 512, size: undefined });
	assert.deepEqual(agree(asked, [["blksize", "8"]]), { blockSize: 8, size: undefined });
	const all: [string, string][] = [
		["tsize", "70000"],
		["blksize", "1428"],
		["timeout", "1"],
	];
	assert.deepEqual(agree(asked, all), { blockSize: 1428, size: 70000 });
});

test("anything else in an acknowledgement is refused", () => {
	const asked = requestOptions(1428, 1);
	const wrong = [
		["blksize", "1429"],
		["blksize", "7"],
		["blksize", "0"],
		["blksize", "-8"],
		["blksize", "8 "],
		["blksize", ""],
		["timeout", "2"],
		["tsize", "1e3"],
		["tsize", "1234567890123456"],
		["windowsize", "4"],
	] as const;
	for (const [name, value] of wrong)
		assert.throws(() => agree(asked, [[name, value]]), { code: "TFTP_OPTIONS" }, value);
	assert.throws(() => agree(requestOptions(512, 1), [["blksize", "512"]]), { code: "TFTP_OPTIONS" });
});

test("URLs: server, port, file; credentials go nowhere", () => {
	const parts = (url: string): unknown[] => Object.values(parseTFTPURL(url));
	assert.deepEqual(parts("tftp://Server/a.ini"), ["server", 69, "a.ini"]);
	assert.deepEqual(parts("TFTP://10.0.0.1:6969/dir/a%20b.cmp"), ["10.0.0.1", 6969, "dir/a b.cmp"]);
	assert.deepEqual(parts("tftp://[2001:db8::1]:70//abs/x"), ["2001:db8::1", 70, "/abs/x"]);
	assert.deepEqual(parts("tftp://h/f;mode=octet"), ["h", 69, "f"]);
	assert.deepEqual(parts("tftp://h/gr%C3%BCn?x#y"), ["h", 69, "grün?x#y"]);
	const secret = parseTFTPURL("tftp://user:pa@ss@host/f@2");
	assert.deepEqual(secret, { host: "host", port: 69, file: "f@2" });
});

test("URLs that are none, without a word of them in the error", () => {
	const wrong: [string, number][] = [
		["http://h/secret", 0],
		["tftp:/h/secret", 0],
		["tftp://", 7],
		["tftp:///secret", 7],
		["tftp://h", 8],
		["tftp://h/", 8],
		["tftp://h:0/secret", 7],
		["tftp://h:65536/secret", 7],
		["tftp://h:x/secret", 7],
		["tftp://h h/secret", 7],
		["tftp://secret@/f", 14],
		["tftp://[::1/secret", 7],
		["tftp://h/%4", 9],
		["tftp://h/%ff", 9],
		["tftp://h/a%00secret", 8],
		["tftp://h/secret;mode=netascii", 15],
	];
	for (const [url, offset] of wrong) {
		assert.throws(
			() => parseTFTPURL(url),
			(error) =>
				error instanceof TFTPError &&
				error.code === "TFTP_URL" &&
				error.offset === offset &&
				!error.message.includes("secret"),
			url,
		);
	}
});
