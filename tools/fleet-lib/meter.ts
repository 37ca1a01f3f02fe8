// SPDX-License-Identifier: Apache-2.0
//
// The server's load over time: processor, connections, memory, and bytes of the network. One sample about each second.

import type { Server } from "./nginx.js";
import type { Network } from "./network.js";
import { cpuSeconds, MachineLoad, memoryOf } from "./processes.js";
import { sum } from "./statistics.js";

export interface Sample {
	ms: number;
	/** Processor seconds of nginx so far, also of processes that are gone. */
	cpu: number;
	/** Connections, those of them that are sent something; undefined while the server is away. */
	active: number | undefined;
	writing: number;
	/** Kilobytes, PSS, of all processes of nginx. */
	memory: number;
	/** Bytes and packets of the network so far, 0 where they are not known. */
	bytes: number;
	packets: number;
	/** Share of the machine's processors that was busy since the last sample, with whatever else runs on it. */
	machine: number;
}

export class Meter {
	readonly samples: Sample[] = [];
	readonly #server: Server;
	readonly #network: Network;
	readonly #load = new MachineLoad();
	/** Last figure of each process; those that are gone stay. */
	readonly #cpu = new Map<number, number>();

	constructor(server: Server, network: Network) {
		this.#server = server;
		this.#network = network;
		this.#load.read();
	}

	async sample(): Promise<Sample> {
		const pids = this.#server.pids();
		for (const pid of pids) this.#cpu.set(pid, Math.max(cpuSeconds(pid), this.#cpu.get(pid) ?? 0));
		const status = await this.#server.status();
		const { bytes, packets } = this.#network.traffic() ?? { bytes: 0, packets: 0 };
		const sample = {
			ms: Date.now(),
			cpu: sum([...this.#cpu.values()]),
			active: status?.active,
			writing: status?.writing ?? 0,
			memory: sum(pids.map((pid) => memoryOf(pid)?.pss ?? 0)),
			...{ bytes, packets },
			machine: this.#load.read(),
		};
		this.samples.push(sample);
		return sample;
	}
}
