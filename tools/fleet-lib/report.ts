// SPDX-License-Identifier: Apache-2.0
//
// What a fleet has shown, as data (report.json) and as a picture (fleet.svg).

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { readRequests } from "./access-log.js";
import type { Fleet } from "./fleet.js";
import type { LoadFigures } from "./load.js";
import { type FleetMemory, measureMemory } from "./memory.js";
import { drawFleet } from "./picture.js";
import { type RoundReport, reportRound } from "./round-report.js";
import type { RoundRun } from "./rounds.js";
import { tally } from "./statistics.js";

export interface FleetReport {
	/** Every gateway came through every round and runs the good version, confirmed. */
	good: boolean;
	date: string;
	machine: { processor: string; processors: number; memoryGB: number; kernel: string; load: string };
	gateways: number;
	windowSeconds: number;
	firmwareBytes: number;
	ownNetwork: boolean;
	lossBy?: "netem" | "bpf";
	/** Versions at the end, those on trial with a question mark. */
	versions: Record<string, number>;
	protocols: Record<string, number>;
	rounds: RoundReport[];
	memory: FleetMemory;
	/** Kilobytes, PSS of all processes of nginx, at most. */
	serverMemory: number;
	load?: LoadFigures;
}

/** @param rounds all are over, and the gateways still run */
export async function makeReport(fleet: Fleet, rounds: readonly RoundRun[]): Promise<FleetReport> {
	const { options, network, gateways, firmwareBytes, meter } = fleet;
	const requests = readRequests(fleet.server.log);
	const versions = tally(gateways.map(({ version, confirmed }) => `${version}${confirmed ? "" : "?"}`));
	return {
		good: rounds.every(({ good }) => good === gateways.length),
		date: new Date().toISOString(),
		machine: {
			processor: cpus()[0]?.model ?? "",
			processors: availableParallelism(),
			memoryGB: Math.round(totalmem() / 2 ** 30),
			kernel: release(),
			load: readFileSync("/proc/loadavg", "utf8").trim(),
		},
		gateways: gateways.length,
		windowSeconds: options.windowSeconds,
		firmwareBytes,
		ownNetwork: network.own,
		...(network.lossBy && { lossBy: network.lossBy }),
		versions,
		protocols: tally(requests.filter(({ first }) => first).map(({ protocol, cipher }) => `${protocol} ${cipher}`)),
		rounds: rounds.map((round) => reportRound(fleet, round, requests)),
		memory: await measureMemory(fleet),
		serverMemory: Math.max(0, ...meter.samples.map(({ memory }) => memory)),
	};
}

export function writeReport(folder: string, report: FleetReport, fleet: Fleet, rounds: readonly RoundRun[]): void {
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, "report.json"), `${JSON.stringify(report, null, "\t")}\n`);
	writeFileSync(join(folder, "fleet.svg"), drawFleet(report, fleet, rounds));
}
