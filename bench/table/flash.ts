// SPDX-License-Identifier: Apache-2.0
//
// Rows of an update by https over a link of 10 Mbit/s onto flash that takes its modelled time.

import { blockedMs, FlashBench, shareOfLimit, type Update, workMs } from "../flash/flash-bench.js";
import { median } from "../lib/measure.js";
import type { Row } from "../lib/table.js";

const mbit = 10;
/** What the model takes for 64 KB. */
const blockEraseMs = 150;

async function one(): Promise<Update> {
	const bench = await FlashBench.make(mbit);
	try {
		return await bench.update("1.1.0");
	} finally {
		await bench.close();
	}
}

/** @param rounds three at most: the chip's time and its erases are the model's, and the same each time */
export async function flashRows(rounds: number): Promise<Row[]> {
	const all: Update[] = [];
	for (let i = 0; i < Math.min(rounds, 3); i++) all.push(await one());
	const middle = (of: (update: Update) => number): number => median(all.map(of));
	const blocks = Math.ceil(all[0].bytes / 4096);
	const erases = ({ account: { slotErases, otadataErases, storeErases } }: Update): number =>
		slotErases + otadataErases + storeErases;
	const block = "longest block of the event loop in an update";
	return [
		{
			what: `flash limit reached, link of ${mbit} Mbit/s, https`,
			ours: 100 * middle((update) => shareOfLimit(update, mbit)),
			unit: "%",
			target: { least: 90 },
		},
		{
			what: `erases of an update of ${blocks} blocks`,
			ours: middle(erases),
			unit: "4 KB",
			target: { most: blocks + 4 },
		},
		{
			what: `${block}: CPU and modelled programming`,
			ours: middle(({ work }) => workMs(work)),
			unit: "ms",
			target: { most: 20 },
		},
		{
			what: `${block}: modelled flash, erases too`,
			ours: middle(({ flashMs }) => flashMs),
			unit: "ms",
			target: { most: blockEraseMs },
		},
		{ what: `${block}: all of it`, ours: middle(({ all }) => blockedMs(all)), unit: "ms" },
	];
}
