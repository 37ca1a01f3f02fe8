// SPDX-License-Identifier: Apache-2.0
//
// Diagnostics: history of updates, log, wear of the flash, memory.

import { get } from "./api.js";
import { fill, grid, h, note, put, section, svg } from "./dom.js";
import { listen, logLines, memoryPoints, type LogLine, type MemoryState } from "./live.js";
import { bytes, moment } from "./text.js";

interface Attempt {
	time?: string | null;
	verdict?: string;
	version?: string;
	reason?: string;
	[name: string]: unknown;
}

export async function drawHistory(body: HTMLElement): Promise<() => void> {
	const attempts = await get<Attempt[]>("/api/history");
	if (attempts.length === 0) put(body, note("There was no update yet."));
	const rows = attempts
		.reverse()
		.map(({ time, verdict, version, reason }) => [moment(time), verdict ?? "", version ?? "", reason ?? ""]);
	if (rows.length > 0) put(body, grid("Updates, newest first", ["When", "Result", "Version", "Why"], rows));
	return () => undefined;
}

function lineOf({ time, text }: LogLine): HTMLElement {
	const stamp = time === null ? "" : `${time.slice(11, 19)} `;
	return h("li", {}, h("span", { class: "hint" }, stamp), text);
}

export async function drawLog(body: HTMLElement): Promise<() => void> {
	const list = h("ol", { class: "log", "aria-label": "Log, oldest first", tabindex: 0 });
	for (const line of logLines) list.append(lineOf(line));
	put(
		body,
		h("p", { class: "hint" }, "The last lines, and new ones as they come. Times are UTC."),
		section("Log", list),
	);
	list.scrollTop = list.scrollHeight;
	return listen("log", (line) => {
		list.append(lineOf(line));
		list.scrollTop = list.scrollHeight;
	});
}

interface Region {
	name: string;
	erases: number;
	blocks: number;
	since: string;
}

/** What makers of serial NOR flash promise for a block. */
const ratedErases = 100_000;

function wearBar({ name, erases, blocks }: Region, row: number): SVGElement[] {
	const part = Math.min(1, erases / blocks / ratedErases);
	const y = row * 34;
	// Below a pixel the bar would be nothing at all.
	const width = erases === 0 ? 0 : Math.max(2, Math.round(part * 600));
	return [
		svg("text", { x: 4, y: y + 14 }, name),
		svg("rect", { class: "bar", x: 0, y: y + 18, width, height: 10 }),
		svg("line", { class: "limit", x1: 599, x2: 599, y1: y + 4, y2: y + 32 }),
	];
}

export async function drawFlash(body: HTMLElement): Promise<() => void> {
	const regions = await get<Region[]>("/api/wear");
	const picture = svg(
		"svg",
		{
			class: "chart",
			viewBox: `0 0 600 ${regions.length * 34 + 4}`,
			role: "img",
			"aria-label": "Share of the rated erases that is used up",
		},
		...regions.flatMap(wearBar),
	);
	const rows = regions.map(({ name, erases, blocks, since }) => [
		name,
		String(erases),
		String(blocks),
		`${((100 * erases) / blocks / ratedErases).toFixed(3)} %`,
		since,
	]);
	put(
		body,
		h("p", {}, `Each block may be erased ${ratedErases.toLocaleString("en")} times. The dashed line is that limit.`),
		picture,
		grid("Wear of the flash", ["Region", "Erases", "Blocks", "Used up", "Counted"], rows, "figures"),
	);
	return () => undefined;
}

const parts = ["slots", "chunks", "stack", "native"] as const;
const names: Record<(typeof parts)[number], string> = {
	slots: "Slots",
	chunks: "Chunks",
	stack: "Stack",
	native: "Native heap",
};

const scriptHeap = (memory: MemoryState): number => memory.slots.now + memory.chunks.now + memory.stack.now;

function chart(points: readonly MemoryState[]): SVGElement {
	const values = points.map(scriptHeap);
	const highest = Math.max(65_536, ...values) * 1.1;
	const line = values.map((value, i) => `${(i * 600) / 119},${(200 - (200 * value) / highest).toFixed(1)}`).join(" ");
	const newest = values.at(-1) ?? 0;
	const label = `Script heap over the last minutes: ${bytes(newest)} now`;
	return svg(
		"svg",
		{ class: "chart", viewBox: "0 0 600 200", role: "img", "aria-label": label },
		svg("polyline", { points: line }),
		svg("text", { x: 4, y: 14 }, `${bytes(Math.round(highest))} at the top, a point each 4 s`),
	);
}

function memoryTable(memory: MemoryState): HTMLElement {
	const rows = parts.map((part) => {
		const { now, peak, size } = memory[part];
		return [names[part], bytes(now), bytes(peak), size > 0 ? bytes(size) : "–"];
	});
	return grid("Memory", ["", "Now", "Peak", "Size"], rows, "figures");
}

export async function drawMemory(body: HTMLElement): Promise<() => void> {
	const picture = h("div", {});
	const table = h("div", {});
	const draw = (): void => {
		const newest = memoryPoints.at(-1);
		if (newest === undefined) return;
		fill(picture, chart(memoryPoints));
		fill(table, memoryTable(newest));
	};
	put(body, section("Script heap", picture), section("Now and at most", table));
	put(
		body,
		h("p", { class: "hint" }, "The script heap is slots, chunks and stack together, some of it not yet collected."),
	);
	draw();
	return listen("memory", draw);
}
