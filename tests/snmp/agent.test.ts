// SPDX-License-Identifier: Apache-2.0
//
// What the agent answers: the tree in order, sets that happen whole or not at all, errors of both versions, limits.

import assert from "node:assert/strict";
import test from "node:test";
import { tag } from "../../modules/snmp/ber.js";
import type { Attempt } from "../../modules/snmp/context.js";
import { errorStatus, pduType, type Binding } from "../../modules/snmp/pdu.js";
import { compareOID } from "../../modules/snmp/tree.js";
import { ask, oid, outcome, request, string, text, unsigned, World } from "./support.js";

const system = "1.3.6.1.4.1.63333.9.10.10";
const actions = `${system}.3.1.1`;
const iniURL = `${system}.1.3.8.5.0`;
const frequency = `${system}.1.3.8.2.0`;

function walk(world: World): string[] {
	const oids: string[] = [];
	for (let last = oid("1.3"); ;) {
		world.clock.advance(100);
		const [binding] = world.ask(pduType.getNext, [{ oid: last, tag: tag.null, value: undefined }])!.bindings;
		if (binding.tag === tag.endOfMibView) return oids;
		assert.ok(compareOID(binding.oid, last) > 0, binding.oid.join("."));
		last = [...binding.oid];
		oids.push(last.join("."));
		const again = world.ask(pduType.get, [{ oid: last, tag: tag.null, value: undefined }]);
		assert.equal(again?.bindings[0].tag, binding.tag, last.join("."));
	}
}

test("a walk goes through the whole tree in order, and each object it finds can be read", () => {
	const oids = walk(new World());
	assert.ok(oids.length > 90, String(oids.length));
	for (const wanted of ["1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.9.1.3.4", `${actions}.5.0`, "1.3.6.1.6.3.15.1.1.6.0"])
		assert.ok(oids.includes(wanted), wanted);
	const both = walk(new World({ settings: { SNMPOriginalOIDs: "1" } }));
	const added = both.filter((name) => !oids.includes(name));
	const shape = oids.filter((name) => name.startsWith(system)).map((name) => name.replace("63333", "5003"));
	assert.deepEqual(added, shape);
});

test("getBulk gives singles, then rounds, ends at the end of the tree and never exceeds a message", () => {
	const world = new World();
	const names = [ask("1.3.6.1.2.1.1.3"), ask("1.3.6.1.2.1.11"), ask("1.3.6.1.2.1.1.9.1.2")];
	const pdu = world.ask(pduType.getBulk, names, { status: 1, index: 2 });
	assert.deepEqual(
		pdu?.bindings.map((binding) => binding.oid.slice(6).join(".")),
		["1.3.0", "11.1.0", "1.9.1.2.1", "11.2.0", "1.9.1.2.2"],
	);
	const [answer] = world.send(request(pduType.getBulk, [ask("1.3")], { index: 10000, requestId: 2 }));
	assert.ok(answer.length <= 1452 && answer.length > 1000, String(answer.length));
	const end = world.ask(pduType.getBulk, [ask("1.3.6.1.6.3.15.1.1.6")], { index: 50 });
	assert.deepEqual(
		end?.bindings.map((binding) => binding.tag),
		[tag.counter, tag.endOfMibView],
	);
	assert.equal(world.ask(pduType.getBulk, [ask("1.3")], { version: 0 }), undefined);
	const none = world.ask(pduType.getBulk, [ask("1.3")], { status: -5, index: -5 });
	assert.deepEqual(none?.bindings, []);
});

test("a set is taken whole, and stored with one commit", () => {
	const world = new World();
	const before = world.store.commits;
	const pdu = world.ask(pduType.set, [string(iniURL, "http://192.0.2.9/a.ini"), unsigned(frequency, 60)]);
	assert.deepEqual(outcome(pdu), [0, 0]);
	assert.equal(world.settings.text("IniFileURL"), "http://192.0.2.9/a.ini");
	assert.equal(world.settings.text("AutoUpdateFrequency"), "60");
	assert.equal(world.store.commits, before + 1);
});

