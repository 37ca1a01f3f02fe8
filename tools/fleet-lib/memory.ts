// SPDX-License-Identifier: Apache-2.0
//
// What an idle gateway of the fleet takes: of this machine by the kernel's count, and of its own heap by its console.

import type { Fleet } from "./fleet.js";
import { consoles } from "./fleet.js";
import { type Memory, memoryOf } from "./processes.js";
import { type Percentiles, percentiles } from "./statistics.js";

/** Kilobytes of PSS unless another name says otherwise. */
export interface FleetMemory {
	/** Loader and firmware together. */
	gateway: Percentiles;
	loader: Percentiles;
	firmware: Percentiles;
	/** Parts of `firmware`: heap and data; program; flash file and libraries. */
	anonymous: Percentiles;
	program: Percentiles;
	files: Percentiles;
	/** Resident size of the firmware, shared pages counted whole. */
	rss: Percentiles;
	/** Lines of `show memory`, of one gateway. */
	console: string[];
	/** Bytes, now and at the peak since its start, of those that were asked; median. */
	slots: { now: number; peak: number };
	chunks: { now: number; peak: number };
	native: { now: number; peak: number };
}

const nothing: Memory = { rss: 0, pss: 0, anonymous: 0, file: 0, shared: 0 };
const heading = "bytes              now";

/** Asks the consoles. @returns what each printed */
async function askConsoles(fleet: Fleet): Promise<string[][]> {
	const asked = fleet.gateways.slice(0, consoles);
	for (const gateway of asked) {
		gateway.serial = "";
		gateway.type("show memory");
	}
	await fleet.until(() => asked.every(({ serial }) => /native heap.*\n/.test(serial)), 30);
	return asked
		.map(({ serial }) => serial.slice(Math.max(0, serial.indexOf(heading))))
		.map((text) => text.split(/\r?\n/).filter((line) => /^(bytes|slots|chunks|stack|native) /.test(line)));
}

function heap(answers: string[][], name: string): { now: number; peak: number } {
	const rows = answers.map((lines) => lines.find((line) => line.startsWith(name)) ?? "");
	const numbers = rows.map((row) => (row.slice(12).match(/[0-9]+/g) ?? []).map(Number));
	return {
		now: percentiles(numbers.map(([now = 0]) => now)).p50,
		peak: percentiles(numbers.map(([, peak = 0]) => peak)).p50,
	};
}

export async function measureMemory(fleet: Fleet): Promise<FleetMemory> {
	const pairs = fleet.gateways.map((gateway) => gateway.pids().map((pid) => memoryOf(pid) ?? nothing));
	const all = (value: (loader: Memory, firmware: Memory) => number): Percentiles =>
		percentiles(pairs.map(([loader = nothing, firmware = nothing]) => value(loader, firmware)));
	const answers = await askConsoles(fleet);
	return {
		gateway: all((loader, firmware) => loader.pss + firmware.pss),
		loader: all((loader) => loader.pss),
		firmware: all((_, firmware) => firmware.pss),
		anonymous: all((_, firmware) => firmware.anonymous),
		program: all((_, firmware) => firmware.shared),
		files: all((_, firmware) => firmware.file),
		rss: all((_, firmware) => firmware.rss),
		console: answers[0] ?? [],
		slots: heap(answers, "slots"),
		chunks: heap(answers, "chunks"),
		native: heap(answers, "native"),
	};
}
