// SPDX-License-Identifier: Apache-2.0
//
// DHCP messages and what they say about provisioning: vectors, every truncation, mutations, the request byte by byte.

import assert from "node:assert/strict";
import test from "node:test";
import { ParseError } from "../../modules/bytes/error.js";
import { decodeLatin1, fromHex, toHex } from "../../modules/bytes/text.js";
import { decodeReply, encodeInform } from "../../modules/dhcp/packet.js";
import { defaultHostName, readProvisioning, readTimeServers } from "../../modules/dhcp/provisioning.js";
import { Random } from "../harness/random.js";
import { loadVectors } from "../harness/vectors.js";

const mac = fromHex("00908f1dd0d3");
const inform = {
	xid: 0x12345678,
	seconds: 4,
	address: "10.77.0.9",
	mac,
	hostName: "acl_1954003",
	parameters: [12, 67],
};

interface Case {
	name: string;
	expected: Record<string, string>;
	packet: Uint8Array;
}

function read(folder: "valid" | "invalid"): Case[] {
	return loadVectors(`dhcp/vectors/${folder}`).map(({ name, bytes }) => {
		const lines = decodeLatin1(bytes).split("\n");
		const expected: Record<string, string> = {};
		for (const line of lines.filter((text) => text.startsWith("= "))) {
			const [, key, ...rest] = line.split(" ");
			expected[key] = rest.join(" ");
		}
		const hex = lines.filter((line) => !/^[#=]/.test(line)).join("");
		return { name: name.replace(".txt", ""), expected, packet: fromHex(hex) };
	});
}

/** What came out, in the words of the vectors; empty things are left out. */
function tell(packet: Uint8Array): Record<string, string> {
	const reply = decodeReply(packet);
	const { ini, firmware, source, problem } = readProvisioning(reply, { product: "MP-118", tftp: true });
	const told: Record<string, string> = { server: reply.server, source };
	if (ini.length > 0) told.ini = ini.join(" ");
	if (firmware !== undefined) told.firmware = firmware;
	if (problem !== undefined) told.problem = problem;
	const time = readTimeServers(reply).join(" ");
	if (time !== "") told.time = time;
	return told;
}

test("every valid reply says what its file says", () => {
	const cases = read("valid");
	assert.ok(cases.length >= 15);
	for (const { name, expected, packet } of cases) {
		assert.deepEqual(tell(packet), expected, name);
		const { xid, mac: owner } = decodeReply(packet);
		assert.deepEqual([xid, toHex(owner)], [0x12345678, "00908f1dd0d3"], name);
	}
});

test("every invalid message is refused with the code in its name", () => {
	const cases = read("invalid");
	assert.ok(cases.length >= 13);
	for (const { name, packet } of cases) {
		assert.throws(() => decodeReply(packet), { name: "ParseError", code: name.split("-")[0] }, name);
	}
});

test("a reply that ends early is refused, at every byte", () => {
	for (const { packet, name } of read("valid")) {
		for (let length = 0; length < packet.length; length++) {
			assert.throws(() => decodeReply(packet.subarray(0, length)), { name: "ParseError" }, `${name}, ${length} bytes`);
		}
	}
});

test("damaged replies: a ParseError or URLs of plain ASCII, nothing else", () => {
	const seed = 20261123;
	const random = new Random(seed);
	const cases = read("valid");
	for (let round = 0; round < 3000; round++) {
		const packet = random.pick(cases).packet.slice();
		for (let i = random.below(8); i >= 0; i--) {
			const from = random.below(3) === 0 ? 0 : 236;
			packet[from + random.below(packet.length - from)] = random.next();
		}
		try {
			const reply = decodeReply(packet);
			const { ini, firmware } = readProvisioning(reply, { product: "MP-118", tftp: true });
			for (const url of [...ini, ...(firmware === undefined ? [] : [firmware])]) {
				assert.match(url, /^(https?|tftp):\/\/[!-~]+$/i, `seed ${seed}, round ${round}`);
				assert.ok(url.length <= 320);
			}
			assert.ok(readTimeServers(reply).every((server) => /^[0-9.]+$/.test(server)));
		} catch (error) {
			assert.ok(error instanceof ParseError, `seed ${seed}, round ${round}: ${String(error)}`);
		}
	}
});

test("RFC 2131 section 4.4.3: a DHCPINFORM names our address, and asks for no lease", () => {
	const packet = encodeInform(inform);
	assert.equal(packet.length, 300);
	assert.equal(
		toHex(packet.subarray(0, 44)),
		`0101060012345678000400000a4d0009${"00".repeat(12)}00908f1dd0d3${"00".repeat(10)}`,
	);
	assert.ok(packet.subarray(44, 236).every((byte) => byte === 0));
	assert.equal(
		toHex(packet.subarray(236)),
		`63825363${"350108"}${"390205c0"}0c0b61636c5f31393534303033${"37020c43"}ff`.padEnd(128, "0"),
	);
});

test("a DHCPINFORM without an address, or one too long for its field, is refused", () => {
	for (const address of ["", "10.77.0", "10.77.0.256", "fe80::1", "a.b.c.d"]) {
		assert.throws(() => encodeInform({ ...inform, address }), { code: "DHCP_ADDRESS" });
	}
	assert.throws(() => encodeInform({ ...inform, parameters: new Array<number>(300).fill(1) }), { name: "ParseError" });
	assert.equal(encodeInform({ ...inform, hostName: "x".repeat(300) }).length, 317);
});

test("spec section 3, DHCP option 12: acl_ and the last six hex digits of the MAC as a decimal number", () => {
	assert.equal(defaultHostName(fromHex("00908f010280")), "acl_66176");
	assert.equal(defaultHostName(fromHex("00908fffffff")), "acl_16777215");
});

test("spec section 3, DHCP option 66: counts only with DHCPRequestTFTPParams = 1", () => {
	const [vector] = read("valid").filter(({ name }) => name === "options-66-67");
	const off = readProvisioning(decodeReply(vector.packet), { product: "MP-118", tftp: false });
	assert.deepEqual(off, { ini: [], firmware: undefined, source: "", problem: undefined });
});

test("a model's name is escaped where it makes a file's name", () => {
	const [vector] = read("valid").filter(({ name }) => name === "option-160-host");
	const { ini } = readProvisioning(decodeReply(vector.packet), { product: "MP 118/é", tftp: false });
	assert.deepEqual(ini, ["https://prov.example.net/MP%20118%2F%E9<MAC>.ini"]);
});
