// SPDX-License-Identifier: Apache-2.0
//
// The rounds: each publishes something, lets one thing go wrong, triggers an update, waits in virtual time until nothing more
// happens, and looks at what the gateway has become.

import Timer from "timer";
import type { TimerHandle } from "upgate/ecma419/timer";
import type { StampedRecord } from "upgate/update/events";
import { CUT_MODES } from "../../fakes/flash.js";
import type { Random } from "../../harness/random.js";
import type { Cell } from "./cell.js";
import { answers, doors } from "./faults.js";
import { type OfferName, offerNames, type Offers } from "./offers.js";
import type { Server } from "./server.js";
import type { Visits } from "./visits.js";

const minute = 60_000;
/** A round ends when nothing has happened for so long. */
const restMs = 16 * minute;
/** Some waits are longer: where a server asks for it; for one more restart in an hour, after crashes. */
const heldRestMs = 25 * minute;
const longRestMs = 75 * minute;
/** AutoUpdateFrequency of the settings, and a rest. */
const intervalMs = 100 * minute;
const never = 1e9;
/** A server that never comes right would be asked for ever. */
const faultMs = 60 * minute;

const faultNames = [...doors, ...Object.keys(answers)];
const mishaps = ["power cut in an operation", "power cut at a time", "crash", "cancel", "hold and release"] as const;
const triggers = ["console", "console", "notify", "notify", "power", "power", "storm", "interval"] as const;

export interface Plan {
	offer: OfferName;
	fault: string | undefined;
	/** Connections or answers that are faulty. */
	times: number;
	mishap: (typeof mishaps)[number] | undefined;
	trigger: (typeof triggers)[number];
}

/** What a round has come to. */
export interface Outcome extends Plan {
	verdicts: string[];
	codes: string[];
	/** What the gateway shows: name and firmware; and what was there before. */
	hostName: string;
	version: string;
	problem: string | undefined;
}

export interface RoundParts {
	cell: Cell;
	server: Server;
	offers: Offers;
	visits: Visits;
	random: Random;
	/** A round is over; the next begins with `begin`. */
	onRound: (outcome: Outcome) => void;
}

function choose(random: Random, round: number, calm: boolean): Plan {
	const offer = random.pick(offerNames);
	const plan: Plan = { offer, fault: undefined, times: 0, mishap: undefined, trigger: random.pick(triggers) };
	// Now and then nothing goes wrong, and all that is new has to arrive.
	if (round % 20 === 19) return { ...plan, offer: calm ? "settings" : "both", trigger: "console" };
	if (calm) return { ...plan, ...calmed(random), ...fault(random) };
	if (random.below(5) > 0) return { ...plan, ...fault(random) };
	return { ...plan, mishap: random.pick(mishaps) };
}

function fault(random: Random): Pick<Plan, "fault" | "times"> {
	return { fault: random.pick(faultNames), times: random.pick([1, 2, 3, never]) };
}

/** Nothing of this restarts the gateway: it lives through all of these. */
function calmed(random: Random): Pick<Plan, "offer" | "trigger"> {
	const offer = random.pick([
		"nothing",
		"settings",
		"kept file",
		"bad settings",
		"foreign settings",
		"forged firmware",
	] as const);
	return { offer, trigger: random.pick(["console", "notify", "notify", "console", "storm", "interval"] as const) };
}

export class Rounds {
	readonly #parts: RoundParts;
	readonly #rest: TimerHandle;
	#plan: Plan | undefined;
	#repair: TimerHandle | undefined;
	/** While the gateway is being looked at. */
	#judging: TimerHandle | undefined;
	#patience = restMs;
	#verdicts: string[] = [];
	#codes: string[] = [];
	#spoiled = false;
	/** `update hold` was typed, and not yet the release that counts: one in a power cut is lost. */
	#held = false;
	#before = { hostName: "", version: "" };

