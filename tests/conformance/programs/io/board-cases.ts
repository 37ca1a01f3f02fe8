// SPDX-License-Identifier: Apache-2.0
//
// Board and engine: options, clock, random bytes, memory figures; frozen built-ins, no parser.

import Board from "upgate/linux/board";
import { type Case, delay, ok, same, throws } from "./cases.js";

const board = (): Board => new Board();

function options(): void {
	const it = board();
	same(it.option("suite"), "board", "option");
	same(it.option("port.sip"), "5060", "port");
	same(it.option("nothing"), undefined, "absent option");
	same(Array.from(it.mac).join(), "2,0,0,0,0,1", "MAC");
	same(it.resetReason, "unknown", "reset reason");
	same(it.chip, 0x8664, "chip");
	same(it.application.version, "0.0.0", "version of a program that was not packed");
	ok(it.application.builtMs > 1_700_000_000_000, "build time");
}

async function clock(): Promise<void> {
	const { clock: it } = board();
	same(it.source, "host", "source");
	const start = it.now() ?? 0;
	same(new Date(start).toISOString().slice(0, 16), "2031-02-03T04:05", "start");
	await delay(30);
	ok((it.now() ?? 0) - start >= 25, "the clock runs");
	it.set(1000, "sntp");
	ok((it.now() ?? 0) < 2000 && it.source === "sntp", "set");
	throws(RangeError, () => it.set(Number.NaN, "sntp"), "no number");
	throws(RangeError, () => it.set(-1, "sntp"), "before 1970");
	const ticks = it.ticks();
	ok(Number.isInteger(ticks) && ticks > 0, "ticks");
}

function random(): void {
	const first = new Uint8Array(64);
	const second = new Uint8Array(64);
	board().random(first);
	board().random(second);
	ok(first.join() !== second.join(), "two fillings differ");
	const part = new Uint8Array(16);
	board().random(part.subarray(4, 12));
	same(part.slice(0, 4).join() + part.slice(12).join(), "0,0,0,00,0,0,0", "bytes outside the view");
}

function memory(): void {
	const before = board().memory();
	for (const use of Object.values(before)) ok(use.now > 0 && use.peak >= use.now, "figures");
	const held: Uint8Array[] = [];
	for (let i = 0; i < 64; i++) held.push(new Uint8Array(4096));
	const after = board().memory();
	// Not the difference: a collection meanwhile takes away garbage that `before` counts.
	const figures = `${String(before.chunks.now)}, then ${String(after.chunks.now)}`;
	ok(before.chunks.now < held.length * 4096 && after.chunks.now >= held.length * 4096, `chunks held: ${figures}`);
	ok(after.chunks.peak >= after.chunks.now && after.chunks.now <= after.chunks.size, "peak and size");
}

function frozen(): void {
	throws(TypeError, () => Object.assign(Array.prototype, { added: 1 }), "a built-in prototype");
	throws(TypeError, () => Object.assign(Board, { added: 1 }), "a class of a preloaded module");
	throws(TypeError, () => Object.assign(new Error("x"), { name: "Y" }), "a name over the frozen one");
}

function parser(): void {
	const make = Object.getPrototypeOf(options).constructor as (text: string) => unknown;
	throws(SyntaxError, () => make("return 1"), "Function");
	same(JSON.parse('{"a":[1,2]}').a[1], 2, "JSON has a parser of its own");
}

export const boardCases: Case[] = [
	["Board gives options, MAC, chip and the description of the program", options],
	["Board's clock starts as told, runs, and can be set", clock],
	["Board fills buffers and views with random bytes", random],
	["Board's memory figures follow what a program holds", memory],
	["built-ins and preloaded classes are frozen", frozen],
	["there is no parser for code on board", parser],
];
