// SPDX-License-Identifier: Apache-2.0
//
// Rounds of a real gateway: each publishes something, does something to server, link or gateway, and then lets it come right. What is
// good has to be there in the end, in every round. Node only.

import type { GatewayEvent } from "../../../tools/gateway-lib/events.js";
import type { FlashFile } from "../../../tools/flash-image-lib/index.js";
import { Random } from "../../harness/random.js";
import { erasesOfImage, erasesOf, flashOf, heapUse, holdingOf, hostNameOf, phaseOf, storeRoom } from "./look.js";
import { choose, type Plan } from "./plan.js";
import type { RealOptions, RealRound } from "./round.js";
import { fetchPage, notify } from "./visits.js";
import { World } from "./world.js";

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
/** Longest time in which a round comes right; a bound against hanging. */
const patienceMs = 120_000;

class Soak {
	readonly #world: World;
	readonly #random: Random;
	readonly #stretch: number;
	/** What the server has, as far as it is good. */
	#wanted = { hostName: "gw-000000", version: "1.0.0" };
	#good = { settings: true, firmware: true };
	/** What has gone back once is not tried again. */
	#spoiled = { settings: false, firmware: false };
	#image: Buffer = Buffer.alloc(0);
	#before: FlashFile;
	#mark = 0;

	constructor(world: World, { seed, stretch = 20 }: RealOptions) {
		this.#world = world;
		this.#random = new Random(seed);
		this.#stretch = stretch;
		this.#before = flashOf(world.bench.flash);
	}

	async start(): Promise<void> {
		const { bench } = this.#world;
		this.#world.publishSettings(this.#wanted.hostName);
		await this.#world.publishFirmware(this.#wanted.version);
		const ended = this.#next("verdict");
		bench.powerOn();
		await ended;
		await this.#comeRight();
		this.#before = flashOf(bench.flash);
	}

	async round(round: number): Promise<RealRound> {
		const plan = choose(this.#random, round, this.#stretch);
		const start = performance.now();
		await this.#publish(plan, round + 1);
		this.#mark = this.#world.bench.events.length;
		const happened = await this.#play(plan);
		await this.#comeRight();
		const ms = performance.now() - start;
		return { ...(await this.#look(round, plan)), happened, ms };
	}

	async #publish({ offer }: Plan, generation: number): Promise<void> {
		const hostName = `gw-${String(generation).padStart(6, "0")}`;
		const version = `1.0.${generation}`;
		if (offer === "settings" || offer === "both" || offer === "bad settings") {
			const good = offer !== "bad settings";
			this.#world.publishSettings(hostName, good);
			this.#good.settings = good;
			this.#spoiled.settings = false;
			if (good) this.#wanted.hostName = hostName;
		}
		if (offer === "nothing" || offer.endsWith("settings")) return;
		const kind = offer === "forged firmware" ? "forged" : offer === "damaged firmware" ? "damaged" : "good";
		this.#image = await this.#world.publishFirmware(version, kind);
		this.#good.firmware = kind === "good";
		this.#spoiled.firmware = false;
		if (kind === "good") this.#wanted.version = version;
	}

	/** The trigger, and what comes in its way. @returns whether it came: the byte at which it is to come may never be sent */
	async #play({ mishap, trigger }: Plan): Promise<boolean> {
		const { bench } = this.#world;
		const ended = this.#next("verdict");
		const happened = this.#arm(mishap);
		if (trigger === "power") await this.#powerCycle();
		else if (trigger === "notify") await notify(this.#world.sipPort, `soak-${this.#random.next()}`);
		else bench.type("update");
		await Promise.race([happened ?? ended, ended]);
		if (this.#world.link.disarm() || happened === undefined) return false;
		await happened;
		return true;
	}

	/** The next event of a kind. It may come to nobody: `Bench.until` would take it from whoever waits after. */
	async #next(kind: string): Promise<GatewayEvent> {
		const { bench } = this.#world;
		const count = bench.all(kind).length;
		for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await pause(20)) {
			const events = bench.all(kind);
			if (events.length > count) return events[count];
		}
		throw new Error(`no ${kind}`);
	}

	async #powerCycle(): Promise<void> {
		await this.#world.bench.powerOff("SIGKILL");
		this.#world.bench.powerOn();
	}

