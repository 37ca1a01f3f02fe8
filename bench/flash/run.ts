// SPDX-License-Identifier: Apache-2.0
//
// A gateway that updates itself over a link of 10 Mbit/s, on flash that takes its modelled time: how near it comes to what the chip
// allows, what an update costs the flash, and how long it blocks the event loop. The image is the gateway program itself. Two updates:
// the first writes all blocks of a slot, the second goes into the slot of the factory's firmware, which has most blocks in common with it.
// Usage: npm run bench -- flash [--mbit N]

import { parseArgs } from "node:util";
import { type Block, blockedMs, chipMs, FlashBench, linkMs, shareOfLimit, type Update, workMs } from "./flash-bench.js";

function row(name: string, values: (number | string)[]): void {
	console.log(name.padEnd(56) + values.map((value) => String(value).padStart(24)).join(""));
}

function blockText({ cpu, program, erase, before }: Block): string {
	return `${cpu.toFixed(1)} + ${program.toFixed(1)} + ${erase.toFixed(0)}, ${before}`;
}

type Figure = [title: string, value: (update: Update) => number | string];

function figures(mbit: number): Figure[] {
	return [
		["image, bytes", ({ bytes }) => bytes],
		["image, blocks of 4 KB", ({ bytes }) => Math.ceil(bytes / 4096)],
		["download, check and write, ms", ({ ms }) => Math.round(ms)],
		["the chip alone, ms", (update) => Math.round(chipMs(update))],
		["the link alone, ms", (update) => Math.round(linkMs(update, mbit))],
		["share of the limit (chip or link, the slower), %", (update) => (100 * shareOfLimit(update, mbit)).toFixed(1)],
		["KB/s", ({ bytes, ms }) => (bytes / 1.024 / ms).toFixed(0)],
		["erases of 4 KB: slot", ({ account: { slotErases } }) => slotErases],
		["  boot choice", ({ account: { otadataErases } }) => otadataErases],
		["  store", ({ account: { storeErases } }) => storeErases],
		["bytes written to the store", ({ account: { storeBytes } }) => storeBytes],
		["event loop waited for the flash at most, ms (model)", ({ flashMs }) => flashMs],
		["event loop blocked at most, without erases, ms", ({ work }) => workMs(work).toFixed(1)],
		["  CPU + programming + erasing, before event", ({ work }) => blockText(work)],
		["event loop blocked at most, with erases, ms", ({ all }) => blockedMs(all).toFixed(1)],
		["  CPU + programming + erasing, before event", ({ all }) => blockText(all)],
	];
}

const { values } = parseArgs({ options: { mbit: { type: "string", default: "10" } } });
const mbit = Number(values.mbit);
if (!(mbit > 0)) throw new Error("--mbit wants a number above 0");
const bench = await FlashBench.make(mbit);
try {
	const updates = [await bench.update("1.1.0"), await bench.update("1.2.0")];
	const idle = await bench.askTwice();
	console.log(`updates by https over a link of ${mbit} Mbit/s; flash and its times: W25Q128JV, typical`);
	row("", ["all blocks", "few differ"]);
	for (const [title, value] of figures(mbit)) row(title, updates.map(value));
	row("nothing new: bytes written, erases", [idle.bytes, idle.slotErases + idle.otadataErases + idle.storeErases]);
} finally {
	await bench.close();
}
