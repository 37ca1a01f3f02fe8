// SPDX-License-Identifier: Apache-2.0
//
// The parts around the user agent server: sources, joining of triggers, time for strangers, notes.

import assert from "node:assert/strict";
import test from "node:test";
import type { Note } from "../../modules/sip/agent.js";
import { Coalescer } from "../../modules/sip/coalescer.js";
import { Duty } from "../../modules/sip/duty.js";
import { NoteFilter, type ThinNote } from "../../modules/sip/notes.js";
import { isListed, parseSources } from "../../modules/sip/sources.js";
import { SourceWatch } from "../../modules/sip/source-watch.js";
import { FakeClock } from "../fakes/clock.js";
import { FakeResolver } from "../fakes/resolver.js";

test("addresses and networks are matched bit by bit, IPv4 within IPv6 as IPv4", () => {
	const { networks, names } = parseSources(
		"192.0.2.7, 10.0.0.0/8 198.51.100.128/25,2001:DB8::/33, ::1 ,PBX.example.net",
	);
	assert.deepEqual(names, ["pbx.example.net"]);
	const inside = [
		"192.0.2.7",
		"10.255.0.1",
		"198.51.100.200",
		"2001:db8:7fff::1",
		"::1",
		"::ffff:10.1.2.3",
		"0:0::0:1",
	];
	const outside = ["192.0.2.8", "11.0.0.1", "198.51.100.127", "2001:db8:8000::1", "::2", "::ffff:11.1.2.3", "x", ""];
	for (const address of inside) assert.ok(isListed(networks, address), address);
	for (const address of outside) assert.ok(!isListed(networks, address), address);
	assert.ok(isListed(parseSources("0.0.0.0/0").networks, "203.0.113.1"));
	assert.ok(!isListed(parseSources("0.0.0.0/0").networks, "2001:db8::1"));
	assert.ok(!isListed(parseSources("").networks, "127.0.0.1"));
});

test("a faulty list says where", () => {
	for (const [text, offset] of [
		["10.0.0.1, 300.1.1.1", 10],
		["10.0.0.0/33", 9],
		["10.0.0.0/", 9],
		["pbx/8", 0],
		["a b*c", 2],
		["1.2.3.4 ".repeat(17), 128],
	] as [string, number][])
		assert.throws(() => parseSources(text), { code: "SIP_SOURCE", offset }, text);
});

test("names are looked up, again after a stranger, and keep their address when the server fails", () => {
	const clock = new FakeClock();
	const table: Record<string, string> = { "pbx.example.net": "192.0.2.7" };
	const resolver = new FakeResolver(clock, table);
	let text = "pbx.example.net";
	const watch = new SourceWatch({ resolver, ticks: clock.ticks, text: () => text });
	watch.prepare();
	clock.advance(10);
	assert.ok(watch.allows("192.0.2.7"));
	table["pbx.example.net"] = "192.0.2.8";
	assert.ok(!watch.allows("192.0.2.8"), "asked just before");
	clock.advance(10_000);
	assert.ok(!watch.allows("192.0.2.8"));
	clock.advance(10);
	assert.ok(watch.allows("192.0.2.8"));
	assert.ok(!watch.allows("192.0.2.7"));
	delete table["pbx.example.net"];
	clock.advance(300_000);
	assert.ok(watch.allows("192.0.2.8"));
	clock.advance(10);
	assert.ok(watch.allows("192.0.2.8"));
	assert.equal(resolver.asked.length, 3);
	text = "nonsense!";
	assert.ok(!watch.allows("192.0.2.8"));
	assert.match(watch.fault ?? "", /character 1/);
	text = "192.0.2.0/24";
	assert.ok(watch.allows("192.0.2.8"));
	assert.equal(watch.fault, undefined);
});

function makeCoalescer(intervalMs = 60_000) {
	const clock = new FakeClock();
	const triggers: [time: number, requester: string, restart: boolean][] = [];
	const state = { effect: "started" };
	const update = {
		trigger: (_: "notify", requester: string, { restart }: { restart: boolean }): string => {
			triggers.push([clock.now, requester, restart]);
			return state.effect;
		},
	};
	const coalescer = new Coalescer({ timer: clock.timer, ticks: clock.ticks, update, intervalMs: () => intervalMs });
	return { clock, triggers, state, coalescer };
}

