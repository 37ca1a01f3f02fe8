// SPDX-License-Identifier: Apache-2.0
//
// All gateways, their server and its network as one: made, switched on, watched, switched off, removed.

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../lib/free-port.js";
import { FleetGateway } from "./gateway.js";
import { checkLimits } from "./limits.js";
import { Meter } from "./meter.js";
import { Network } from "./network.js";
import { Server } from "./nginx.js";
import type { FleetOptions } from "./options.js";
import { Site } from "./site.js";
import { sum } from "./statistics.js";

const sampleMs = 1000;
/** At the same time. */
const mostBooting = 8 * availableParallelism();
/** So many have somebody at their serial line, who asks for memory. */
export const consoles = 8;

export class Fleet {
	readonly gateways: FleetGateway[] = [];
	readonly meter: Meter;
	/** Size of the factory's firmware, bytes. */
	firmwareBytes = 0;
	/** Those that shall be switched on. */
	#waiting: number[] = [];

	private constructor(
		readonly options: FleetOptions,
		readonly folder: string,
		readonly network: Network,
		readonly server: Server,
		readonly site: Site,
	) {
		this.meter = new Meter(server, network);
	}

	/** Makes everything and switches nothing on. @throws FleetError */
	static async make(options: FleetOptions): Promise<Fleet> {
		if (options.folder !== undefined) mkdirSync(options.folder, { recursive: true });
		const folder = mkdtempSync(join(options.folder ?? tmpdir(), "upgate-fleet-"));
		let network: Network | undefined;
		try {
			checkLimits(options.gateways, folder);
			network = await Network.make();
			const port = await freePort();
			const site = new Site(folder, `https://127.0.0.1:${port}`, options);
			const nginx = { folder: join(folder, "nginx"), root: site.www, port, ca: site.ca };
			const server = new Server({ ...nginx, network, gateways: options.gateways });
			const fleet = new Fleet(options, folder, network, server, site);
			await fleet.#build();
			await server.start();
			return fleet;
		} catch (error) {
			await network?.close();
			rmSync(folder, { recursive: true, force: true });
			throw error;
		}
	}

	/**
	 * All, as fast as this machine starts them while `until` watches: a thousand programs that start at once on two processors would
	 * stand in each other's way as a thousand gateways do not.
	 */
	powerOn(): void {
		this.#waiting = [...this.gateways.keys()];
	}

	/** As at a power cut: all at once, without warning. */
	async powerOff(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
		this.#waiting = [];
		await Promise.all(this.gateways.map((gateway) => gateway.powerOff(signal)));
	}

	/**
	 * Watches gateways and server about each second until the condition holds.
	 * @returns false when it does not within `seconds`
	 */
	async until(holds: () => boolean | Promise<boolean>, seconds = this.options.timeoutSeconds): Promise<boolean> {
		for (const deadline = Date.now() + seconds * 1000; ;) {
			for (const gateway of this.gateways) gateway.poll();
			this.#startSome();
			await this.meter.sample();
			if (await holds()) return true;
			if (Date.now() > deadline) return false;
			await new Promise((resolve) => setTimeout(resolve, sampleMs));
		}
	}

	count(holds: (gateway: FleetGateway) => boolean): number {
		return this.gateways.filter(holds).length;
	}

	/** Processor seconds of all gateways so far. */
	cpu(): number {
		return sum(this.gateways.map((gateway) => gateway.cpu));
	}

	async close(): Promise<void> {
		await this.powerOff();
		await this.server.stop();
		await this.network.close();
		if (!this.options.keep) rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
	}

	#startSome(): void {
		const booting = this.count((gateway) => gateway.booting);
		const some = this.#waiting.splice(0, Math.max(0, mostBooting - booting));
		for (const index of some) {
			this.gateways[index].powerOn(this.site.bootloader, this.network.before, index < consoles);
		}
	}

	async #build(): Promise<void> {
		const { gateways, say } = this.options;
		this.firmwareBytes = await this.site.prepare();
		for (let index = 0; index < gateways; index++) {
			this.gateways.push(new FleetGateway(await this.site.makeGateway(index), index));
			if ((index + 1) % 100 === 0) say(`made ${index + 1} of ${gateways} gateways`);
		}
	}
}
