// SPDX-License-Identifier: Apache-2.0
//
// Rounds of load on one gateway. Its heap is read when the transactions of a round are over (RFC 3261, timer J: 32 s) and after a
// collection of garbage: what is more in the last round than in the first is a leak.

import type { Bench } from "../../tests/e2e/bench.js";
import { sipp } from "../../tests/e2e/sipp.js";
import {
	ask,
	cpuOf,
	delayText,
	echoes,
	fillHistory,
	growthText,
	type HeapUse,
	heapText,
	heapUse,
	pause,
	say,
	someEchoes,
} from "../lib/gateway.js";
import { start } from "./start.js";

export interface LoadOptions {
	rate: number;
	seconds: number;
	rounds: number;
}

/** Waits until no transaction is left; more than two minutes would be a fault. */
async function settled(bench: Bench): Promise<void> {
	for (let i = 0; i < 60; i++) {
		if (/transactions {2}0\r?\n/.test(await ask(bench, "show sip", "\nheap"))) return;
		await pause(2000);
	}
	throw new Error("transactions do not end");
}

/** Counters of `show sip`. */
async function dropped(bench: Bench): Promise<number> {
	const text = await ask(bench, "show sip", "\nheap");
	return Number(/dropped\s+(\d+)/.exec(text)?.[1] ?? 0);
}

async function round(bench: Bench, port: number, { rate, seconds }: LoadOptions, quiet: number[]): Promise<void> {
	const [cpu, before, triggers] = [cpuOf(bench.firmwarePid), await dropped(bench), bench.all("trigger").length];
	const count = String(rate * seconds);
	const args = ["-m", count, "-r", String(rate), "-l", count, "-timeout", String(seconds + 60)];
	let over = false;
	const running = sipp(port, "notify", args).finally(() => (over = true));
	const busy = await echoes(bench, () => over);
	const { successful, failed, retransmissions } = await running;
	const used = (cpuOf(bench.firmwarePid) - cpu) / 1000;
	const lost = (await dropped(bench)) - before;
	say(
		`  ${successful} answered, ${failed} not, ${retransmissions} sent again, ${lost} dropped; updates begun ${bench.all("trigger").length - triggers}`,
	);
	say(`  CPU ${used.toFixed(1)} s, ${((used * 1e6) / successful).toFixed(0)} us for each that was answered`);
	say(`  console ${delayText(quiet, busy)}`);
	say(`  under load: ${(await heapUse(bench)).listeners.split("\n")[1]}`);
}

export async function loadRounds(options: LoadOptions): Promise<void> {
	const { bench, port } = await start();
	try {
		const quiet = await someEchoes(bench, 10);
		await fillHistory(bench);
		const idle = await heapUse(bench);
		say(`\nheap, idle      ${heapText(idle)}`);
		const readings: HeapUse[] = [];
		for (let i = 1; i <= options.rounds; i++) {
			say(`round ${i}: ${options.rate}/s for ${options.seconds} s`);
			await round(bench, port, options, quiet);
			await settled(bench);
			const reading = await heapUse(bench);
			readings.push(reading);
			say(`  transactions over: ${heapText(reading)}; since idle ${growthText(idle, reading)}`);
		}
		say(`growth from the first round's end to the last's: ${growthText(readings[0], readings[readings.length - 1])}`);
		say(`events of SIP ${bench.all("sip").length}`);
	} finally {
		await bench.close();
	}
}
