// SPDX-License-Identifier: Apache-2.0
//
// A flash file as a picture (SVG 1.1): one square for each 4 KB sector, 64 in a row; its ground is the colour of the partition,
// a darker square on it is the wear. Below, a line for each partition and its content. Leaves out scripts, fonts and styles.

import { drawing, label } from "../lib/chart.js";
import { inspectFlash, type FlashView, type PartitionView } from "./inspect.js";
import { printable } from "./names.js";
import { SECTOR_SIZE } from "./partitions.js";
import { chipLines } from "./show.js";
import { ROW_SECTORS, wearLevel } from "./wear.js";

/** Pixels. */
const CELL = 12;
const LEFT = 80;
const TOP = 96;
const LINE = 18;
const COLOURS = ["#8dd3c7", "#ffd97d", "#bebada", "#fb9a8f", "#80b1d3", "#fdb462", "#b3de69", "#fccde5"];
const FREE = "#eeeeee";

function text(x: number, y: number, content: string): string {
	return label(x, y, printable(content), "start");
}

function colour(index: number): string {
	return index < 0 ? FREE : COLOURS[index % COLOURS.length];
}

/** Index of the partition each sector belongs to, -1 for none. */
function owners({ file, partitions }: FlashView): number[] {
	const owner = new Array<number>(file.wear.length).fill(-1);
	partitions.forEach(({ partition }, index) => {
		const first = Math.floor(partition.offset / SECTOR_SIZE);
		owner.fill(index, first, Math.ceil((partition.offset + partition.size) / SECTOR_SIZE));
	});
	return owner;
}

function place(sector: number): { x: number; y: number } {
	return { x: LEFT + (sector % ROW_SECTORS) * CELL, y: TOP + Math.floor(sector / ROW_SECTORS) * CELL };
}

/** Neighbours of one colour are one rectangle. */
function grounds(owner: readonly number[]): string[] {
	const shapes: string[] = [];
	for (let start = 0; start < owner.length;) {
		let end = start + 1;
		while (end < owner.length && end % ROW_SECTORS !== 0 && owner[end] === owner[start]) end++;
		const { x, y } = place(start);
		const size = `width="${(end - start) * CELL}" height="${CELL}"`;
		shapes.push(`<rect x="${x}" y="${y}" ${size} fill="${colour(owner[start])}"/>`);
		start = end;
	}
	return shapes;
}

function wearMarks(wear: Uint32Array): string[] {
	const most = wear.reduce((a, b) => Math.max(a, b), 0);
	return [...wear].flatMap((count, sector) => {
		if (count === 0) return [];
		const { x, y } = place(sector);
		const opacity = (wearLevel(count, most) / 10).toFixed(1);
		const shape = `<rect x="${x + 1}" y="${y + 1}" width="${CELL - 2}" height="${CELL - 2}" fill-opacity="${opacity}">`;
		const offset = (sector * SECTOR_SIZE).toString(16).padStart(6, "0");
		return [`${shape}<title>0x${offset}: ${count} erases</title></rect>`];
	});
}

function legend(partitions: readonly PartitionView[], top: number): { shapes: string[]; bottom: number } {
	const shapes: string[] = [];
	let y = top;
	partitions.forEach(({ partition, wear, lines }, index) => {
		const { label, offset, size } = partition;
		shapes.push(`<rect x="${LEFT - 20}" y="${y - 11}" width="12" height="12" fill="${colour(index)}"/>`);
		const where = `0x${offset.toString(16).padStart(6, "0")}, ${size / 1024} KB`;
		shapes.push(text(LEFT, y, `${label}: ${where}; ${wear.sum} erases, ${wear.most} at most`));
		for (const line of lines) shapes.push(text(LEFT + 20, (y += LINE), line));
		y += LINE;
	});
	return { shapes, bottom: y };
}

/**
 * @param bytes of a flash file
 * @returns the text of an SVG file
 * @throws FlashImageError FLASH_IMAGE_FILE, FLASH_IMAGE_TABLE
 */
export function drawFlash(bytes: Buffer): string {
	const view = inspectFlash(bytes);
	const { wear } = view.file;
	const rows = Math.ceil(wear.length / ROW_SECTORS);
	const labels = Array.from({ length: rows }, (_, row) =>
		text(8, TOP + row * CELL + 10, `0x${(row * ROW_SECTORS * SECTOR_SIZE).toString(16).padStart(6, "0")}`),
	);
	const { shapes, bottom } = legend(view.partitions, TOP + rows * CELL + 2 * LINE);
	const head = chipLines(view.file).map((line, index) => text(LEFT, LINE * (index + 1), line));
	const width = LEFT + ROW_SECTORS * CELL + 16;
	const all = [...head, ...labels, ...grounds(owners(view)), ...wearMarks(wear), ...shapes];
	return drawing(width, bottom, all, "monospace");
}
