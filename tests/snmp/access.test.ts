// SPDX-License-Identifier: Apache-2.0
//
// Who is answered, and what they see: communities, views, sources, rates.

import assert from "node:assert/strict";
import test from "node:test";
import { parseView } from "../../modules/snmp/access.js";
import { tag } from "../../modules/snmp/ber.js";
import { errorStatus, pduType } from "../../modules/snmp/pdu.js";
import { parseAddress, Sources } from "../../modules/snmp/sources.js";
import { ask, oid, outcome, string, unsigned, World } from "./support.js";

const system = "1.3.6.1.4.1.63333.9.10.10";
const frequency = `${system}.1.3.8.2.0`;

test("a reader cannot set; a view hides objects from both; a wrong community gets nothing", () => {
	const world = new World({ settings: { SNMPCommunityView: "1.3.6.1.2.1,-1.3.6.1.2.1.1.6,1.3.6.1.4.1.63333.9" } });
	assert.deepEqual(outcome(world.ask(pduType.set, [unsigned(frequency, 1)], { community: "look" })), [
		errorStatus.noAccess,
		1,
	]);
	assert.equal(world.ask(pduType.get, [ask("1.3.6.1.2.1.1.6.0")])?.bindings[0].tag, tag.noSuchObject);
	assert.deepEqual(outcome(world.ask(pduType.set, [string("1.3.6.1.2.1.1.6.0", "x")])), [errorStatus.noAccess, 1]);
	const next = world.ask(pduType.getNext, [ask("1.3.6.1.2.1.1.5.0")]);
	assert.deepEqual(next?.bindings[0].oid, oid("1.3.6.1.2.1.1.7.0"));
	const last = world.ask(pduType.getNext, [ask(`${system}.3.1.2.2.0`)]);
	assert.equal(last?.bindings[0].tag, tag.endOfMibView);
	assert.equal(world.ask(pduType.get, [ask("1.3.6.1.2.1.1.7.0")], { community: "public" }), undefined);
	assert.equal(world.agent.context.counters.inBadCommunityNames, 1);
});

test("without a community in the settings nobody is answered", () => {
	const settings = { SNMPReadOnlyCommunityString_0: "", SNMPReadWriteCommunityString_0: "" };
	const world = new World({ settings });
	for (const community of ["", "public", "private"])
		assert.equal(world.ask(pduType.get, [ask("1.3.6.1.2.1.1.7.0")], { community }), undefined);
});

test("only sources of the list are answered, and only at their rate", () => {
	const settings = { SNMPTrustedMgr_0: "192.0.2.0/24", SNMPTrustedMgr_1: "2001:db8::/33", SNMPRateLimit: "10" };
	const world = new World({ settings });
	const from = (address: string): boolean =>
		world.ask(pduType.get, [ask("1.3.6.1.2.1.1.7.0")], { address }) !== undefined;
	assert.deepEqual(["192.0.2.77", "192.0.3.1", "2001:db8::7", "2001:db8:8000::1", "::1"].map(from), [
		true,
		false,
		true,
		false,
		false,
	]);
	assert.equal(world.agent.context.counters.foreignSources, 3);
	let answered = 0;
	for (let i = 0; i < 100; i++) if (from("192.0.2.5")) answered++;
	assert.equal(answered, 20);
	assert.ok(from("192.0.2.6"));
	world.clock.advance(1000);
	for (let i = 0; i < 100; i++) if (from("192.0.2.5")) answered++;
	assert.equal(answered, 30);
});

test("addresses, networks and views that are none are refused", () => {
	for (const text of [
		"",
		"192.0.2",
		"192.0.2.256",
		"192.0.2.1/33",
		"1:2:3:4:5:6:7",
		"1::2::3",
		":::",
		"gateway",
		"::1/x",
	])
		assert.throws(() => new Sources([text]), { code: "SNMP_SOURCE" }, text);
	assert.deepEqual(
		parseAddress("::ffff:192.0.2.1"),
		new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1]),
	);
	for (const text of ["x", "1.3.", "1..3", "--1.3", "1.3,,1.4"])
		assert.throws(() => parseView(text), { code: "SNMP_VIEW" }, text);
});
