// SPDX-License-Identifier: Apache-2.0
//
// Net-SNMP's programs as a person types them, against a gateway on loopback. They read no configuration of the machine.

import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";

export interface Result {
	status: number | null;
	stdout: string;
	stderr: string;
}

/** Where our objects begin. */
export const enterprise = "1.3.6.1.4.1.63333";
export const systemMIB = `${enterprise}.9.10.10`;

/** Runs a program to its end. Numbers instead of names, types shown, no MIB but what `env` names. */
export async function run(command: string, args: readonly string[], env: Record<string, string> = {}): Promise<Result> {
	const child = spawn(command, args, {
		env: { PATH: process.env.PATH ?? "", SNMPCONFPATH: "/nonexistent", MIBS: "", ...env },
		stdio: ["ignore", "pipe", "pipe"],
		timeout: 60_000,
	});
	const result: Result = { status: null, stdout: "", stderr: "" };
	child.stdout.on("data", (chunk: Buffer) => (result.stdout += chunk.toString("utf8")));
	child.stderr.on("data", (chunk: Buffer) => (result.stderr += chunk.toString("utf8")));
	[result.status] = (await once(child, "close")) as [number | null];
	return result;
}

/** Who asks, of which version and security. */
export type Asker = readonly string[];

export const community = (version: "1" | "2c", name: string): Asker => ["-v", version, "-c", name];

export class Client {
	readonly agent: string;
	readonly #asker: Asker;

	/** @param agent transport address, as `127.0.0.1:1161` or `udp6:[::1]:1161` */
	constructor(agent: string, asker: Asker) {
		this.agent = agent;
		this.#asker = asker;
	}

	run(command: string, ...args: string[]): Promise<Result> {
		return run(command, ["-On", "-t", "2", "-r", "2", ...this.#asker, this.agent, ...args]);
	}

	/** One or more objects; the lines that came. */
	async get(...oids: string[]): Promise<string> {
		const { stdout, stderr } = await this.run("snmpget", ...oids);
		return (stdout + stderr).trim();
	}

	async set(...bindings: string[]): Promise<string> {
		const { stdout, stderr } = await this.run("snmpset", ...bindings);
		return (stdout + stderr).trim();
	}
}

/** @returns a UDP port that was free a moment ago */
export async function freeUDPPort(): Promise<number> {
	const socket = createSocket("udp4");
	await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
	const { port } = socket.address();
	await new Promise<void>((resolve) => socket.close(() => resolve()));
	return port;
}
