// SPDX-License-Identifier: Apache-2.0
//
// What a running gateway holds and what its flash has been through, seen from outside: /proc, the console's `show memory` (after a
// collection), the counters in the flash file. Node only. Sources: proc(5).

import { readdirSync, readFileSync } from "node:fs";
import { type FlashFile, parseFile, parseTable } from "../../../tools/flash-image-lib/index.js";
import type { Bench } from "../../e2e/bench.js";

const sectorBytes = 4096;

/** Of one process. Bytes. */
export interface Holding {
	descriptors: number;
	rss: number;
	/** Pages that others have too count in part. */
	pss: number;
}

export interface HeapUse {
	slots: number;
	chunks: number;
	native: number;
}

export interface Erases {
	slots: number;
	otadata: number;
	store: number;
	/** Of the store's blocks. */
	least: number;
	most: number;
}

export function holdingOf(pid: number): Holding {
	const text = readFileSync(`/proc/${pid}/smaps_rollup`, "latin1");
	const bytes = (name: string): number => 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1]);
	return { descriptors: readdirSync(`/proc/${pid}/fd`).length, rss: bytes("Rss"), pss: bytes("Pss") };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const answerMs = 3000;
const tries = 40;

/** Types the command again when no answer comes: a line is lost where the gateway restarts. @throws Error after two minutes */
export async function ask(bench: Bench, command: string, wanted: RegExp): Promise<RegExpExecArray> {
	for (let i = 0; i < tries; i++) {
		const from = bench.serial.length;
		bench.type(command);
		for (const deadline = Date.now() + answerMs; Date.now() < deadline; await pause(10)) {
			const match = wanted.exec(bench.serial.slice(from));
			if (match !== null) return match;
		}
	}
	throw new Error(`no answer to "${command}"`);
}

/** Of the update. */
export async function phaseOf(bench: Bench): Promise<string> {
	return (await ask(bench, "show update", /state +([a-z]+)[^]*last [^\n]*\n/))[1];
}

/** Live data: the command makes a collection. */
export async function heapUse(bench: Bench): Promise<HeapUse> {
	const match = await ask(bench, "show memory", /slots\s+(\d+)[^]*chunks\s+(\d+)[^]*native heap\s+(\d+)[^\n]*\n/);
	const [slots, chunks, native] = match.slice(1).map(Number);
	return { slots, chunks, native };
}

export async function hostNameOf(bench: Bench): Promise<string> {
	return (await ask(bench, "show settings hostname", /HostName +(\S+)[^\n]*\n/))[1];
}

/** Of the store of records, bytes. */
export async function storeRoom(bench: Bench): Promise<{ live: number; free: number }> {
	const [live, free] = (await ask(bench, "show flash", /records, (\d+) bytes, (\d+) free[^\n]*\n/))
		.slice(1)
		.map(Number);
	return { live, free };
}

/** The file as it is now; the gateway may be running. */
export function flashOf(path: string): FlashFile {
	return parseFile(readFileSync(path));
}

function wearOf(file: FlashFile, wanted: (partition: { type: number; subtype: number; label: string }) => boolean) {
	return parseTable(file.contents.subarray(0x8000, 0x8c00))
		.filter(wanted)
		.flatMap(({ offset, size }) => [...file.wear.subarray(offset / sectorBytes, (offset + size) / sectorBytes)]);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

export function erasesOf(file: FlashFile): Erases {
	const store = wearOf(file, ({ label }) => label === "store");
	return {
		slots: sum(wearOf(file, ({ type }) => type === 0)),
		otadata: sum(wearOf(file, ({ type, subtype }) => type === 1 && subtype === 0)),
		store: sum(store),
		least: Math.min(...store),
		most: Math.max(...store),
	};
}

/** A group of blocks (64 KB) whose first block has to change is erased at once, if the image needs all of it; others one by one. */
const groupBlocks = 16;

/** By what lies in the slot and what is to lie there. Source: modules/flash/README.md. */
function erasesFor(old: Buffer, image: Buffer): number {
	const count = Math.ceil(image.length / sectorBytes);
	const differs = (block: number): boolean => {
		const [from, to] = [block * sectorBytes, Math.min((block + 1) * sectorBytes, image.length)];
		return !old.subarray(from, to).equals(image.subarray(from, to));
	};
	let erases = 0;
	for (let first = 0; first < count; first += groupBlocks) {
		const blocks = Array.from({ length: Math.min(groupBlocks, count - first) }, (_, i) => first + i);
		const atOnce = blocks.length === groupBlocks && differs(first);
		erases += atOnce ? groupBlocks : blocks.filter(differs).length;
	}
	return erases;
}

/** @returns erases that the image must have cost the slot that holds it now and did not before; -1 when there is no such slot */
export function erasesOfImage(before: FlashFile, after: FlashFile, image: Buffer): number {
	for (const { type, offset } of parseTable(after.contents.subarray(0x8000, 0x8c00))) {
		const [old, now] = [before, after].map(({ contents }) => contents.subarray(offset, offset + image.length));
		if (type === 0 && now.equals(image) && !old.equals(image)) return erasesFor(old, image);
	}
	return -1;
}
