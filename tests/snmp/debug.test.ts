// SPDX-License-Identifier: Apache-2.0
//
// What is told of requests: who, what, and how it was answered; never a community, never a text that was written.

import assert from "node:assert/strict";
import test from "node:test";
import { pduType } from "../../modules/snmp/pdu.js";
import { ask, request, string, unsigned, World, type WorldOptions } from "./support.js";

const system = "1.3.6.1.4.1.63333.9.10.10";
const iniURL = `${system}.1.3.8.5.0`;
const frequency = `${system}.1.3.8.2.0`;

function makeWorld(options: WorldOptions = {}): { world: World; told: string[] } {
	const world = new World(options);
	const told: string[] = [];
	world.debug.line = (text) => told.push(text);
	return { world, told };
}

test("a get is told with its answer; credentials of URLs are obscured in it", () => {
	const { world, told } = makeWorld({ settings: { IniFileURL: "https://gw:hush@h/a.ini", AutoUpdateFrequency: "60" } });
	world.ask(pduType.get, [ask(iniURL), ask(frequency)], { requestId: 77 });
	assert.equal(told[0], "< 192.0.2.1 port 5000 v2c get 77");
	assert.deepEqual(told.slice(1, 3), [`<   ${iniURL}`, `<   ${frequency}`]);
	assert.match(told[3], /^> response 77: noError, \d+ bytes$/);
	assert.match(told[4], /^> {3}1\.3\.6.* = "https:\/\/.*h\/a\.ini"$/);
	assert.equal(told[5], `>   ${frequency} = 60`);
	assert.ok(!told.join("\n").includes("hush"), told.join("\n"));
});

test("texts that are set are told by their length alone, also in the answer and when they are refused", () => {
	const { world, told } = makeWorld();
	world.ask(pduType.set, [string(iniURL, "https://gw:hush@h/a.ini"), unsigned(frequency, 120)]);
	world.ask(pduType.set, [string(iniURL, "hush hush")], { requestId: 2 });
	assert.ok(told.includes(`<   ${iniURL} = (23 bytes)`), told.join("\n"));
	assert.ok(told.includes(`>   ${iniURL} = (23 bytes)`));
	assert.ok(told.includes(`>   ${frequency} = 120`));
	assert.ok(told.some((line) => /^> response 2: wrongValue at binding 1/.test(line)));
	assert.ok(!told.join("\n").includes("hush"));
});

test("communities are not told, right or wrong, nor is what cannot be read", () => {
	const { world, told } = makeWorld();
	for (const community of ["look", "change", "Hush-hush"])
		world.ask(pduType.get, [ask("1.3.6.1.2.1.1.1.0")], { community, version: 0 });
	assert.ok(told.includes(": refused: wrong community"));
	assert.ok(told.some((line) => line.startsWith("< 192.0.2.1 port 5000 v1 get")));
	world.send(request(pduType.get, [ask("1.3")], { community: "Hush-hush" }).subarray(0, 20));
	assert.match(told.at(-1) ?? "", /^: 192\.0\.2\.1 not readable: BER_TRUNCATED, /);
	assert.ok(!/look|change|Hush/.test(told.join("\n")), told.join("\n"));
});

test("a long answer is told in part", () => {
	const { world, told } = makeWorld();
	world.ask(pduType.getBulk, [ask("1.3")], { status: 0, index: 100 });
	assert.equal(told[0], "< 192.0.2.1 port 5000 v2c getBulk 1, non-repeaters 0, repetitions 100");
	assert.match(told.at(-1) ?? "", /^> {3}\(\d+ more\)$/);
	assert.ok(told.length < 25, String(told.length));
});

test("who may not ask, or asks too fast, is told", () => {
	const { world, told } = makeWorld({ settings: { SNMPTrustedMgr_0: "192.0.2.1", SNMPRateLimit: "1" } });
	world.ask(pduType.get, [ask("1.3")], { address: "192.0.2.66" });
	assert.equal(told.at(-1), ": 192.0.2.66 refused: this source may not ask");
	for (let i = 0; i < 30; i++) world.ask(pduType.get, [ask("1.3")], { requestId: i });
	assert.ok(told.includes(": 192.0.2.1 refused: above the rate"), told.slice(-5).join("\n"));
});
