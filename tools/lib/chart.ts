// SPDX-License-Identifier: Apache-2.0
//
// Pieces of charts as SVG elements: frame with two scales, bars, areas, lines. Knows nothing of fleets.

export interface Panel {
	/** Pixels. */
	left: number;
	top: number;
	width: number;
	height: number;
	/** Values at the edges; times count from the left edge in the labels. */
	x: [number, number];
	y: [number, number];
}

const escape = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function toX({ left, width, x: [from, to] }: Panel, value: number): string {
	return (left + ((value - from) / (to - from || 1)) * width).toFixed(1);
}

function toY({ top, height, y: [from, to] }: Panel, value: number): string {
	const share = Math.min(1, Math.max(0, (value - from) / (to - from || 1)));
	return (top + height - share * height).toFixed(1);
}

/** 1, 2 or 5 times a power of ten, so that about `parts` of them fill the range. */
function step(range: number, parts: number): number {
	const rough = range / parts;
	const power = 10 ** Math.floor(Math.log10(rough || 1));
	return ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
}

function label(x: string | number, y: string | number, text: string, anchor: "start" | "middle" | "end"): string {
	return `<text x="${x}" y="${y}" text-anchor="${anchor}">${escape(text)}</text>`;
}

/** Title, axes and their labels. */
export function frame(panel: Panel, title: string, unit: string): string[] {
	const { left, top, width, height, x, y } = panel;
	const shapes = [label(left, top - 10, title, "start")];
	shapes.push(`<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="none" stroke="#999999"/>`);
	const xs = step(x[1] - x[0], 10);
	for (let value = 0; value <= x[1] - x[0]; value += xs)
		shapes.push(label(toX(panel, x[0] + value), top + height + 15, `${Number(value.toFixed(3))} ${unit}`, "middle"));
	const ys = step(y[1] - y[0], 4);
	for (let value = y[0]; value <= y[1]; value += ys)
		shapes.push(label(left - 6, toY(panel, value), String(Number(value.toFixed(3))), "end"));
	return shapes;
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

export function line(panel: Panel, points: readonly (readonly [number, number])[]): string {
	const text = points.map(([x, y]) => `${toX(panel, x)},${toY(panel, y)}`).join(" ");
	return `<polyline points="${text}" fill="none" stroke="#1f4e79" stroke-width="1.2"/>`;
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

/** An entry of the legend, below the panel. */
export function note({ left, top, height }: Panel, index: number, text: string, colour: string): string {
	const x = left + index * 110;
	const y = top + height + 24;
	return `<rect x="${x}" y="${y}" width="10" height="10" fill="${colour}"/>${label(x + 14, y + 9, text, "start")}`;
}
