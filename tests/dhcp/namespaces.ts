// SPDX-License-Identifier: Apache-2.0
//
// Two network name spaces with a cable between them: in one a DHCP server (dnsmasq) and a web server (nginx), in the other a gateway.
// Needs root, as set-up does. Sources: unshare(1), nsenter(1), ip-link(8), dnsmasq(8).

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const serverAddress = "10.77.0.1";
export const gatewayAddress = "10.77.0.9";
const patienceMs = 20_000;

async function until(what: string, holds: () => boolean): Promise<void> {
	for (const deadline = Date.now() + patienceMs; !holds();) {
		if (Date.now() > deadline) throw new Error(`${what}: not within ${patienceMs} ms`);
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

/** A process that keeps a network name space; the name space goes with it. */
async function makeSpace(): Promise<ChildProcess> {
	const child = spawn("unshare", ["--net", "sleep", "3600"], { stdio: "ignore" });
	const link = (pid: number | string): string => spawnSync("readlink", [`/proc/${pid}/ns/net`]).stdout.toString();
	await until("a network name space", () => child.pid !== undefined && link(child.pid) !== link("self"));
	return child;
}

export class Namespaces {
	readonly #spaces: Record<"server" | "gateway", ChildProcess>;
	readonly #children: ChildProcess[] = [];
	readonly #folder: string;

	private constructor(spaces: Record<"server" | "gateway", ChildProcess>, folder: string) {
		this.#spaces = spaces;
		this.#folder = folder;
	}

	/** @param folder empty, for configuration and logs */
	static async make(folder: string): Promise<Namespaces> {
		const spaces = { server: await makeSpace(), gateway: await makeSpace() };
		const made = new Namespaces(spaces, folder);
		made.#ip("server", `link add cable type veth peer name cable netns ${spaces.gateway.pid}`);
		for (const [side, address] of [
			["server", serverAddress],
			["gateway", gatewayAddress],
		] as const) {
			made.#ip(side, "link set lo up");
			made.#ip(side, `address add ${address}/24 dev cable`);
			made.#ip(side, "link set cable up");
		}
		made.#ip("gateway", `route add default via ${serverAddress}`);
		return made;
	}

	/** What a command line needs before it to run in a name space. */
	enter(side: "server" | "gateway"): string[] {
		return ["nsenter", "-t", String(this.#spaces[side].pid), "-n", "--"];
	}

	/** @param options lines of dnsmasq.conf */
	async dnsmasq(options: string[]): Promise<void> {
		const log = join(this.#folder, "dnsmasq.log");
		const configuration = join(this.#folder, "dnsmasq.conf");
		const fixed = [
			"port=0",
			"interface=cable",
			"bind-interfaces",
			`dhcp-range=${serverAddress},static`,
			"dhcp-no-override",
		];
		const files = [`dhcp-leasefile=${this.#folder}/leases`, `log-facility=${log}`, "log-dhcp", "user=root"];
		writeFileSync(log, "");
		writeFileSync(configuration, [...fixed, ...files, ...options, ""].join("\n"));
		this.#start(["dnsmasq", "--keep-in-foreground", "-C", configuration]);
		await until("dnsmasq", () => readFileSync(log, "utf8").includes("DHCP, "));
	}

	/** Lines of dnsmasq's log. */
	dhcpLog(): string[] {
		return readFileSync(join(this.#folder, "dnsmasq.log"), "utf8").split("\n");
	}

	/** nginx on port 80, serving `root`. */
	async nginx(root: string): Promise<void> {
		const pid = join(this.#folder, "nginx.pid");
		const configuration = join(this.#folder, "nginx.conf");
		const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
			.map((name) => `${name}_temp_path ${this.#folder}/${name};`)
			.join(" ");
		const server = `server { listen ${serverAddress}:80; root ${root}; }`;
		const http = `${temporary} access_log ${this.#folder}/access.log; ${server}`;
		const head = `daemon off; master_process off; pid ${pid}; error_log ${this.#folder}/error.log;`;
		writeFileSync(configuration, `${head}\nevents {}\nhttp { ${http} }\n`);
		this.#start(["nginx", "-p", this.#folder, "-c", configuration]);
		await until("nginx", () => spawnSync("test", ["-s", pid]).status === 0);
	}

	/** Request lines and status, as nginx wrote them. */
	requests(): string[] {
		const lines = readFileSync(join(this.#folder, "access.log"), "utf8").trim().split("\n");
		return lines
			.map((line) => / "GET (\S+) HTTP\/1\.1" (\d+) /.exec(line))
			.map((found) => `${found?.[1]} ${found?.[2]}`);
	}

	async close(): Promise<void> {
		for (const child of [...this.#children, this.#spaces.server, this.#spaces.gateway]) {
			if (child.exitCode !== null || child.signalCode !== null) continue;
			const exit = new Promise((resolve) => child.on("exit", resolve));
			child.kill("SIGTERM");
			await exit;
		}
	}

	#start(command: string[]): void {
		const [program, ...rest] = [...this.enter("server"), ...command];
		this.#children.push(spawn(program, rest, { stdio: ["ignore", "ignore", "inherit"] }));
	}

	#ip(side: "server" | "gateway", line: string): void {
		const [program, ...rest] = [...this.enter(side), "ip", ...line.split(" ")];
		const { status, stderr } = spawnSync(program, rest, { encoding: "utf8" });
		if (status !== 0) throw new Error(`ip ${line}: ${stderr}`);
	}
}
