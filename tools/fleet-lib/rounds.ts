// SPDX-License-Identifier: Apache-2.0
//
// What a fleet goes through, round by round. A round ends when every gateway has come through it, or when time is up. At most four
// of them restart gateways for an update: more than that in an hour a gateway does not allow.

import type { Fleet } from "./fleet.js";
import type { FleetGateway } from "./gateway.js";
import type { FaultName } from "./options.js";
import { factoryVersion } from "./site.js";

export type RoundKind = "update" | "check" | "outage" | FaultName;

export interface Mark {
	ms: number;
	text: string;
}

/** A round that is over. */
export interface RoundRun {
	kind: RoundKind;
	/** For people. */
	title: string;
	/** The version that all shall have at its end. */
	version: string;
	beginMs: number;
	endMs: number;
	/** How many have come through it. */
	good: number;
	/** Processor seconds of all gateways. */
	gatewayCPU: number;
	/** Indices of the samples it began and ended with. */
	samples: [number, number];
	marks: Mark[];
	/** Lost packets. */
	lost?: number;
}

/** Whether a gateway has come through a round that began then. */
type Through = (gateway: FleetGateway, beginMs: number) => boolean;

const isOn =
	(version: string): Through =>
	(gateway) =>
		gateway.version === version && gateway.confirmed;

/** It has asked since, on its own, and been told that there is nothing new. */
const hasChecked: Through = (gateway, beginMs) => {
	const trigger = gateway.since(beginMs, "trigger")[0];
	return trigger !== undefined && gateway.since(trigger.ms, "verdict").some(({ result }) => result === "nothing-new");
};

/** It had the bad one and got over it, and runs the version before. */
const hasRefused =
	(before: string, bad: string): Through =>
	(gateway, beginMs) => {
		const rolledBack = gateway.since(beginMs, "verdict").some(({ result }) => result === "rolled-back");
		const refused = gateway.since(beginMs, "file").some(({ file, result }) => file === "cmp" && result === "refused");
		return isOn(before)(gateway, beginMs) && (bad === "bad-firmware" ? rolledBack : refused);
	};

export class Rounds {
	readonly done: RoundRun[] = [];
	readonly #fleet: Fleet;
	readonly #onRound: (done: readonly RoundRun[]) => Promise<void>;
	#version = factoryVersion;
	#minor = 0;
	#marks: Mark[] = [];

	/** @param onRound is told after each round: a long run that is cut short has shown something */
	constructor(fleet: Fleet, onRound: (done: readonly RoundRun[]) => Promise<void>) {
		this.#fleet = fleet;
		this.#onRound = onRound;
	}

	/** The whole life. @returns whether every round ended with every gateway where it should be */
	async run(): Promise<boolean> {
		const { checks, faults } = this.#fleet.options;
		await this.#update("update", "configuration and firmware, all from power-on", () => this.#fleet.powerOn());
		if (checks) await this.#checks();
		const bad = faults.filter((name) => name === "bad-firmware" || name === "bad-signature");
		if (faults.includes("server-restart"))
			await this.#update("server-restart", "update, nginx restarted in the middle", () => this.#restartServer());
		for (const name of bad) await this.#offerBad(name);
		const lossy = faults.includes("loss");
		if (lossy) await this.#update("loss", "update, one packet of ten lost", () => this.#fleet.network.startLoss());
		else if (bad.length > 0) await this.#update("update", "the good version after the bad one");
		return this.done.every(({ good }) => good === this.#fleet.gateways.length);
	}

	#mark(text: string): void {
		this.#marks.push({ ms: Date.now(), text });
		this.#fleet.options.say(`  ${text}`);
	}

	/** @param act once the new version is offered */
	async #update(kind: RoundKind, title: string, act: () => void | Promise<void> = () => undefined): Promise<void> {
		const { site } = this.#fleet;
		const version = (this.#version = `1.${++this.#minor}.0`);
		await this.#round(kind, `${version}: ${title}`, isOn(version), async () => {
			site.offerConfiguration(this.#minor);
			await site.offerFirmware(version);
			await act();
		});
	}

	async #offerBad(kind: "bad-firmware" | "bad-signature"): Promise<void> {
		const bad = `1.${++this.#minor}.0`;
		const title = kind === "bad-firmware" ? "signed, dies at its start" : "signature damaged";
		await this.#round(kind, `${bad}: ${title}, offered to all`, hasRefused(this.#version, kind), () =>
			this.#fleet.site.offerFirmware(bad, kind),
		);
	}

	async #checks(): Promise<void> {
		await this.#round("check", "nothing new, by interval", hasChecked, () => undefined);
		await this.#round("outage", "nothing new, all from power-on", hasChecked, async () => {
			await this.#fleet.powerOff("SIGKILL");
			this.#mark("power lost and back");
			this.#fleet.powerOn();
		});
	}

	/** Away when a third has the new version, if possible while something is being sent. */
	async #restartServer(): Promise<void> {
		const fleet = this.#fleet;
		const { downSeconds } = fleet.options;
		await fleet.until(() => {
			const share = fleet.count(({ version }) => version === this.#version) / fleet.gateways.length;
			const writing = fleet.meter.samples.at(-1)?.writing ?? 0;
			return share > 2 / 3 || (share >= 1 / 3 && writing > 0);
		});
		this.#mark("nginx stopped");
		await fleet.server.stop();
		await fleet.until(() => false, downSeconds);
		await fleet.server.start();
		this.#mark("nginx started");
	}

	async #round(kind: RoundKind, title: string, through: Through, act: () => void | Promise<void>): Promise<void> {
		const fleet = this.#fleet;
		const { say } = fleet.options;
		this.#marks = [];
		say(`round ${this.done.length + 1}: ${title}`);
		const before = fleet.cpu();
		await fleet.meter.sample();
		const first = fleet.meter.samples.length - 1;
		const beginMs = Date.now();
		this.#mark(title);
		await act();
		let told = 0;
		const good = (): number => fleet.count((gateway) => through(gateway, beginMs));
		await fleet.until(() => {
			const now = good();
			if (now > told + fleet.gateways.length / 10) say(`  ${(told = now)} of ${fleet.gateways.length}`);
			return now === fleet.gateways.length;
		});
		const lost = kind === "loss" ? { lost: fleet.network.endLoss() } : {};
		const ends = { endMs: Date.now(), good: good(), gatewayCPU: fleet.cpu() - before };
		const samples: [number, number] = [first, fleet.meter.samples.length - 1];
		const { done } = this;
		done.push({ kind, title, version: this.#version, beginMs, ...ends, samples, marks: this.#marks, ...lost });
		say(`  ${ends.good} of ${fleet.gateways.length} through, ${Math.round((ends.endMs - beginMs) / 1000)} s`);
		await this.#onRound(done);
	}
}
