// SPDX-License-Identifier: Apache-2.0
//
// Topics that are looked at: off at first, on and off by name, and never more lines than the limits say.

import assert from "node:assert/strict";
import test from "node:test";
import { Debug, debugLimits } from "../../modules/debug/debug.js";
import { FakeClock } from "../fakes/clock.js";

class World {
	readonly clock = new FakeClock();
	readonly lines: string[] = [];
	readonly debug = new Debug(["http", "sip"], {
		timer: this.clock.timer,
		ticks: this.clock.ticks,
		print: (line) => this.lines.push(line),
	});

	/** Tells so many lines of SIP. @returns how many texts were made */
	flood(count: number): number {
		const port = this.debug.port("sip");
		let made = 0;
		for (let i = 0; i < count; i++) port.line?.(`< ${++made}`);
		return made;
	}
}

test("what is off makes no text, and what is on begins with its topic", () => {
	const world = new World();
	assert.equal(world.flood(5), 0);
	world.debug.set("sip", true);
	assert.deepEqual(
		[...world.debug.topics()],
		[
			{ name: "http", on: false },
			{ name: "sip", on: true },
		],
	);
	assert.equal(world.flood(1), 1);
	world.debug.port("http").line?.("nobody looks");
	world.debug.set("sip", false);
	assert.equal(world.flood(1), 0);
	assert.deepEqual(world.lines, ["sip < 1"]);
	assert.throws(() => world.debug.set("ftp", true), RangeError);
	assert.throws(() => world.debug.port("ftp"), RangeError);
});

test("a flood is cut, counted, and goes on after a second", () => {
	const { atOnce, aSecond } = debugLimits;
	const world = new World();
	world.debug.set("sip", true);
	world.debug.set("http", true);
	assert.equal(world.flood(5000), atOnce + 1, "no text is made of what is left out");
	world.debug.port("http").line?.("> another topic has room of its own");
	assert.equal(world.lines.length, atOnce + 1);
	world.clock.advance(1000);
	assert.equal(world.lines.at(-1), `sip (${5000 - atOnce} or more lines left out)`);
	world.flood(5000);
	world.clock.advance(1000);
	assert.equal(world.lines.length, atOnce + 2 + aSecond + 1);
	assert.equal(world.clock.pending, 0, "nothing runs on behind a flood");
});

test("in an hour of flood there is no more than the rate", () => {
	const world = new World();
	world.debug.set("sip", true);
	for (let second = 0; second < 3600; second++) {
		world.flood(100);
		world.clock.advance(1000);
	}
	assert.ok(world.lines.length <= 3600 * (debugLimits.aSecond + 1) + debugLimits.atOnce, String(world.lines.length));
	assert.ok(world.lines.length > 3600 * debugLimits.aSecond * 0.4, String(world.lines.length));
});

test("what is switched off in a flood says nothing more, and is new when it is on again", () => {
	const world = new World();
	world.debug.set("sip", true);
	world.flood(500);
	world.debug.set("sip", false);
	const count = world.lines.length;
	world.clock.advance(5000);
	assert.equal(world.lines.length, count);
	world.debug.set("sip", true);
	world.debug.set("sip", true);
	assert.equal(world.flood(1), 1);
});

test("a long line is cut", () => {
	const world = new World();
	world.debug.set("http", true);
	world.debug.port("http").line?.("x".repeat(5000));
	assert.equal(world.lines[0].length, debugLimits.characters + 3);
	assert.ok(world.lines[0].endsWith("x..."));
});
