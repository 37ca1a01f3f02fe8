// SPDX-License-Identifier: Apache-2.0
//
// Requests a second that the gateway's agent answers, beside Net-SNMP's snmpd, in turns; how much longer an update of ini and
// firmware takes, and the console's answer, while one source floods the agent, with the rate limit as it is by default and without one;
// and the heap, without garbage, after each round of the flood.
// Usage: npm run bench -- snmp [--seconds N] [--rounds N]

import { parseArgs } from "node:util";
import { isVerdict } from "../../tests/e2e/bench.js";
import {
	cpuOf,
	delayText,
	fillHistory,
	growthText,
	heapText,
	heapUse,
	loadAverage,
	pause,
	ratioLine,
	someEchoes,
} from "../lib/gateway.js";
import { Flood, window } from "./flood.js";
import { rates } from "./rates.js";
import { gateway } from "./start.js";

interface Update {
	ms: number;
	sent: number;
	answered: number;
}

/** Milliseconds from the trigger to the verdict. */
async function updateTime(limit: number, loaded: boolean): Promise<Update> {
	const { bench, port, close } = await gateway(limit);
	const flood = loaded ? new Flood(port) : undefined;
	await pause(300);
	bench.type("update");
	const begin = await bench.until(({ event, cause }) => event === "trigger" && cause === "console");
	const end = await bench.until(isVerdict("updated"));
	const { sent = 0, answered = 0 } = flood ?? {};
	flood?.end();
	await close();
	return { ms: Number(end.ticks) - Number(begin.ticks), sent, answered };
}

const cases: readonly (readonly [label: string, limit: number, loaded: boolean])[] = [
	["alone", 100, false],
	["flooded, 100/s taken", 100, true],
	["flooded, no limit", 0, true],
];

/** In turns, so that what else the machine does meets all alike. @returns all of each */
async function updateTimes(rounds: number): Promise<Update[][]> {
	const all = cases.map((): Update[] => []);
	for (let round = 0; round < rounds; round++)
		for (const [i, [, limit, loaded]] of cases.entries()) all[i].push(await updateTime(limit, loaded));
	return all;
}

const floodSeconds = 10;
const floodRounds = 4;

/** The console's delay and the heap over rounds of the flood. */
async function rounds(label: string, limit: number): Promise<void> {
	const { bench, port, close } = await gateway(limit);
	const quiet = await someEchoes(bench, 10);
	await fillHistory(bench);
	const idle = await heapUse(bench);
	console.log(`${label}, rounds of ${floodSeconds} s; heap, idle: ${heapText(idle)}`);
	for (let i = 1; i <= floodRounds; i++) {
		const cpu = cpuOf(bench.firmwarePid);
		const flood = new Flood(port);
		const busy = await someEchoes(bench, floodSeconds * 4);
		flood.end();
		const used = (cpuOf(bench.firmwarePid) - cpu) / 1000;
		console.log(`  round ${i}: ${flood.sent} sent, ${flood.answered} answered, CPU ${used.toFixed(1)} s`);
		console.log(`    console ${delayText(quiet, busy)}`);
		await pause(1000);
		const after = await heapUse(bench);
		console.log(`    heap since idle ${growthText(idle, after)}`);
		console.log(`    ${after.listeners.split("\n")[2]}`);
	}
	await close();
}

const { values } = parseArgs({
	options: { seconds: { type: "string", default: "3" }, rounds: { type: "string", default: "5" } },
});
const seconds = Number(values.seconds);
const { ours, theirs } = await rates(3, seconds);
console.log(
	`v2c get, ${window} at a time, medians of 3 times ${seconds} s in turns; answers/s, and for a second of CPU`,
);
for (const [name, { perSecond, perCPUSecond }] of [["gateway", ours] as const, ["snmpd", theirs] as const])
	console.log(`  ${name.padEnd(8)} ${perSecond.toFixed(0).padStart(7)} ${perCPUSecond.toFixed(0).padStart(7)}`);
console.log(`update of ini and 1.4 MB firmware over http, trigger to verdict, ${values.rounds} times each`);
const updates = await updateTimes(Number(values.rounds));
const times = updates.map((list) => list.map(({ ms }) => ms));
for (const [i, list] of updates.entries()) {
	console.log(ratioLine(cases[i][0], times[i], times[0]));
	const { sent, answered } = list[list.length - 1];
	if (sent > 0) console.log(`    (the last: ${sent} sent, ${answered} answered)`);
}
await rounds("flood, 100/s taken", 100);
await rounds("flood, no limit", 0);
console.log(`load average of the machine ${loadAverage()}`);
