// SPDX-License-Identifier: Apache-2.0
//
// The `timer` module: order, repetition, clearing and scheduling from everywhere.

import Timer from "timer";
import { type Case, Deferred, delay, ok, same, throws } from "./cases.js";

type Callback = Parameters<typeof Timer.set>[0];

function refusals(): void {
	const call = Timer as unknown as Record<"set" | "repeat" | "schedule" | "delay", (...values: unknown[]) => unknown>;
	throws(SyntaxError, () => call.set(), "set without callback");
	throws(SyntaxError, () => call.repeat(() => undefined), "repeat without interval");
	throws(SyntaxError, () => call.schedule(), "schedule of nothing");
	throws(SyntaxError, () => call.schedule({}, 1), "schedule of no timer");
	throws(SyntaxError, () => call.delay(), "delay without time");
	throws(TypeError, () => call.set(() => undefined, 1n), "BigInt");
	Timer.clear(Timer.set(undefined as unknown as Callback, 1));
	Timer.clear(undefined);
	Timer.clear(null);
	Timer.clear({});
	Timer.clear(new ArrayBuffer(1));
}

/** A bad argument leaves the timer as it was. */
async function scheduleRefused(): Promise<void> {
	const done = new Deferred();
	const timer = Timer.set(() => done.resolve(), 5);
	const wrong = 1n as unknown as number;
	throws(TypeError, () => Timer.schedule(timer, wrong), "interval");
	throws(TypeError, () => Timer.schedule(timer, 10_000, wrong), "repeat");
	await done.promise;
}

/** Made first, fires first at the same time, however often it has fired before. */
async function repeatingOrder(): Promise<void> {
	const done = new Deferred<string>();
	const seen: string[] = [];
	Timer.set(
		(timer) => {
			seen.push("r");
			if (seen.length === 3) Timer.schedule(timer);
		},
		10,
		5,
	);
	Timer.set(() => done.resolve(seen.join("")), 20);
	same(await done.promise, "rrr", "fired before the one made later");
}

async function never(): Promise<void> {
	let called = 0;
	const timer = Timer.set(() => called++, 0);
	same(called, 0, "calls from inside set");
	Timer.clear(timer);
	Timer.clear(timer);
	await delay(20);
	same(called, 0, "calls after clear");
}

async function order(): Promise<void> {
	const seen: number[] = [];
	Timer.set(() => seen.push(30), 30);
	Timer.set(() => seen.push(1), 1);
	Timer.set(() => seen.push(2), 1);
	Timer.set(() => seen.push(0));
	await delay(60);
	same(seen.join(), "0,1,2,30", "order");
}

async function argument(): Promise<void> {
	const done = new Deferred<object>();
	const timer = Timer.set((self) => done.resolve(self), 1);
	same(await done.promise, timer, "argument of the callback");
}

async function repeats(): Promise<void> {
	const done = new Deferred();
	let count = 0;
	Timer.repeat((timer) => {
		if (++count < 4) return;
		Timer.clear(timer);
		done.resolve();
	}, 2);
	await done.promise;
	await delay(20);
	same(count, 4, "calls until cleared by the callback");
}

async function firstThenRepeat(): Promise<void> {
	let count = 0;
	const timer = Timer.set(() => count++, 30, 5);
	await delay(15);
	same(count, 0, "calls before the first interval");
	await delay(60);
	ok(count >= 3, `${count} calls`);
	Timer.clear(timer);
}

async function schedules(): Promise<void> {
	const done = new Deferred();
	let count = 0;
	const timer = Timer.set(() => {
		if (++count === 1) Timer.schedule(timer, 5);
		else done.resolve();
	}, 10_000);
	Timer.schedule(timer, 1);
	await done.promise;
	same(count, 2, "calls, the second scheduled by the first");
	const parked = Timer.set(() => count++, 5);
	Timer.schedule(parked);
	await delay(20);
	same(count, 2, "calls while not scheduled");
	Timer.schedule(parked, 1);
	await delay(20);
	same(count, 3, "calls after being scheduled again");
}

/** More garbage than the heap holds: only what is reachable survives. */
async function survives(): Promise<void> {
	const done = new Deferred<number>();
	((): void => {
		const held = { value: 42 };
		Timer.set(() => done.resolve(held.value), 30);
	})();
	for (let i = 0; i < 20; i++) {
		let list: unknown[] = [];
		for (let j = 0; j < 500; j++) list = [list, `item ${j}`];
		await delay(1);
	}
	same(await done.promise, 42, "value held by a timer nobody else holds");
}

async function many(): Promise<void> {
	let count = 0;
	for (let i = 0; i < 500; i++) Timer.set(() => count++, i % 7);
	const cleared = Timer.set(() => (count = -1), 3);
	Timer.clear(cleared);
	await delay(200);
	same(count, 500, "calls");
}

/** Promise jobs of a callback run before the next callback. */
async function jobs(): Promise<void> {
	const seen: string[] = [];
	Timer.set(() => {
		seen.push("a");
		void Promise.resolve().then(() => seen.push("job"));
	}, 1);
	Timer.set(() => seen.push("b"), 1);
	await delay(20);
	same(seen.join(), "a,job,b", "order");
}

export const timerCases: Case[] = [
	["Timer refuses missing arguments and what is no timer; clearing nothing is fine", refusals],
	["Timer.schedule with bad arguments changes nothing", scheduleRefused],
	["Timer that repeats fires before one of the same time made later", repeatingOrder],
	["Timer calls nothing from inside set and nothing after clear", never],
	["Timer keeps the order of due times, then of calls", order],
	["Timer hands the timer to the callback", argument],
	["Timer.repeat goes on until it is cleared, also by its own callback", repeats],
	["Timer.set with a repeat waits the first interval, then repeats", firstThenRepeat],
	["Timer.schedule moves, parks and revives a timer, also inside the callback", schedules],
	["Timer that nobody holds is not collected before it fires", survives],
	["Timer serves 500 timers at a time", many],
	["Timer lets promise jobs run before the next callback", jobs],
];
