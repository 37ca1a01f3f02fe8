// SPDX-License-Identifier: Apache-2.0
//
// The picture of a fleet (SVG 1.1), four panels: first requests against an even spread, versions over time, connections, load. Leaves
// out scripts, fonts and styles.

import { area, band, bars, drawing, frame, line, marks, note, type Panel } from "../lib/chart.js";
import type { Fleet } from "./fleet.js";
import type { Sample } from "./meter.js";
import type { FleetReport } from "./report.js";
import type { RoundRun } from "./rounds.js";

const width = 960;
const columns = 480;
const colours = ["#d9d9d9", "#80b1d3", "#8dd3c7", "#fdb462", "#bebada", "#b3de69"];
const trialColour = "#fb8072";

const panel = (top: number, height: number, range: Pick<Panel, "x" | "y">): Panel => ({
	...{ left: 70, top, width: width - 100, height },
	...range,
});

function spreadPanel({ rounds, gateways }: FleetReport, top: number): string[] {
	const { spread } = rounds[0];
	const expected = spread.count / spread.bins.length;
	const deviation = 2 * Math.sqrt(expected * (1 - 1 / spread.bins.length));
	const most = Math.max(...spread.bins, expected + deviation);
	const at = panel(top, 120, { x: [0, spread.windowSeconds], y: [0, most] });
	const { distance, limit } = spread.evenness;
	const title = `first requests after power-on, ${gateways} gateways; line and band: even spread, 2 sigma; distance ${distance.toFixed(3)}, 5 % limit ${limit.toFixed(3)}`;
	return [
		...frame(at, title, "s"),
		...bars(at, spread.bins, colours[1]),
		band(at, expected - deviation, expected + deviation),
		line(at, [
			[0, expected],
			[spread.windowSeconds, expected],
		]),
	];
}

/** How many run each version, on trial apart, at each of some moments. */
function census(fleet: Fleet, begin: number, end: number): Map<string, number[]> {
	const names = new Set(fleet.gateways.flatMap(({ changes }) => changes.map(({ version }) => version)));
	const counts = new Map([...names].sort().map((name) => [name, new Array<number>(columns).fill(0)] as const));
	counts.set("on trial", new Array<number>(columns).fill(0));
	for (const { changes } of fleet.gateways) {
		for (let i = 0, now = -1; i < columns; i++) {
			const ms = begin + ((end - begin) * (i + 0.5)) / columns;
			while (now + 1 < changes.length && changes[now + 1].ms <= ms) now++;
			if (now < 0) continue;
			const series = counts.get(changes[now].confirmed ? changes[now].version : "on trial");
			if (series !== undefined) series[i]++;
		}
	}
	return counts;
}

function versionPanel(fleet: Fleet, at: Panel): string[] {
	const [begin, end] = [at.x[0], at.x[1]];
	const shapes = frame(at, "gateways by version, on trial in red", "s");
	let floor = new Array<number>(columns).fill(0);
	let index = 0;
	for (const [name, counts] of census(fleet, begin * 1000, end * 1000)) {
		const top = floor.map((value, i) => value + counts[i]);
		const colour = name === "on trial" ? trialColour : colours[index % colours.length];
		shapes.push(area(at, floor, top, colour), note(at, index++, name, colour));
		floor = top;
	}
	return shapes;
}

/** Samples of the run, those left out that follow so closely that a rate of them says nothing. */
function samplesWithin(fleet: Fleet, [from, to]: [number, number]): Sample[] {
	const kept: Sample[] = [];
	for (const sample of fleet.meter.samples) {
		const last = kept.at(-1)?.ms ?? -Infinity;
		if (sample.ms >= from * 1000 && sample.ms <= to * 1000 && sample.ms - last >= 500) kept.push(sample);
	}
	return kept;
}

function loadPanels(fleet: Fleet, range: [number, number], top: number): string[] {
	const samples = samplesWithin(fleet, range);
	/** How fast a count grows, by the second. */
	const rate = (value: (sample: Sample) => number): [number, number][] =>
		samples.slice(1).map((sample, i) => {
			const before = samples[i];
			return [sample.ms / 1000, ((value(sample) - value(before)) / (sample.ms - before.ms)) * 1000];
		});
	const active = samples.map(({ ms, active = 0 }): [number, number] => [ms / 1000, active]);
	const one = (y: number, title: string, points: [number, number][]): string[] => {
		const at = panel(y, 80, { x: range, y: [0, Math.max(1, ...points.map(([, value]) => value))] });
		return [...frame(at, title, "s"), line(at, points)];
	};
	return [
		...one(
			top,
			"nginx: per cent of one processor",
			rate(({ cpu }) => cpu * 100),
		),
		...one(top + 140, "nginx: connections", active),
		...one(
			top + 280,
			"network, both ways: Mbit/s",
			rate(({ bytes }) => (bytes * 8) / 1e6),
		),
	];
}

/** @returns the text of an SVG file */
export function drawFleet(report: FleetReport, fleet: Fleet, rounds: readonly RoundRun[]): string {
	const range: [number, number] = [rounds[0].beginMs / 1000, (rounds.at(-1)?.endMs ?? 0) / 1000];
	const versions = panel(230, 180, { x: range, y: [0, report.gateways] });
	const all = rounds.flatMap((round) => round.marks.map(({ ms, text }) => ({ x: ms / 1000, text })));
	const height = 890;
	return drawing(width, height, [
		...spreadPanel(report, 40),
		...versionPanel(fleet, versions),
		...marks(versions, all),
		...loadPanels(fleet, range, 490),
	]);
}
