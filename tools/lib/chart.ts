// SPDX-License-Identifier: Apache-2.0
//
// Pieces of charts as SVG elements (SVG 1.1): the drawing, frames with two scales, even or logarithmic, bars, areas, lines, curves. For all
// pictures of tools and benchmarks. Leaves out scripts and styles, and knows nothing of what is drawn.

export interface Panel {
	/** Pixels. */
	left: number;
	top: number;
	width: number;
	height: number;
	/** Values at the edges; above 0 where the scale is logarithmic. */
	x: [number, number];
	y: [number, number];
	logX?: boolean;
	logY?: boolean;
}

/** A mark on a scale. */
export interface Tick {
	at: number;
	text: string;
}

export const escapeXML = (text: string): string =>
	text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** @returns the text of an SVG file, on white */
export function drawing(width: number, height: number, shapes: readonly string[], font = "sans-serif"): string {
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="${font}" font-size="12">`,
		`<rect width="${width}" height="${height}" fill="#ffffff"/>`,
		...shapes,
		"</svg>\n",
	].join("\n");
}

/** Where a value lies: 0 and 1 are the edges. */
function share(value: number, [from, to]: [number, number], isLog = false): number {
	return isLog ? Math.log(value / from) / (Math.log(to / from) || 1) : (value - from) / (to - from || 1);
}

function toX({ left, width, x, logX }: Panel, value: number): string {
	return (left + share(value, x, logX) * width).toFixed(1);
}

function toY({ top, height, y, logY }: Panel, value: number): string {
	return (top + height - Math.min(1, Math.max(0, share(value, y, logY))) * height).toFixed(1);
}

/** 1, 2 or 5 times a power of ten, so that about `parts` of them fill the range. */
function step(range: number, parts: number): number {
	const rough = range / parts;
	const power = 10 ** Math.floor(Math.log10(rough || 1));
	return ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
}

/** Marks of a scale from `from` to `to`: every so often, or on a logarithmic one at powers of ten. */
function ticks([from, to]: [number, number], parts: number, isLog = false): number[] {
	const found: number[] = [];
	if (isLog) for (let at = 10 ** Math.ceil(Math.log10(from) - 1e-9); at <= to * (1 + 1e-9); at *= 10) found.push(at);
	else for (let at = 0, each = step(to - from, parts); at <= to - from; at += each) found.push(from + at);
	return found;
}

export function label(
	x: string | number,
	y: string | number,
	text: string,
	anchor: "start" | "middle" | "end",
): string {
	return `<text x="${x}" y="${y}" text-anchor="${anchor}">${escapeXML(text)}</text>`;
}

/** Title and box, and what the scales are marked with. */
export function axes(panel: Panel, title: string, x: readonly Tick[], y: readonly Tick[]): string[] {
	const { left, top, width, height } = panel;
	return [
		label(left, top - 10, title, "start"),
		`<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="none" stroke="#999999"/>`,
		...x.map(({ at, text }) => label(toX(panel, at), top + height + 15, text, "middle")),
		...y.map(({ at, text }) => label(left - 6, toY(panel, at), text, "end")),
	];
}

/** Title, axes and their labels; of x the distance from the left edge, unless the scale is logarithmic. */
export function frame(panel: Panel, title: string, unit: string): string[] {
	const { x, y, logX, logY } = panel;
	const number = (value: number): string => String(Number(value.toFixed(3)));
	const from = logX === true ? 0 : x[0];
	return axes(
		panel,
		title,
		ticks(x, 10, logX).map((at) => ({ at, text: `${number(at - from)} ${unit}`.trim() })),
		ticks(y, 4, logY).map((at) => ({ at, text: number(at) })),
	);
}

/** Columns of equal width, from the left edge to the right one. */
export function bars(panel: Panel, values: readonly number[], colour: string): string[] {
	const each = panel.width / values.length;
	return values.map((value, i) => {
		const y = Number(toY(panel, value));
		const x = (panel.left + i * each).toFixed(1);
		const height = (panel.top + panel.height - y).toFixed(1);
		return `<rect x="${x}" y="${y}" width="${(each - 1).toFixed(1)}" height="${height}" fill="${colour}"/>`;
	});
}

/** Between two heights, over the whole width. */
export function band(panel: Panel, low: number, high: number): string {
	const top = Number(toY(panel, high));
	const height = (Number(toY(panel, low)) - top).toFixed(1);
	return `<rect x="${panel.left}" y="${top}" width="${panel.width}" height="${height}" fill="#e31a1c" fill-opacity="0.15"/>`;
}

/** Between two rows of values at equal distances. */
export function area(panel: Panel, low: readonly number[], high: readonly number[], colour: string): string {
	const [from, to] = panel.x;
	const at = (i: number): string => toX(panel, from + ((to - from) * (i + 0.5)) / low.length);
	const upper = high.map((value, i) => `${at(i)},${toY(panel, value)}`);
	const lower = low.map((value, i) => `${at(i)},${toY(panel, value)}`).reverse();
	return `<polygon points="${[...upper, ...lower].join(" ")}" fill="${colour}"/>`;
}

export type Point = readonly [x: number, y: number];

export function line(panel: Panel, points: readonly Point[], colour = "#1f4e79"): string {
	const text = points.map(([x, y]) => `${toX(panel, x)},${toY(panel, y)}`).join(" ");
	return `<polyline points="${text}" fill="none" stroke="${colour}" stroke-width="1.2"/>`;
}

/** A line through what was measured, each point with its figure to be seen by who points at it. */
export function curve(panel: Panel, points: readonly Point[], colour: string, name: string): string[] {
	const dots = points.map(([x, y]) => {
		const title = `<title>${escapeXML(`${name}: ${Number(y.toPrecision(4))} at ${x}`)}</title>`;
		return `<circle cx="${toX(panel, x)}" cy="${toY(panel, y)}" r="3" fill="${colour}">${title}</circle>`;
	});
	return [line(panel, points, colour), ...dots];
}

/** Vertical lines with a text, one below the other. */
export function marks(panel: Panel, all: readonly { x: number; text: string }[]): string[] {
	return all.flatMap(({ x, text }, i) => {
		const at = toX(panel, x);
		const y = panel.top + 14 + (i % 8) * 14;
		const right = Number(at) > panel.left + panel.width * 0.6;
		const bar = `<line x1="${at}" y1="${panel.top}" x2="${at}" y2="${panel.top + panel.height}" stroke="#333333" stroke-dasharray="3 3"/>`;
		return [bar, label(Number(at) + (right ? -4 : 4), y, text, right ? "end" : "start")];
	});
}

/** An entry of the legend, below the panel. @param each pixels from one entry to the next */
export function note({ left, top, height }: Panel, index: number, text: string, colour: string, each = 110): string {
	const x = left + index * each;
	const y = top + height + 24;
	return `<rect x="${x}" y="${y}" width="10" height="10" fill="${colour}"/>${label(x + 14, y + 9, text, "start")}`;
}