test("the first request triggers at once, all that follow become one trigger at the end of the interval", () => {
	const { clock, triggers, coalescer } = makeCoalescer();
	assert.equal(coalescer.request("a", false), "triggered");
	for (let i = 0; i < 1000; i++) assert.equal(coalescer.request(`b${i}`, i === 7), "joined");
	assert.equal(coalescer.waitMs, 60_000);
	clock.advance(200_000);
	assert.deepEqual(triggers, [
		[0, "a", false],
		[60_000, "b999", true],
	]);
	assert.equal(coalescer.waitMs, undefined);
	assert.equal(clock.pending, 0);
	assert.equal(coalescer.request("c", false), "triggered");
});

test("what the update does not take is told, and the next request may try again", () => {
	const { triggers, state, coalescer, clock } = makeCoalescer();
	state.effect = "ignored";
	assert.equal(coalescer.request("a", false), "refused");
	assert.equal(clock.pending, 0);
	state.effect = "queued";
	assert.equal(coalescer.request("a", false), "triggered");
	assert.equal(triggers.length, 2);
	coalescer.request("b", false);
	coalescer.close();
	clock.advance(100_000);
	assert.equal(triggers.length, 2);
});

test("an interval of 0 triggers each time", () => {
	const { triggers, coalescer } = makeCoalescer(0);
	for (let i = 0; i < 5; i++) assert.equal(coalescer.request("a", false), "triggered");
	assert.equal(triggers.length, 5);
});

test("requests have two fifths of the time, and 50 ms at once after a rest", () => {
	const clock = new FakeClock();
	const duty = new Duty(clock.ticks);
	let done = 0;
	const flood = (): void => {
		while (duty.allows(true)) duty.run(() => ((clock.now += 5), done++));
	};
	flood();
	assert.equal(done, 17, "50 ms, and two fifths of the time they took");
	const before = done;
	for (let i = 0; i < 1000; i++) {
		clock.now += 1;
		flood();
	}
	const busy = (done - before) * 5;
	assert.ok(busy > 600 && busy < 720, `${busy} ms beside 1000 ms of others' time`);
	duty.run(() => (clock.now += 5));
	const wait = duty.waitMs(true);
	assert.ok(wait > 0);
	clock.now += wait;
	assert.ok(duty.allows(true));
});

test("strangers leave half of what there is at once to listed sources", () => {
	const clock = new FakeClock();
	const duty = new Duty(clock.ticks);
	while (duty.allows(false)) duty.run(() => (clock.now += 5));
	assert.ok(duty.allows(true));
	let listed = 0;
	while (duty.allows(true)) duty.run(() => ((clock.now += 5), listed++));
	assert.ok(listed >= 4, `${listed} of 5 ms`);
	clock.now += duty.waitMs(true);
	assert.ok(duty.allows(true) && !duty.allows(false));
	clock.now += duty.waitMs(false);
	assert.ok(duty.allows(false));
});

test("time is taken off also when the work throws", () => {
	const clock = new FakeClock();
	const duty = new Duty(clock.ticks);
	assert.throws(() =>
		duty.run(() => {
			clock.now += 500;
			throw new Error("failed");
		}),
	);
	assert.ok(!duty.allows(true));
});

test("notes are thinned out, and the number of those left out is told", () => {
	const clock = new FakeClock();
	const out: ThinNote[] = [];
	const filter = new NoteFilter(clock.ticks);
	const note: Note = { result: "refused", transport: "UDP", address: "203.0.113.5", status: 403, reason: "source" };
	const takeMany = (): void => {
		for (let i = 0; i < 500; i++) {
			const told = filter.take(note);
			if (told !== undefined) out.push(told);
		}
	};
	takeMany();
	assert.equal(out.length, 10);
	clock.advance(10_000);
	takeMany();
	assert.equal(out.length, 11);
	assert.deepEqual(out[10], { ...note, left: 490 });
});
