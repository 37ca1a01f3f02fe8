// SPDX-License-Identifier: Apache-2.0
//
// A network of the fleet's own: a name space with nothing but a loopback interface of Ethernet's packet size. Nothing else is on it, so
// its counters are the fleet's bytes, and packets can be lost there without harm to others. Needs root; without it the machine's
// loopback serves, without those figures. Sources: unshare(1), nsenter(1), tc-netem(8), tc-bpf(8), setpriv(1), ip-link(8).

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { geteuid } from "node:process";
import { FleetError } from "./error.js";

const patienceMs = 10_000;
/** Whatever ends us, even SIGKILL, ends what we have started. */
const withUs = ["setpriv", "--pdeathsig", "TERM", "--"];

/**
 * Where the kernel has no netem: a filter in the old BPF, on what comes in. It draws 32 bits and drops below a tenth of their range:
 * ld rand; jge #429496730, pass; ret TC_ACT_SHOT; pass: ret TC_ACT_OK
 */
const lossyFilter = "4,32 0 0 4294963256,53 1 0 429496730,6 0 0 2,6 0 0 0";

export interface Traffic {
	/** All packets, both ways, headers included. */
	bytes: number;
	packets: number;
}

function spaceOf(pid: number | "self"): string {
	try {
		return readlinkSync(`/proc/${pid}/ns/net`);
	} catch {
		return "";
	}
}

export class Network {
	/** What a command line begins with to run in it. */
	readonly before: readonly string[];
	/** How packets are lost: `netem`, `bpf`, or not yet tried. */
	lossBy: "netem" | "bpf" | undefined;
	readonly #keeper: ChildProcess | undefined;

	private constructor(keeper: ChildProcess | undefined) {
		this.#keeper = keeper;
		this.before = keeper === undefined ? withUs : [...withUs, "nsenter", "-t", String(keeper.pid), "-n", "--"];
	}

	/** @throws FleetError FLEET_NETWORK */
	static async make(): Promise<Network> {
		if (geteuid?.() !== 0) return new Network(undefined);
		const [program, ...rest] = [...withUs, "unshare", "--net", "sleep", "infinity"];
		const keeper = spawn(program, rest, { stdio: "ignore" });
		const network = new Network(keeper);
		for (const deadline = Date.now() + patienceMs; ;) {
			if (keeper.pid !== undefined && !["", spaceOf("self")].includes(spaceOf(keeper.pid))) break;
			if (Date.now() > deadline || keeper.exitCode !== null) {
				keeper.kill();
				throw new FleetError("FLEET_NETWORK", "no network name space can be made");
			}
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
		network.#run("ip link set lo mtu 1500 up");
		return network;
	}

	/** Whether this network is the fleet's alone. */
	get own(): boolean {
		return this.#keeper !== undefined;
	}

	/** What has gone over it so far; undefined where others use it too. */
	traffic(): Traffic | undefined {
		if (this.#keeper === undefined) return undefined;
		const text = readFileSync(`/proc/${this.#keeper.pid}/net/dev`, "utf8");
		const [bytes = 0, packets = 0] = (/lo:\s*(.*)/.exec(text)?.[1] ?? "").split(/\s+/).map(Number);
		return { bytes, packets };
	}

	/** One packet of ten is lost from now on. @throws FleetError FLEET_NETWORK */
	startLoss(): void {
		if (this.#keeper === undefined) throw new FleetError("FLEET_NETWORK", "packets can be lost by root only");
		// What is one packet on a cable must not be a part of a larger one here.
		this.#run("ip link set lo gso_max_segs 1");
		const netem = this.#try("tc qdisc add dev lo root netem loss 10%") === undefined;
		this.lossBy = netem ? "netem" : "bpf";
		if (netem) return;
		this.#run("tc qdisc add dev lo clsact");
		const filter = ["tc", "filter", "add", "dev", "lo", "ingress", "bpf", "da", "bytecode", lossyFilter];
		const problem = this.#command(filter);
		if (problem !== undefined) throw new FleetError("FLEET_NETWORK", `neither netem nor a filter: ${problem}`);
	}

	/** @returns packets lost since `startLoss` */
	endLoss(): number {
		const kind = this.lossBy === "netem" ? "root" : "clsact";
		const [program, ...rest] = [...this.before, "tc", "-s", "qdisc", "show", "dev", "lo"];
		const text = spawnSync(program, rest, { encoding: "utf8" }).stdout;
		this.#run(`tc qdisc del dev lo ${kind}`);
		this.#run("ip link set lo gso_max_segs 65535");
		return [...text.matchAll(/dropped ([0-9]+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
	}

	async close(): Promise<void> {
		const keeper = this.#keeper;
		if (keeper === undefined || keeper.exitCode !== null || keeper.signalCode !== null) return;
		const exit = new Promise((resolve) => keeper.on("exit", resolve));
		keeper.kill();
		await exit;
	}

	#command(words: string[]): string | undefined {
		const [program, ...rest] = [...this.before, ...words];
		const { status, stderr, error } = spawnSync(program, rest, { encoding: "utf8" });
		return status === 0 ? undefined : (error?.message ?? stderr.trim().split("\n").join("; "));
	}

	#try(line: string): string | undefined {
		return this.#command(line.split(" "));
	}

	#run(line: string): void {
		const problem = this.#try(line);
		if (problem !== undefined) throw new FleetError("FLEET_NETWORK", `${line}: ${problem}`);
	}
}
