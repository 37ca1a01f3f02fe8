// SPDX-License-Identifier: Apache-2.0
//
// A gateway that updates itself by https over a link of limited speed, on flash that takes its modelled time. The image is the gateway
// program itself, with the gauge of turns (hosts/linux/turns) in it: what the event loop was blocked by is told beside what the chip did.

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makePrivateCA } from "../../tools/lib/private-ca.js";
import type { GatewayEvent } from "../../tools/gateway-lib/events.js";
import { Bench, firmware, isVerdict } from "../../tests/e2e/bench.js";
import { Nginx } from "../../tests/e2e/nginx.js";
import { account, type Account, limitMs, lookAt, singleMs } from "./account.js";
import { type Link, startLink } from "./link.js";

const variant = "turns";

/** What blocks the event loop, milliseconds. */
export interface Block {
	cpu: number;
	program: number;
	erase: number;
	/** The event that followed. */
	before: string;
}

export interface Update {
	/** Of the image. */
	bytes: number;
	/** From the answer's head to the last byte programmed and read back. */
	ms: number;
	account: Account;
	/** The turn that blocked longest, without its erases: from the trigger, over the restart, to the confirmation. */
	work: Block;
	/** The same with erases. */
	all: Block;
	/** The longest that the modelled flash alone made a turn wait, in this flash's life. */
	flashMs: number;
}

/** Without erases. */
export const workMs = ({ cpu, program }: Block): number => cpu + program;
export const blockedMs = (block: Block): number => workMs(block) + block.erase;

/** What the chip needs for the blocks that were not right already. */
export function chipMs({ bytes, account: { slotErases } }: Update): number {
	return slotErases * 4096 >= bytes ? limitMs(bytes) : singleMs(slotErases);
}

export function linkMs({ bytes }: Update, mbit: number): number {
	return (bytes * 8) / (mbit * 1000);
}

/** Of the limit, chip or link, the slower; 0 to 1. */
export function shareOfLimit(update: Update, mbit: number): number {
	return Math.max(chipMs(update), linkMs(update, mbit)) / update.ms;
}

/** The longest of all turns of these events, by what `measure` counts. */
function longest(events: readonly GatewayEvent[], name: "work" | "all", measure: (block: Block) => number): Block {
	let found: Block = { cpu: 0, program: 0, erase: 0, before: "" };
	for (const [i, record] of events.entries()) {
		if (record.event !== "turns") continue;
		const { cpu, program, erase } = record[name] as Block;
		const before = events[i + 1]?.event ?? "";
		const block = { cpu: cpu / 1000, program: program / 1000, erase: erase / 1000, before };
		if (measure(block) > measure(found)) found = block;
	}
	return found;
}

interface Parts {
	folder: string;
	gateway: Bench;
	nginx: Nginx;
	link: Link;
}

export class FlashBench {
	readonly gateway: Bench;
	readonly #parts: Parts;

	private constructor(parts: Parts) {
		this.gateway = parts.gateway;
		this.#parts = parts;
	}

	/** A gateway that is on and at rest, and knows where firmware comes from. @param mbit speed of the link, Mbit/s */
	static async make(mbit: number): Promise<FlashBench> {
		const folder = mkdtempSync(join(tmpdir(), "upgate-bench-"));
		chmodSync(folder, 0o755);
		const authority = makePrivateCA(join(folder, "ca"), "device");
		const { certificate, key } = authority.server;
		const lines = [`ssl_certificate ${certificate};`, `ssl_certificate_key ${key};`, "ssl_protocols TLSv1.2 TLSv1.3;"];
		const credentials = { roots: authority.root };
		const gateway = await Bench.make({ ini: "", args: ["--flash-timing", "1"], variant, credentials });
		chmodSync(gateway.folder, 0o755);
		const nginx = await Nginx.start(join(folder, "nginx"), gateway.www, lines);
		const link = await startLink(Number(new URL(nginx.url).port), mbit * 1e6);
		const bench = new FlashBench({ folder, gateway, nginx, link });
		await bench.#start();
		return bench;
	}

	async #start(): Promise<void> {
		this.gateway.powerOn();
		await this.gateway.until(isVerdict("nothing-new"));
		this.gateway.type(`set AutoCmpFileUrl https://127.0.0.1:${this.#parts.link.port}/firmware.cmp`);
		await this.gateway.printed("AutoCmpFileUrl =");
	}

	/** From the trigger until the new version has reached its server and is confirmed. */
	async update(version: string): Promise<Update> {
		const { gateway } = this;
		writeFileSync(join(gateway.www, "firmware.cmp"), await firmware(version, { variant }));
		const [before, from] = [lookAt(gateway.flash), gateway.events.length];
		gateway.type("update");
		const flash = await gateway.until((event) => event.event === "flash");
		await gateway.until(isVerdict("confirmed"));
		await gateway.until(isVerdict("nothing-new"));
		const bytes = Number(flash.bytes);
		const counted = account(before, lookAt(gateway.flash), bytes);
		const events = await this.#eventsSince(from);
		return {
			...{ bytes, ms: Number(flash.ms), account: counted },
			...{ work: longest(events, "work", workMs), all: longest(events, "all", blockedMs) },
			flashMs: lookAt(gateway.flash).longestMicroseconds / 1000,
		};
	}

	/** The gauge tells of the turn that confirmed when the next thing happens: another update, which finds nothing. */
	async #eventsSince(from: number): Promise<GatewayEvent[]> {
		const { gateway } = this;
		gateway.type("update");
		await gateway.until(({ event, cause }) => event === "trigger" && cause === "console");
		const events = gateway.events.slice(from);
		await gateway.until(isVerdict("nothing-new"));
		return events;
	}

	/** The second question after an update: the first may still note what it learned. */
	async askTwice(): Promise<Account> {
		const { gateway } = this;
		let before = lookAt(gateway.flash);
		for (let i = 0; i < 2; i++) {
			before = lookAt(gateway.flash);
			gateway.type("update");
			await gateway.until(isVerdict("nothing-new"));
		}
		return account(before, lookAt(gateway.flash));
	}

	async close(): Promise<void> {
		const { folder, gateway, nginx, link } = this.#parts;
		await link.close();
		await nginx.close();
		await gateway.close();
		rmSync(folder, { recursive: true });
	}
}