	constructor(parts: RoundParts) {
		this.#parts = parts;
		this.#rest = Timer.set(() => this.#look(), restMs, restMs);
		Timer.schedule(this.#rest);
	}

	/** @param calm without anything that restarts the gateway */
	begin(round: number, calm: boolean): void {
		const { offers, server, cell, random } = this.#parts;
		const plan = choose(random, round, calm);
		this.#plan = plan;
		this.#verdicts = [];
		this.#codes = [];
		this.#patience = restMs;
		if (plan.offer !== "nothing") this.#spoiled = false;
		offers.publish(plan.offer);
		cell.faulty = offers.faulty;
		server.setFault(plan.fault, plan.times);
		this.#repair = Timer.set(() => this.#repaired(), faultMs);
		this.#release();
		this.#mishap(plan);
		this.#trigger(plan);
		Timer.schedule(this.#rest, plan.trigger === "interval" ? intervalMs : restMs, restMs);
	}

	note(record: StampedRecord): void {
		if (this.#plan === undefined) return;
		if (record.event === "trigger" || record.event === "restart" || record.event === "verdict") this.#lookLater();
		if (record.event === "verdict") {
			this.#verdicts.push(record.result);
			if (record.result === "rolled-back") this.#spoiled = true;
		}
		if (record.event === "request" && [429, 503].includes(record.status)) this.#wait(heldRestMs);
		if (record.event === "crashes" || (record.event === "file" && record.result === "installed"))
			this.#wait(longRestMs);
		if (record.event === "file" && record.code !== undefined) this.#codes.push(`${record.file} ${record.code}`);
		this.stir();
	}

	#wait(ms: number): void {
		this.#patience = Math.max(this.#patience, ms);
	}

	/** The firmware starts: a restart was not waited for in vain. */
	booted(): void {
		this.#patience = restMs;
		this.#lookLater();
		this.stir();
	}

	/** A wait that a server asked for may end just while the gateway is looked at. */
	#lookLater(): void {
		Timer.clear(this.#judging);
		this.#judging = undefined;
	}

	/** Something happens: it is too early to look. */
	stir(): void {
		if (this.#plan !== undefined) Timer.schedule(this.#rest, this.#patience, restMs);
	}

	#release(): void {
		if (this.#held) this.#parts.cell.line?.type("update release\r");
		this.#held = false;
	}

	#repaired(): void {
		Timer.clear(this.#repair);
		this.#repair = undefined;
		this.#parts.server.setFault(undefined, 0);
	}

	#trigger({ trigger }: Plan): void {
		const { cell, visits } = this.#parts;
		switch (trigger) {
			case "console":
				return cell.line?.type("update\r");
			case "notify":
				return visits.notify();
			case "power":
				return cell.reset("power-on");
			case "storm":
				for (let i = 0; i < 12; i++) {
					Timer.set(() => visits.notify(), 300 * i);
					Timer.set(() => visits.get(), 50 * i);
					if (i % 3 === 0) Timer.set(() => cell.line?.type("update\r"), 700 * i);
				}
				return;
			case "interval":
				return;
		}
	}

	#mishap({ mishap }: Plan): void {
		const { cell, random } = this.#parts;
		const { chip } = cell;
		/** Most of it happens within moments, some in the waits. */
		const soonMs = (): number => random.below(random.pick([20, 200, 5000, 10 * minute]));
		switch (mishap) {
			case "power cut in an operation":
				return chip.cutAfter(random.below(random.pick([10, 100, 400])), random.pick(CUT_MODES));
			case "power cut at a time":
				return void Timer.set(() => cell.reset("power-on"), soonMs());
			case "crash":
				return void Timer.set(() => cell.reset("panic"), soonMs());
			case "cancel":
				return void Timer.set(() => cell.line?.type("update cancel\r"), soonMs());
			case "hold and release":
				this.#held = true;
				cell.line?.type("update hold\r");
				return void Timer.set(() => cell.line?.type("update release\r"), 30 * minute);
			case undefined:
				return;
		}
	}

	/** It rests: who is it now? The prompt tells the name. */
	#look(): void {
		const { cell, visits } = this.#parts;
		Timer.schedule(this.#rest);
		cell.chip.cutAfter(never, "before");
		this.#repaired();
		visits.page();
		visits.get();
		const { line } = cell;
		if (line !== undefined) line.printed = "";
		line?.type("\r");
		this.#judging = Timer.set(() => this.#judge(), 10_000);
	}

	#judge(): void {
		const { cell, onRound, offers } = this.#parts;
		const plan = this.#plan as Plan;
		this.#judging = undefined;
		/* Other lines may follow the prompt. */
		const hostName = /(\S+)> \r\n/.exec(cell.line?.printed ?? "")?.[1] ?? "";
		const { version } = cell;
		const problem = this.#problem(plan, hostName, version);
		this.#plan = undefined;
		this.#before = { hostName, version };
		if (!offers.goodSettings && plan.offer === "bad settings") offers.hostName = hostName;
		onRound({ ...plan, hostName, version, problem, verdicts: this.#verdicts, codes: this.#codes });
	}

	/** Only what was published or was there before; and all of it where nothing was in the way. */
	#problem({ fault, mishap }: Plan, hostName: string, version: string): string | undefined {
		const { offers } = this.#parts;
		const before = this.#before;
		if (hostName !== before.hostName && !offers.recent.includes(hostName)) return `name ${hostName}`;
		if (version !== before.version && !offers.recent.includes(version)) return `firmware ${version}`;
		if (fault !== undefined || mishap !== undefined || this.#spoiled) return undefined;
		if (offers.goodSettings && hostName !== offers.hostName) return `name ${hostName}, not ${offers.hostName}`;
		if (offers.goodFirmware && version !== offers.version) return `firmware ${version}, not ${offers.version}`;
		return undefined;
	}
}
