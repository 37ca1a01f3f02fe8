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
	return { bytes: Number(flash.bytes), ms: Number(flash.ms), account: account(before, lookAt(bench.flash)) };
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

function print(rounds: Round[], mbit: number, longestMs: number, idle: Account): void {
	const each = (value: (round: Round) => number | string): (number | string)[] => rounds.map(value);
	const linkMs = (round: Round): number => (round.bytes * 8) / (mbit * 1000);
	const share = (round: Round): number => (100 * Math.max(chipMs(round), linkMs(round))) / round.ms;
	const blocks = (round: Round): number => Math.ceil(round.bytes / 4096);
	const all = ({ account: { slotErases, otadataErases, storeErases } }: Round): number =>
		slotErases + otadataErases + storeErases;
	console.log(`updates over a link of ${mbit} Mbit/s; flash and its times: W25Q128JV, typical`);
	row("", ["all blocks", "few differ"]);
	row(
		"image, bytes",
		each((round) => round.bytes),
	);
	row(
		"download, check and write, ms",
		each((round) => Math.round(round.ms)),
	);
	row(
		"the chip alone, ms",
		each((round) => Math.round(chipMs(round))),
	);
	row(
		"the link alone, ms",
		each((round) => Math.round(linkMs(round))),
	);
	row(
		"share of the limit (chip or link, the slower), %",
		each((round) => share(round).toFixed(1)),
	);
	row(
		"KB/s",
		each((round) => (round.bytes / 1.024 / round.ms).toFixed(0)),
	);
	row(
		"erases of 4 KB: slot",
		each((round) => round.account.slotErases),
	);
	row(
		"  boot choice",
		each((round) => round.account.otadataErases),
	);
	row(
		"  store",
		each((round) => round.account.storeErases),
	);
	row(
		"  above the blocks of the image",
		each((round) => all(round) - blocks(round)),
	);
	row(
		"bytes written to the store",
		each((round) => round.account.storeBytes),
	);
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
