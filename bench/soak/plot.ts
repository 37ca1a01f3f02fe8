// SPDX-License-Identifier: Apache-2.0
//
// Memory by rounds as an SVG: what lies between the smallest and the largest value of each piece of the soak, and the smallest as a
// line, in a panel for each kind.

import { memoryNames, settled } from "../../tests/soak/judge.js";
import type { Round } from "../../tests/soak/soak.js";
import { area, drawing, frame, label, line, type Panel } from "../../tools/lib/chart.js";

const width = 900;
const strip = 130;
const pieces = 200;

interface Piece {
	round: number;
	least: number;
	most: number;
}

function piecesOf(values: number[], first: number): Piece[] {
	const size = Math.max(1, Math.ceil(values.length / pieces));
	return Array.from({ length: Math.ceil(values.length / size) }, (_, i) => {
		const part = values.slice(i * size, (i + 1) * size);
		return { round: first + (i + 0.5) * size, least: Math.min(...part), most: Math.max(...part) };
	});
}

function drawStrip(name: string, values: number[], first: number, top: number): string[] {
	const found = piecesOf(values, first);
	const [least, most] = [Math.min(...values), Math.max(...values)];
	// From zero, so that nothing looks larger than it is.
	const range: Pick<Panel, "x" | "y"> = { x: [first, first + values.length], y: [0, most * 1.05] };
	const panel: Panel = { left: 90, top, width: width - 120, height: strip - 50, ...range };
	const low = found.map((piece) => piece.least);
	return [
		...frame(panel, `${name}: ${least} to ${most} bytes`, ""),
		area(
			panel,
			low,
			found.map((piece) => piece.most),
			"#9ecae1",
		),
		line(
			panel,
			found.map(({ round, least }) => [round, least] as const),
		),
	];
}

/** @returns the picture */
export function plot(rounds: readonly Round[]): string {
	const all = settled(rounds);
	const title = `Memory of a gateway at rest after each of ${rounds.length} rounds of updates, most with a fault; from round ${all[0].round}`;
	const strips = memoryNames.flatMap((name, i) =>
		drawStrip(
			name,
			all.map(({ memory }) => memory[name]),
			all[0].round,
			60 + i * strip,
		),
	);
	return drawing(width, memoryNames.length * strip + 40, [label(10, 20, title, "start"), ...strips]);
}
