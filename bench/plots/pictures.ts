// SPDX-License-Identifier: Apache-2.0
//
// What the plots of costs have in common: some panels one below the other, each with curves over one logarithmic scale.

import { axes, curve, drawing, label, note, type Panel, type Point, type Tick } from "../../tools/lib/chart.js";

export interface Curve {
	name: string;
	points: readonly Point[];
}

export interface PanelOf {
	title: string;
	curves: readonly Curve[];
	/** Logarithmic; else from 0. */
	logY?: boolean;
}

export interface Picture {
	title: string;
	/** In the last panel's legend. */
	x: string;
	ticks: readonly Tick[];
	panels: readonly PanelOf[];
}

const width = 760;
const panelHeight = 190;
const gap = 90;
const colours = ["#1f4e79", "#d95f02", "#1b9e77", "#7570b3"];

/** 1, 2, 5, 10, 20, ... from the largest that is not above `least` to the smallest that is not below `most`. */
function steps(least: number, most: number): number[] {
	const all: number[] = [];
	for (let power = 10 ** Math.floor(Math.log10(least)); power <= most * 10; power *= 10)
		all.push(...[1, 2, 5].map((factor) => factor * power));
	const from = all.filter((value) => value <= least).length - 1;
	const to = all.findIndex((value) => value >= most);
	return all.slice(from, to + 1);
}

const number = (value: number): string => String(Number(value.toPrecision(3)));

function scale(values: readonly number[], log: boolean): { y: [number, number]; ticks: Tick[] } {
	const most = Math.max(...values);
	if (log) {
		const all = steps(Math.min(...values), most);
		const few = all.length > 7 ? all.filter((value) => /^1/.test(value.toExponential())) : all;
		return { y: [all[0], all[all.length - 1]], ticks: few.map((at) => ({ at, text: number(at) })) };
	}
	const top = steps(most / 10, most).at(-1) ?? most;
	return { y: [0, top], ticks: [0, 0.25, 0.5, 0.75, 1].map((part) => ({ at: part * top, text: number(part * top) })) };
}

function drawPanel({ title, curves, logY = false }: PanelOf, top: number, ticks: readonly Tick[]): string[] {
	const values = curves.flatMap(({ points }) => points.map(([, y]) => y));
	const { y, ticks: yTicks } = scale(values, logY);
	const x: Panel["x"] = [ticks[0].at, ticks[ticks.length - 1].at];
	const panel: Panel = { left: 70, top, width: width - 100, height: panelHeight, x, y, logX: true, logY };
	return [
		...axes(panel, title, ticks, yTicks),
		...curves.flatMap(({ name, points }, i) => [
			...curve(panel, points, colours[i], name),
			note(panel, i, name, colours[i], 220),
		]),
	];
}

/** @returns the text of an SVG file */
export function draw({ title, x, ticks, panels }: Picture): string {
	const height = 60 + panels.length * (panelHeight + gap);
	return drawing(width, height, [
		label(20, 24, title, "start"),
		...panels.flatMap((panel, i) => drawPanel(panel, 70 + i * (panelHeight + gap), ticks)),
		label(width - 30, height - 8, x, "end"),
	]);
}
