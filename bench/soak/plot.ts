// SPDX-License-Identifier: Apache-2.0
//
// Memory by rounds as an SVG: what lies between the smallest and the largest value of each piece of the soak, and the smallest as a
// line, in a strip for each kind.

import { memoryNames, settled } from "../../tests/soak/judge.js";
import type { Round } from "../../tests/soak/soak.js";

const width = 900;
const strip = 110;
const left = 150;
const pieces = 200;

interface Piece {
	least: number;
	most: number;
}

function piecesOf(values: number[]): Piece[] {
	const size = Math.max(1, Math.ceil(values.length / pieces));
	return Array.from({ length: Math.ceil(values.length / size) }, (_, i) => {
		const part = values.slice(i * size, (i + 1) * size);
		return { least: Math.min(...part), most: Math.max(...part) };
	});
}

function drawStrip(name: string, values: number[], top: number): string {
	const found = piecesOf(values);
	const [least, most] = [Math.min(...values), Math.max(...values)];
	const x = (i: number): string => (left + (i / Math.max(1, found.length - 1)) * (width - left - 20)).toFixed(1);
	// From zero, so that nothing looks larger than it is.
	const y = (value: number): string => (top + strip - 20 - (value / (most * 1.05)) * (strip - 30)).toFixed(1);
	const upper = found.map(({ most }, i) => `${x(i)},${y(most)}`);
	const lower = found.map(({ least }, i) => `${x(i)},${y(least)}`);
	return [
		`<text x="10" y="${top + 40}" font-weight="bold">${name}</text>`,
		`<text x="10" y="${top + 58}">${least} to</text><text x="10" y="${top + 74}">${most} bytes</text>`,
		`<polygon points="${[...upper, ...[...lower].reverse()].join(" ")}" fill="#9ecae1"/>`,
		`<polyline points="${lower.join(" ")}" fill="none" stroke="#08519c" stroke-width="1.5"/>`,
		`<line x1="${left}" y1="${top + strip - 20}" x2="${width - 20}" y2="${top + strip - 20}" stroke="#888"/>`,
	].join("\n");
}

/** @returns the picture */
export function plot(rounds: readonly Round[]): string {
	const all = settled(rounds);
	const height = memoryNames.length * strip + 50;
	const strips = memoryNames.map((name, i) =>
		drawStrip(
			name,
			all.map(({ memory }) => memory[name]),
			30 + i * strip,
		),
	);
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">`,
		`<rect width="${width}" height="${height}" fill="white"/>`,
		`<text x="10" y="20">Memory of a gateway at rest after each of ${rounds.length} rounds of updates, most with a fault</text>`,
		...strips,
		`<text x="${left}" y="${height - 8}">round ${all[0].round}</text>`,
		`<text x="${width - 20}" y="${height - 8}" text-anchor="end">round ${rounds.length - 1}</text>`,
		"</svg>\n",
	].join("\n");
}