	/** @returns when it has happened, if anything is to: where the link waits for a byte, that may never come */
	#arm(mishap: Plan["mishap"]): Promise<void> | undefined {
		const { link } = this.#world;
		const random = this.#random;
		// Within the handshake, the settings, or anywhere in the firmware.
		const place = (): number => random.below(random.pick([4000, 8000, 1_700_000]));
		const at = (act: () => Promise<void> | void): Promise<void> =>
			new Promise((resolve, reject) => link.trap(place(), () => void Promise.resolve(act()).then(resolve, reject)));
		switch (mishap) {
			case "server killed":
				return at(async () => {
					await this.#world.killServer();
					await pause(200);
					await this.#world.serve();
				});
			case "connection cut":
				return at(() => link.cut());
			case "power cut":
				return at(() => this.#powerCycle());
			case "crash":
				return at(() => void process.kill(this.#world.bench.firmwarePid, "SIGSEGV"));
			case undefined:
				return undefined;
		}
	}

	/** Nothing is in the way any more: asks until there is nothing new, or what is there is refused. */
	async #comeRight(): Promise<void> {
		const { bench } = this.#world;
		let failures = 0;
		for (const deadline = Date.now() + patienceMs; Date.now() < deadline;) {
			await this.#rest();
			const ended = this.#next("verdict");
			bench.type("update");
			const { result } = await ended;
			this.#note();
			const good = this.#good.settings && this.#good.firmware && !this.#spoiled.settings && !this.#spoiled.firmware;
			// The first may have begun while something was in the way.
			if (result === "failed") failures++;
			if (result === "nothing-new" || (failures === 2 && !good)) return;
		}
		throw new Error("does not come right");
	}

	/** What was on trial has gone back, and is not tried again. */
	#note(): void {
		const isBack = this.#results().includes("rolled-back");
		if (isBack) this.#spoiled = { settings: true, firmware: true };
	}

	/** Verdicts of this round. */
	#results(): string[] {
		const { events } = this.#world.bench;
		return events.slice(this.#mark).flatMap(({ event, result }) => (event === "verdict" ? [String(result)] : []));
	}

	/** It has said that it restarts, and has not started since. */
	#leaving(): boolean {
		this.#world.bench.all("boot"); // takes in what has come
		const { events } = this.#world.bench;
		return events.filter(({ event }) => event === "restart" || event === "boot").at(-1)?.event === "restart";
	}

	/** No run, and no restart on its way. Four an hour are the gateway's own; for more than that an operator has to ask. */
	async #rest(): Promise<void> {
		const { bench } = this.#world;
		for (let held = 0; ; await pause(20)) {
			const phase = await phaseOf(bench);
			if (phase === "idle") return;
			const isLeaving = this.#leaving();
			held = phase === "restarting" && !isLeaving ? held + 1 : 0;
			// One that may restart does so in its next turn, and says so before.
			if (held < 3) continue;
			held = 0;
			const started = this.#next("boot");
			bench.type("reset");
			await started;
		}
	}

	async #look(round: number, plan: Plan): Promise<Omit<RealRound, "happened" | "ms">> {
		const { bench } = this.#world;
		await fetchPage(this.#world.webPort);
		const hostName = await hostNameOf(bench);
		const store = await storeRoom(bench);
		await this.#settled();
		const heap = await heapUse(bench);
		const file = flashOf(bench.flash);
		const boots = bench.all("boot");
		const version = String(boots.at(-1)?.version);
		const installed = this.#good.firmware && plan.offer !== "nothing" && !plan.offer.endsWith("settings");
		const imageErases = installed ? erasesOfImage(this.#before, file, this.#image) : -1;
		this.#before = file;
		return {
			...{
				round,
				...plan,
				version,
				hostName,
				heap,
				store,
				imageErases,
				life: bench.firmwarePid,
				boots: boots.length,
			},
			verdicts: this.#results(),
			problem: this.#problem(plan, hostName, version),
			...{ gateway: holdingOf(bench.firmwarePid), chip: holdingOf(bench.pid) },
			...{ erases: erasesOf(file), bytesProgrammed: file.bytesProgrammed },
		};
	}

	/** Connections that were closed a moment ago are gone. */
	async #settled(): Promise<void> {
		const { firmwarePid } = this.#world.bench;
		let before = -1;
		for (let i = 0; i < 20; i++) {
			const { descriptors } = holdingOf(firmwarePid);
			if (descriptors === before) return;
			before = descriptors;
			await pause(60);
		}
	}

	#problem(plan: Plan, hostName: string, version: string): string | undefined {
		const [wanted, good, spoiled] = [this.#wanted, this.#good, this.#spoiled];
		// Only a restart in the trial makes it go back.
		const isBack = this.#results().includes("rolled-back");
		if (isBack && plan.mishap !== "power cut" && plan.mishap !== "crash") return "went back";
		if (good.settings && !spoiled.settings && hostName !== wanted.hostName)
			return `name ${hostName}, not ${wanted.hostName}`;
		if (good.firmware && !spoiled.firmware && version !== wanted.version)
			return `firmware ${version}, not ${wanted.version}`;
		return undefined;
	}
}

/** @throws Error with the seed */
export async function runReal(options: RealOptions): Promise<RealRound[]> {
	const world = await World.make("gw-000000");
	const rounds: RealRound[] = [];
	try {
		const soak = new Soak(world, options);
		await soak.start();
		while (rounds.length < options.rounds) {
			const round = await soak.round(rounds.length);
			rounds.push(round);
			options.onRound?.(round);
		}
		return rounds;
	} catch (error) {
		const said = world.bench.serial.slice(-3000);
		throw new Error(`seed ${options.seed}, round ${rounds.length}; serial line:\n${said}`, { cause: error });
	} finally {
		await world.close();
	}
}