test("a set with one fault changes nothing, wherever the fault is", () => {
	const e = errorStatus;
	const good = [string(iniURL, "http://192.0.2.9/a.ini"), unsigned(`${actions}.5.0`, 1)];
	const faults: [Binding, number][] = [
		[unsigned(frequency, 65537), e.wrongValue],
		[{ ...unsigned(frequency, 6), tag: tag.integer }, e.wrongType],
		[string(`${system}.1.3.8.1.0`, "25:00"), e.wrongValue],
		[string(`${system}.1.3.8.1.0`, "12345678"), e.wrongLength],
		[{ ...string(iniURL, ""), value: Uint8Array.of(0xff, 0xfe) }, e.wrongValue],
		[string(`${system}.2.2.1.0`, "9"), e.notWritable],
		[unsigned("1.3.6.1.4.1.63333.77.0", 1), e.notWritable],
		[unsigned(`${actions}.5.7`, 1), e.noCreation],
		[unsigned(`${actions}.5.0.1`, 1), e.noCreation],
		[{ ...ask(`${system}.3.1.2.1.0`), tag: tag.integer, value: 1 }, e.wrongValue],
		[{ ...ask(`${system}.3.1.2.1.0`), tag: tag.integer, value: 0 }, e.resourceUnavailable],
		[{ ...ask("1.3.6.1.6.3.1.1.6.1.0"), tag: tag.integer, value: 99 }, e.inconsistentValue],
	];
	const world = new World();
	let requestId = 0;
	for (const [fault, status] of faults)
		for (let at = 0; at <= good.length; at++) {
			const bindings = [...good.slice(0, at), fault, ...good.slice(at)];
			world.clock.advance(1000);
			const pdu = world.ask(pduType.set, bindings, { requestId: ++requestId });
			assert.deepEqual(outcome(pdu), [status, at + 1], fault.oid.join("."));
			assert.deepEqual(pdu?.bindings, bindings);
		}
	assert.equal(world.settings.text("IniFileURL"), "");
	assert.deepEqual(world.triggers, []);
});

test("when the store fails nothing is changed, nothing is triggered, and the error says so", () => {
	const world = new World();
	world.store.broken = true;
	const bindings = [unsigned(frequency, 5), unsigned(frequency, 7), unsigned(`${actions}.5.0`, 1)];
	assert.deepEqual(outcome(world.ask(pduType.set, bindings)), [errorStatus.commitFailed, 1]);
	assert.equal(world.settings.text("AutoUpdateFrequency"), "0");
	assert.deepEqual(world.triggers, []);
	world.store.broken = false;
	assert.deepEqual(outcome(world.ask(pduType.set, bindings, { requestId: 2 })), [0, 0]);
	assert.deepEqual(world.triggers, ["192.0.2.1"]);
});

test("the same set again is answered alike and does nothing; with another number, or later, it does", () => {
	const world = new World();
	const set = (requestId: number): unknown[] =>
		outcome(world.ask(pduType.set, [unsigned(`${actions}.5.0`, 1)], { requestId }));
	assert.deepEqual(
		[set(7), set(7), set(7)],
		[
			[0, 0],
			[0, 0],
			[0, 0],
		],
	);
	assert.equal(world.triggers.length, 1);
	set(8);
	assert.equal(world.triggers.length, 2);
	world.clock.advance(150_001);
	set(7);
	assert.equal(world.triggers.length, 3);
	const fault = (): unknown[] => outcome(world.ask(pduType.set, [unsigned(`${actions}.5.0`, 9)], { requestId: 50 }));
	assert.deepEqual(
		[fault(), fault()],
		[
			[errorStatus.wrongValue, 1],
			[errorStatus.wrongValue, 1],
		],
	);
});

test("two bindings that ask for the update trigger it once; reset, save and the serial number do what they say", () => {
	const world = new World();
	world.ask(pduType.set, [unsigned(`${actions}.5.0`, 1), unsigned(`${actions}.5.0`, 1)]);
	assert.equal(world.triggers.length, 1);
	world.ask(pduType.set, [unsigned(`${actions}.1.0`, 1)], { requestId: 2 });
	world.ask(pduType.set, [unsigned(`${actions}.1.0`, 2)], { requestId: 3 });
	world.ask(pduType.set, [unsigned(`${actions}.1.0`, 0)], { requestId: 4 });
	assert.deepEqual(world.restarts, [false, true]);
	const serial = world.ask(pduType.get, [ask("1.3.6.1.6.3.1.1.6.1.0")])!.bindings[0];
	assert.deepEqual(outcome(world.ask(pduType.set, [serial], { requestId: 5 })), [0, 0]);
	assert.deepEqual(outcome(world.ask(pduType.set, [serial], { requestId: 6 })), [errorStatus.inconsistentValue, 1]);
});

test("a reset with control 2 does not save what was only set in memory, with control 1 it does", () => {
	const world = new World();
	world.settings.set("AutoUpdateFrequency", "9");
	const control = (value: number): Binding => ({ ...ask(`${actions}.2.0`), tag: tag.integer, value });
	world.ask(pduType.set, [control(2), unsigned(`${actions}.1.0`, 1)]);
	assert.deepEqual(world.settings.changed, ["AutoUpdateFrequency"]);
	world.ask(pduType.set, [control(1), unsigned(`${actions}.1.0`, 1)], { requestId: 2 });
	assert.deepEqual(world.settings.changed, []);
});

