// SPDX-License-Identifier: Apache-2.0
//
// What the benches of listeners look at in a running gateway: processor time, heap without garbage, the console's delay.

import { readFileSync } from "node:fs";
import type { Bench } from "../../tests/e2e/bench.js";
import { cpuOf as cpuSecondsOf, median } from "./measure.js";

export { median } from "./measure.js";

export const say = (text: string): boolean => process.stdout.write(`${text}\n`);
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** CPU time of a process so far, ms. */
export function cpuOf(pid: number): number {
	return cpuSecondsOf(pid) * 1000;
}

/** What the machine does beside: its load average over a minute. */
export function loadAverage(): string {
	return readFileSync("/proc/loadavg", "latin1").split(" ")[0];
}

/** What a command prints, up to `last`. */
export async function ask(bench: Bench, command: string, last: string): Promise<string> {
	const from = bench.serial.length;
	bench.type(command);
	await bench.printed(last, from);
	await pause(100);
	return bench.serial.slice(from);
}

export interface HeapUse {
	slots: number;
	chunks: number;
	native: number;
	/** Lines of the listeners. */
	listeners: string;
}

/** Lines that the console remembers. */
const historyLines = 16;

/** Fills the console's memory of lines, which would look like a leak otherwise. */
export async function fillHistory(bench: Bench): Promise<void> {
	for (let i = 0; i < historyLines; i += 2) {
		await ask(bench, "show clock", "source");
		await ask(bench, "show memory", "web pages");
	}
}

/** What is in use after a collection, bytes: `show memory` makes one. */
export async function heapUse(bench: Bench): Promise<HeapUse> {
	const text = await ask(bench, "show memory", "web pages");
	const use = (name: string): number => Number(new RegExp(`${name}\\s+(\\d+)`).exec(text)?.[1]);
	const listeners = text.slice(text.indexOf("listeners:")).replace(/\r/g, "").trim();
	return { slots: use("slots"), chunks: use("chunks"), native: use("native heap"), listeners };
}

export function heapText({ slots, chunks, native }: HeapUse): string {
	return `slots ${slots}, chunks ${chunks}, native ${native}`;
}

export function growthText(before: HeapUse, after: HeapUse): string {
	const signed = (value: number): string => (value > 0 ? `+${value}` : String(value));
	const { slots, chunks, native } = after;
	return `slots ${signed(slots - before.slots)}, chunks ${signed(chunks - before.chunks)}, native ${signed(native - before.native)}`;
}

/** Time from a line typed to its answer, ms; the bench looks every 20 ms. */
async function echo(bench: Bench): Promise<number> {
	const start = performance.now();
	const from = bench.serial.length;
	bench.type("show clock");
	await bench.printed("source", from);
	return performance.now() - start;
}

/** Asks again and again until it is over. */
export async function echoes(bench: Bench, isOver: () => boolean): Promise<number[]> {
	const all: number[] = [];
	while (!isOver()) {
		all.push(await echo(bench));
		await pause(200);
	}
	return all;
}

/** Asks so many times. */
export function someEchoes(bench: Bench, count: number): Promise<number[]> {
	let done = 0;
	return echoes(bench, () => done++ === count);
}

/** The console's answers beside those on a quiet gateway. */
export function delayText(quiet: readonly number[], busy: readonly number[]): string {
	const [q, b] = [median(quiet), median(busy)];
	return `${q.toFixed(0)} ms quiet, ${b.toFixed(0)} ms under load, x ${(b / q).toFixed(2)} (medians; worst ${Math.max(...quiet).toFixed(0)} and ${Math.max(...busy).toFixed(0)})`;
}

/** Times of one thing done quiet and under load, side by side. */
export function ratioLine(label: string, ms: readonly number[], quiet: readonly number[]): string {
	const [least, middle] = [Math.min(...ms), median(ms)];
	const of = (value: number, base: number): string =>
		`${value.toFixed(0).padStart(6)} ms x ${(value / base).toFixed(2)}`;
	return `  ${label.padEnd(24)} fastest ${of(least, Math.min(...quiet))}, median ${of(middle, median(quiet))}`;
}
