// SPDX-License-Identifier: Apache-2.0
//
// A gateway that updates itself over a link of 10 Mbit/s, on flash that takes its modelled time: how near it comes to what the chip
// allows, and what an update costs the flash. The image is the gateway program itself. Two updates: the first writes all blocks of a
// slot, the second goes into the slot of the factory's firmware, which has most blocks in common with it.
// Usage: npm run bench -- flash [--mbit N]

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Bench, firmware, isVerdict } from "../../tests/e2e/bench.js";
import { startProvisioningServer } from "../../tools/provisioning-lib/server.js";
import { account, limitMs, lookAt, singleMs, type Account } from "./account.js";
import { startLink } from "./link.js";

interface Round {
	bytes: number;
	/** From the answer's head to the last byte programmed and read back. */
	ms: number;
	account: Account;
}

/** What the chip needs for the blocks that were not right already. */
function chipMs({ bytes, account: { slotErases } }: Round): number {
	return slotErases * 4096 >= bytes ? limitMs(bytes) : singleMs(slotErases);
}

function row(name: string, values: (number | string)[]): void {
	console.log(name.padEnd(56) + values.map((value) => String(value).padStart(14)).join(""));
}

/** From the trigger until the new version has reached its server and is confirmed. */
async function update(bench: Bench, start: () => void): Promise<Round> {
	const before = lookAt(bench.flash);
	start();
	const flash = await bench.until((event) => event.event === "flash");
	await bench.until(isVerdict("confirmed"));
	await bench.until(isVerdict("nothing-new"));
	const bytes = Number(flash.bytes);
	return { bytes, ms: Number(flash.ms), account: account(before, lookAt(bench.flash), bytes) };
}

/** The second question after an update: the first may still note what it learned. */
async function askTwice(bench: Bench): Promise<Account> {
	let before = lookAt(bench.flash);
	for (let i = 0; i < 2; i++) {
		before = lookAt(bench.flash);
		bench.type("update");
		await bench.until(isVerdict("nothing-new"));
	}
	return account(before, lookAt(bench.flash));
}

type Figure = [title: string, value: (round: Round) => number | string];

function figures(mbit: number): Figure[] {
	const linkMs = ({ bytes }: Round): number => (bytes * 8) / (mbit * 1000);
	const limit = (round: Round): number => Math.max(chipMs(round), linkMs(round));
	return [
		["image, bytes", ({ bytes }) => bytes],
		["image, blocks of 4 KB", ({ bytes }) => Math.ceil(bytes / 4096)],
		["download, check and write, ms", ({ ms }) => Math.round(ms)],
		["the chip alone, ms", (round) => Math.round(chipMs(round))],
		["the link alone, ms", (round) => Math.round(linkMs(round))],
		["share of the limit (chip or link, the slower), %", (round) => ((100 * limit(round)) / round.ms).toFixed(1)],
		["KB/s", ({ bytes, ms }) => (bytes / 1.024 / ms).toFixed(0)],
		["erases of 4 KB: slot", ({ account: { slotErases } }) => slotErases],
		["  boot choice", ({ account: { otadataErases } }) => otadataErases],
		["  store", ({ account: { storeErases } }) => storeErases],
		["bytes written to the store", ({ account: { storeBytes } }) => storeBytes],
	];
}

function print(rounds: Round[], mbit: number, longestMs: number, idle: Account): void {
	console.log(`updates over a link of ${mbit} Mbit/s; flash and its times: W25Q128JV, typical`);
	row("", ["all blocks", "few differ"]);
	for (const [title, value] of figures(mbit)) row(title, rounds.map(value));
	row("longest time a turn waits for the flash, ms (model)", [longestMs]);
	row("nothing new: bytes written, erases", [idle.bytes, idle.slotErases + idle.otadataErases + idle.storeErases]);
}

async function main(): Promise<void> {
	const { values } = parseArgs({ options: { mbit: { type: "string", default: "10" } } });
	const mbit = Number(values.mbit);
	if (!(mbit > 0)) throw new Error("--mbit wants a number above 0");
	const bench = await Bench.make({ ini: "", args: ["--flash-timing", "1"] });
	const server = await startProvisioningServer({ root: bench.www, port: 0 });
	const link = await startLink(server.port, mbit * 1e6);
	const offer = async (version: string): Promise<void> =>
		writeFileSync(join(bench.www, "firmware.cmp"), await firmware(version));
	try {
		await offer("1.1.0");
		bench.powerOn();
		await bench.until(isVerdict("nothing-new"));
		bench.type(`set AutoCmpFileUrl http://127.0.0.1:${link.port}/firmware.cmp`);
		await bench.printed("AutoCmpFileUrl =");
		const first = await update(bench, () => bench.type("update"));
		await offer("1.2.0");
		const second = await update(bench, () => bench.type("update"));
		const idle = await askTwice(bench);
		print([first, second], mbit, lookAt(bench.flash).longestMicroseconds / 1000, idle);
	} finally {
		await link.close();
		await server.close();
		await bench.close();
	}
}

await main();