test("the result of an update is told with the manager's number, over a restart too", () => {
	const world = new World();
	const result = (): string => text(world.ask(pduType.get, [ask(`${actions}.13.0`)]));
	const { actions: state } = world.agent.context;
	assert.equal(result(), "");
	world.ask(pduType.set, [unsigned(`${actions}.12.0`, 42), unsigned(`${actions}.5.0`, 1)]);
	assert.equal(result(), "42 ; inProgress ; requested");
	state.verdict({ result: "nothing-new", version: "1.0.0", reason: "ini same" });
	assert.equal(result(), "42 ; success ; nothing-new: ini same");
	world.effect = "queued";
	world.ask(pduType.set, [unsigned(`${actions}.5.0`, 1)], { requestId: 2 });
	state.verdict({ result: "nothing-new", version: "1.0.0", reason: "another's" });
	assert.match(result(), /inProgress/);
	state.verdict({ result: "updated", version: "1.1.0", reason: "" });
	state.restarting();
	const after = new World({ store: world.store });
	const told = (): string => text(after.ask(pduType.get, [ask(`${actions}.13.0`)]));
	assert.equal(told(), "42 ; inProgress ; restarted");
	after.agent.context.actions.verdict({ result: "rolled-back", version: "1.0.0", reason: "no server" });
	assert.equal(told(), "42 ; failure ; rolled-back: no server");
	assert.equal(after.store.get("snmp.action"), undefined);
});

test("credentials in a URL are never shown", () => {
	const world = new World();
	world.ask(pduType.set, [string(iniURL, "https://bob:topsecret@192.0.2.9/a.ini")]);
	assert.equal(text(world.ask(pduType.get, [ask(iniURL)])), "https://***@192.0.2.9/a.ini");
});

test("SNMPv1 is told its own five errors, and has no exceptions", () => {
	const world = new World();
	const v1 = (type: number, bindings: Binding[], requestId: number): unknown[] =>
		outcome(world.ask(type, bindings, { version: 0, requestId }));
	assert.deepEqual(v1(pduType.get, [ask("1.3.6.1.2.1.1.7.0"), ask("1.3.6.1.9.9.0")], 1), [2, 2]);
	assert.deepEqual(v1(pduType.getNext, [ask("1.3.6.1.6.3.99")], 2), [2, 1]);
	assert.deepEqual(v1(pduType.set, [unsigned(`${actions}.5.0`, 7)], 3), [errorStatus.badValue, 1]);
	assert.deepEqual(v1(pduType.set, [string(`${system}.2.2.1.0`, "x")], 4), [errorStatus.noSuchName, 1]);
	world.store.broken = true;
	assert.deepEqual(v1(pduType.set, [unsigned(frequency, 7)], 5), [errorStatus.genErr, 1]);
});

test("an answer that does not fit is tooBig, in v1 with the bindings of the request; so is a request of too many", () => {
	const world = new World();
	world.settings.set("SNMPContact", "c".repeat(255));
	const long = new Array<Binding>(8).fill(ask("1.3.6.1.2.1.1.4.0"));
	const v2 = world.ask(pduType.get, long);
	assert.deepEqual([...outcome(v2), v2?.bindings.length], [errorStatus.tooBig, 0, 0]);
	const v1 = world.ask(pduType.get, long, { version: 0 });
	assert.deepEqual([...outcome(v1), v1?.bindings.length], [errorStatus.tooBig, 0, 8]);
	const many = world.ask(pduType.get, new Array<Binding>(65).fill(ask("1.3.6.1.2.1.1.7.0")));
	assert.deepEqual([...outcome(many), many?.bindings.length], [errorStatus.tooBig, 0, 0]);
	assert.deepEqual(world.send(new Uint8Array(1453)), []);
});

test("the table of attempts has a row for each, walks by column, and is empty without a ring", () => {
	const attempt = (number: number): Attempt => ({
		...{ time: "2026-01-01T00:00:00Z", cause: "snmp", verdict: "updated", version: "1.1.0", durationMs: 12.4 },
		...{ reason: "r".repeat(400), number, count: 1 },
	});
	const world = new World({ attempts: { length: 3, at: (index) => attempt(index + 5) } });
	const cells = walk(world).filter((name) => name.startsWith("1.3.6.1.4.1.63333.1.1.1.1."));
	assert.equal(cells.length, 24);
	assert.deepEqual(
		cells.slice(0, 4).map((name) => name.slice(26)),
		["2.1", "2.2", "2.3", "3.1"],
	);
	assert.equal(text(world.ask(pduType.get, [ask("1.3.6.1.4.1.63333.1.1.1.1.6.2")])).length, 255);
	const { value } = world.ask(pduType.get, [ask("1.3.6.1.4.1.63333.1.1.1.1.8.3")])!.bindings[0];
	assert.equal(value, 7);
	assert.equal(world.ask(pduType.get, [ask("1.3.6.1.4.1.63333.1.1.1.1.8.4")])?.bindings[0].tag, tag.noSuchInstance);
	assert.ok(!walk(new World()).some((name) => name.startsWith("1.3.6.1.4.1.63333.1.1.")));
});
