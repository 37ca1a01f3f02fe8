// SPDX-License-Identifier: Apache-2.0
//
// Runs the boot loader, which runs the firmware, until the gateway is switched off, reaches a state, or time is up.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EventFollower, type GatewayEvent } from "./events.js";
import type { GatewayOptions, Until } from "./options.js";

const pollMs = 50;

/** Whether an event means that the state is reached. */
function reaches(until: Until, event: GatewayEvent): boolean {
	if (until === "restart") return event.event === "restart";
	if (event.event !== "verdict") return false;
	if (until === "confirmed") return event.result === "confirmed";
	/* After `updated` a restart and a trial follow. */
	return event.result !== "updated" && event.result !== "updated-in-part";
}

function argumentsOf(options: GatewayOptions, events: string | undefined): string[] {
	const args = ["--flash", options.flash, "--mac", options.mac, "--serial", options.serial];
	/* One gateway on a bench starts at once; what is passed comes later and wins. */
	args.push("--with-parent", "1", "--option", "start-spread=0", ...options.passed);
	if (events !== undefined) args.push("--events", events);
	/* A pipe or a file gets plain lines. */
	if (options.serial === "stdio" && !process.stdout.isTTY) args.push("--option", "terminal=0");
	return args;
}

function ended(child: ChildProcess): Promise<number> {
	return new Promise((resolve, reject) => {
		child.on("error", reject);
		child.on("exit", (code, signal) => resolve(signal === null ? (code ?? 1) : 128));
	});
}

/** @returns exit status: 0 switched off or state reached, 1 timeout, else the boot loader's own */
export async function runGateway(bootloader: string, options: GatewayOptions): Promise<number> {
	const folder = mkdtempSync(join(tmpdir(), "upgate-"));
	const events = options.events ?? (options.until === undefined ? undefined : join(folder, "events"));
	const follower = options.until === undefined || events === undefined ? undefined : new EventFollower(events);
	const child = spawn(bootloader, argumentsOf(options, events), { stdio: "inherit" });
	const exit = ended(child);
	const stop = () => child.kill("SIGTERM");
	let result: number | undefined;
	const finish = (status: number) => {
		result ??= status;
		stop();
	};
	const signals: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
	for (const signal of signals) process.on(signal, stop);
	const poll = setInterval(() => {
		const { until } = options;
		if (until !== undefined && follower?.read().some((event) => reaches(until, event))) finish(0);
	}, pollMs);
	const deadline =
		options.timeoutSeconds === undefined
			? undefined
			: setTimeout(() => {
					process.stderr.write(`gateway: not ${options.until ?? "ended"} within ${options.timeoutSeconds} s\n`);
					finish(1);
				}, options.timeoutSeconds * 1000);
	try {
		const status = await exit;
		if (result !== undefined) return result;
		/* Switched off before the state was reached. */
		return options.until !== undefined && status === 0 ? 1 : status;
	} finally {
		clearInterval(poll);
		clearTimeout(deadline);
		for (const signal of signals) process.off(signal, stop);
		rmSync(folder, { recursive: true, force: true });
	}
}
