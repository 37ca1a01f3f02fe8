// SPDX-License-Identifier: Apache-2.0
//
// The command `show flash`: how much each region has been erased, and what the store of records holds.

import { commandTable, placed } from "./command-table.js";
import type { Command } from "./commands.js";

/** Erases of one region of the flash. */
export interface WearRegion {
	name: string;
	/** Erases counted, all blocks together. */
	erases: number;
	blocks: number;
	/** What is counted: "since the factory", "since start". */
	since: string;
}

export interface FlashPorts {
	regions(): Iterable<WearRegion>;
	store(): { records: number; liveBytes: number; freeBytes: number; badBlocks: number };
}

/** Blocks of NOR flash are good for that many at least. */
const endurance = 100_000;

function perBlock({ erases, blocks }: WearRegion): string {
	return blocks === 0 ? "-" : (erases / blocks).toFixed(1);
}

function* show(ports: FlashPorts): Iterable<string> {
	yield "region    blocks    erases  per block";
	for (const region of ports.regions()) {
		const { name, erases, blocks, since } = region;
		const figures = `${String(blocks).padStart(6)}${String(erases).padStart(10)}${perBlock(region).padStart(11)}`;
		yield `${name.padEnd(10)}${figures}  ${since}`;
	}
	yield `a block is good for ${endurance} erases at least`;
	const { records, liveBytes, freeBytes, badBlocks } = ports.store();
	yield `store     ${records} records, ${liveBytes} bytes, ${freeBytes} free, ${badBlocks} bad blocks`;
}

const table = commandTable<FlashPorts>({
	words: "show flash",
	usage: "",
	help: "wear of the flash, and room in the store",
	anywhere: true,
	run: show,
});

export function flashCommands(ports: FlashPorts): Iterable<Command> {
	return placed(table, ports);
}
