// SPDX-License-Identifier: Apache-2.0
//
// What one handshake, request, download and idle connection costs nginx, each by itself: the figures from which larger fleets are
// reckoned. Made by a small client, as the rounds of a fleet have all of it at once.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { FleetError } from "./error.js";
import type { Fleet } from "./fleet.js";
import type { LoadJob } from "./load-client.js";
import { cpuSeconds, memoryOf } from "./processes.js";
import { macOf } from "./site.js";
import { sum } from "./statistics.js";

/** nginx closes a connection after 1000 requests (keepalive_requests). */
const mostOnOneConnection = 900;

export interface LoadFigures {
	/** How often each was done. */
	count: number;
	/** Milliseconds of processor of nginx: a connection with its handshake and one request that finds nothing new. */
	fullMs: number;
	resumedMs: number;
	/** One more such request on the same connection. */
	requestMs: number;
	/** Sending a megabyte (10^6 bytes) of firmware. */
	megabyteMs: number;
	/** Kilobytes of memory for a connection that is kept. */
	connectionKB: number;
	/** Bytes and packets of the network for one connection, all headers, both ways; absent where others use it. */
	wire?: Record<"full" | "resumed" | "request", { bytes: number; packets: number }>;
}

const program = fileURLToPath(new URL("load-client.ts", import.meta.url));
const loader = fileURLToPath(new URL("../../node_modules/tsx/dist/loader.mjs", import.meta.url));

class Load {
	readonly #fleet: Fleet;

	constructor(fleet: Fleet) {
		this.#fleet = fleet;
	}

	/** @throws FleetError FLEET_SERVER when the server does not answer as it should */
	async measure(kind: LoadJob["kind"], count: number): Promise<{ ms: number; bytes: number; packets: number }> {
		const { server, network } = this.#fleet;
		const before = { cpu: this.#cpu(), traffic: network.traffic() };
		const client = this.#start(kind, count);
		const [status] = (await once(client, "exit")) as [number | null];
		if (status !== 0) throw new FleetError("FLEET_SERVER", `${kind}: ${server.url} did not answer as it should`);
		const { bytes = 0, packets = 0 } = network.traffic() ?? {};
		return {
			ms: ((this.#cpu() - before.cpu) * 1000) / count,
			bytes: (bytes - (before.traffic?.bytes ?? 0)) / count,
			packets: (packets - (before.traffic?.packets ?? 0)) / count,
		};
	}

	/** Kilobytes for each of `count` connections. */
	async hold(count: number): Promise<number> {
		const before = this.#memory();
		const client = this.#start("hold", count);
		const exit = once(client, "exit");
		await Promise.race([client.stdout === null ? exit : once(client.stdout, "data"), exit]);
		const more = this.#memory() - before;
		client.stdin?.end();
		await exit;
		return more / count;
	}

	#start(kind: LoadJob["kind"], count: number): ChildProcess {
		const { site, network, server } = this.#fleet;
		const port = Number(new URL(server.url).port);
		const job: LoadJob = { kind, count, port, mac: macOf(0), root: site.ca.root, ...site.ca.device };
		const [command, ...rest] = [...network.before, process.execPath, "--import", loader, program, JSON.stringify(job)];
		return spawn(command, rest, { stdio: ["pipe", "pipe", "inherit"] });
	}

	#cpu(): number {
		return sum(this.#fleet.server.pids().map((pid) => cpuSeconds(pid)));
	}

	#memory(): number {
		return sum(this.#fleet.server.pids().map((pid) => memoryOf(pid)?.pss ?? 0));
	}
}

/** With all gateways off. @param count of each kind; downloads a twentieth of it */
export async function measureLoad(fleet: Fleet, count: number): Promise<LoadFigures> {
	const load = new Load(fleet);
	const full = await load.measure("full", count);
	const resumed = await load.measure("resumed", count);
	const request = await load.measure("request", Math.min(count, mostOnOneConnection));
	const downloads = Math.max(1, Math.round(count / 20));
	const download = await load.measure("download", downloads);
	const wire = ({ bytes, packets }: typeof full) => ({ bytes: Math.round(bytes), packets: Math.round(packets) });
	return {
		count,
		fullMs: full.ms,
		resumedMs: resumed.ms,
		requestMs: request.ms,
		megabyteMs: download.ms / (fleet.firmwareBytes / 1e6),
		connectionKB: await load.hold(count),
		...(fleet.network.own && { wire: { full: wire(full), resumed: wire(resumed), request: wire(request) } }),
	};
}
