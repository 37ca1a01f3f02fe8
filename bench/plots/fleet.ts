// SPDX-License-Identifier: Apache-2.0
//
// What a fleet costs its server by the number of gateways, from reports of tools/fleet (`--report DIR`).

import { readFileSync } from "node:fs";
import type { FleetReport } from "../../tools/fleet-lib/report.js";
import type { RoundReport } from "../../tools/fleet-lib/round-report.js";
import type { Picture } from "./pictures.js";

/** Of all gateways together. */
export interface FleetRound {
	/** Processor seconds. */
	server: number;
	gateways: number;
	/** On the network, both ways, all headers included; absent where others used it. */
	bytes?: number;
}

export interface FleetPoint {
	gateways: number;
	/** From power-on, with configuration and firmware; nothing new, by interval. */
	update: FleetRound;
	check?: FleetRound;
}

function costOf({ serverCPU, gatewayCPU, wire }: RoundReport): FleetRound {
	const figures = { server: Number(serverCPU.toFixed(3)), gateways: Number(gatewayCPU.toFixed(2)) };
	return wire === undefined ? figures : { ...figures, bytes: wire.bytes };
}

/** @param path report.json @throws Error when not all came through */
function readReport(path: string): FleetPoint {
	const { good, gateways, rounds } = JSON.parse(readFileSync(path, "utf8")) as FleetReport;
	if (!good) throw new Error(`${path}: not all gateways came through`);
	const find = (kind: RoundReport["kind"]): FleetRound | undefined => {
		const round = rounds.find((one) => one.kind === kind);
		return round && costOf(round);
	};
	const [update, check] = [find("update"), find("check")];
	if (update === undefined) throw new Error(`${path}: no round with an update`);
	return { gateways, update, ...(check && { check }) };
}

/** @param points those known so far; one report for each number of gateways counts, the last */
export function addReports(points: readonly FleetPoint[], paths: readonly string[]): FleetPoint[] {
	const all = new Map(points.map((point) => [point.gateways, point]));
	for (const point of paths.map(readReport)) all.set(point.gateways, point);
	return [...all.values()].sort((a, b) => a.gateways - b.gateways);
}

export function fleetPicture(points: readonly FleetPoint[]): Picture {
	type Value = (cost: FleetRound, gateways: number) => number | undefined;
	const over = (round: "update" | "check", value: Value) =>
		points.flatMap((point) => {
			const cost = point[round];
			const found = cost && value(cost, point.gateways);
			return found === undefined || found === 0 ? [] : [[point.gateways, found] as const];
		});
	const both = (value: Value) => [
		{ name: "configuration and firmware", points: over("update", value) },
		{ name: "nothing new, two files", points: over("check", value) },
	];
	const most = points[points.length - 1].gateways;
	const ticks = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];
	return {
		title: "Gateways against one nginx by https with client certificates, all on one machine",
		x: "gateways",
		ticks: ticks.filter((_, i) => i === 0 || ticks[i - 1] < most).map((at) => ({ at, text: String(at) })),
		panels: [
			{ title: "processor time of nginx, all gateways together, s", curves: both(({ server }) => server), logY: true },
			{
				title: "the same for each gateway, ms; read in steps of 10 ms, so that a few gateways say little",
				curves: both(({ server }, count) => (server * 1000) / count),
			},
			{
				title: "network, both ways, all gateways together, KB",
				curves: both(({ bytes }) => bytes && bytes / 1000),
				logY: true,
			},
		],
	};
}
