// SPDX-License-Identifier: Apache-2.0
//
// One gateway of the fleet: the boot loader on a flash file of its own, and what its event file has told so far.

import { type ChildProcess, spawn } from "node:child_process";
import { statSync } from "node:fs";
import { EventFollower, type GatewayEvent } from "../gateway-lib/events.js";
import { childrenOf, cpuSeconds } from "./processes.js";

export interface GatewayFiles {
	mac: string;
	flash: string;
	events: string;
}

/** From `ms` on (since 1970) it ran this version, on trial or for good. */
export interface Change {
	ms: number;
	version: string;
	confirmed: boolean;
}

/** What an event says, with its time since 1970; what it calls `ms` itself is a duration. */
export type TimedEvent = GatewayEvent & { ms: number; durationMs: number };

const text = (event: GatewayEvent, name: string): string => String(event[name] ?? "");

export class FleetGateway {
	readonly mac: string;
	/** All that it told, oldest first. */
	readonly events: TimedEvent[] = [];
	readonly changes: Change[] = [];
	/** Of the loader, from power-on to the last look: CPU of processes that are gone. */
	#spent = 0;
	readonly #files: GatewayFiles;
	readonly #address: string;
	readonly #follower: EventFollower;
	#size = 0;
	#loader: ChildProcess | undefined;
	/** Switched on, and has not told that its program runs. */
	booting = false;
	/** How the loader ended by itself, which it should not. */
	ended: string | undefined;
	/** What its console printed, where it has one. */
	serial = "";

	constructor(files: GatewayFiles, index: number) {
		this.#files = files;
		this.mac = files.mac;
		this.#follower = new EventFollower(files.events);
		// Each listens on an address of its own; the server has 127.0.0.1.
		this.#address = `127.${64 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`;
	}

	/** @param before as of `Network` @param console whether somebody types at its serial line */
	powerOn(bootloader: string, before: readonly string[], console = false): void {
		const { flash, mac, events } = this.#files;
		const [program, ...rest] = [...before, bootloader, "--flash", flash, "--mac", mac, "--events", events];
		rest.push("--serial", console ? "stdio" : "none", "--option", "terminal=0");
		rest.push("--listen", this.#address, "--port", "web=8443");
		const loader = spawn(program, rest, {
			stdio: console ? ["pipe", "pipe", "inherit"] : ["ignore", "ignore", "inherit"],
		});
		this.#loader = loader;
		this.ended = undefined;
		this.booting = true;
		const end = (text: string): void => {
			if (this.#loader !== loader) return;
			this.ended = text;
			this.booting = false;
		};
		loader.on("error", (error) => end(error.message));
		loader.on("exit", (code, signal) => end(`loader ended: ${signal ?? code}`));
		loader.stdout?.on("data", (chunk: Buffer) => (this.serial = (this.serial + chunk.toString("utf8")).slice(-8000)));
	}

	/** What is typed at its console. */
	type(line: string): void {
		this.#loader?.stdin?.write(`${line}\r`);
	}

	/** @param signal SIGKILL is the plug */
	async powerOff(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
		const loader = this.#loader;
		if (loader === undefined) return;
		this.#spent = this.cpu;
		this.#loader = undefined;
		this.booting = false;
		if (loader.pid === undefined || loader.exitCode !== null || loader.signalCode !== null) return;
		const exit = new Promise((resolve) => loader.on("exit", resolve));
		loader.kill(signal);
		await exit;
	}

	/** Takes what the event file has got since the last look. */
	poll(): void {
		const size = statSync(this.#files.events, { throwIfNoEntry: false })?.size ?? 0;
		if (size === this.#size) return;
		this.#size = size;
		for (const event of this.#follower.read())
			this.#note({ ...event, ms: Date.parse(text(event, "time")), durationMs: Number(event.ms ?? 0) });
	}

	/** Running version, and whether it is there for good. */
	get version(): string {
		return this.changes.at(-1)?.version ?? "";
	}

	get confirmed(): boolean {
		return this.changes.at(-1)?.confirmed ?? false;
	}

	/** Events of one kind from a moment on. */
	since(ms: number, kind: string): TimedEvent[] {
		return this.events.filter((event) => event.event === kind && event.ms >= ms);
	}

	/** Processor seconds of all its processes since it was made. */
	get cpu(): number {
		const pid = this.#loader?.pid;
		if (pid === undefined) return this.#spent;
		const running = childrenOf(pid).reduce((sum, child) => sum + cpuSeconds(child), 0);
		return this.#spent + cpuSeconds(pid, true) + running;
	}

	/** Processes: loader, then firmware. */
	pids(): number[] {
		const pid = this.#loader?.pid;
		return pid === undefined ? [] : [pid, ...childrenOf(pid)];
	}

	#note(event: TimedEvent): void {
		this.events.push(event);
		const { ms } = event;
		if (event.event === "boot") this.booting = false;
		if (event.event === "boot")
			this.changes.push({ ms, version: text(event, "version"), confirmed: text(event, "state") !== "pending" });
		if (event.event === "verdict" && event.result === "confirmed")
			this.changes.push({ ms, version: text(event, "version"), confirmed: true });
	}
}
