// SPDX-License-Identifier: Apache-2.0
//
// Command line of tools/fleet, checked whole before anything is done.

import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { FleetError } from "./error.js";

export const usage = `usage: tools/fleet --gateways N [options]
  --gateways N        how many, 1 to 20000: real programs, each with its own flash file, address, MAC and certificate
  --window S          seconds over which the updates after power-on spread, 1 to 3600 (AutoUpdateStartupRandomTime); default: 30,
                      more where this machine cannot run them all in that time
  --interval S        seconds between the updates after that (AutoUpdateFreqencySeconds); default as --window
  --checks            two more rounds, with nothing new: by interval (TLS sessions resumed), and after a loss of power
  --fault LIST        rounds with faults, with commas between them, or all:
                        server-restart  nginx is stopped in the middle and started again
                        loss            one packet of ten is lost, both ways (needs root)
                        bad-firmware    signed firmware that dies at its start is offered to all, then a good one
                        bad-signature   firmware with a damaged signature is offered to all, then a good one
  --load N            at the end, with all gateways off: what a handshake, a request, a download and a kept connection cost nginx,
                      each N times (20 to 5000)
  --down S            how long nginx stays away, default 10
  --timeout S         longest a round may take, default three windows and ten minutes
  --elf FILE          gateway program to pack into the firmware (default: it is built)
  --folder DIR        for flash files and logs, 5 MB each gateway (default: a new one below the temporary folder)
  --report DIR        writes report.json and fleet.svg there
  --keep              leaves the folder
Exit status: 0 every gateway is on the good version, 1 not, 2 bad command line.
`;

export const faultNames = ["server-restart", "loss", "bad-firmware", "bad-signature"] as const;
export type FaultName = (typeof faultNames)[number];

export interface FleetOptions {
	gateways: number;
	windowSeconds: number;
	intervalSeconds: number;
	checks: boolean;
	faults: readonly FaultName[];
	load?: number;
	downSeconds: number;
	timeoutSeconds: number;
	elf?: string;
	folder?: string;
	report?: string;
	keep: boolean;
	/** Takes lines for people. */
	say: (line: string) => void;
}

/** Processor seconds that one update takes of this machine, gateway and server, with a margin. */
const updateSeconds = 1.5;

function wrong(text: string): never {
	throw new FleetError("FLEET_USAGE", text);
}

function whole(name: string, text: string | undefined, least: number, most: number): number | undefined {
	if (text === undefined) return undefined;
	const value = /^[0-9]{1,6}$/.test(text) ? Number(text) : NaN;
	if (!(value >= least && value <= most)) wrong(`--${name} wants a number from ${least} to ${most}, not "${text}"`);
	return value;
}

function faultList(text: string | undefined): FaultName[] {
	if (text === undefined) return [];
	if (text === "all") return ["server-restart", "loss", "bad-firmware"];
	const names = text.split(",");
	const unknown = names.find((name) => !(faultNames as readonly string[]).includes(name));
	if (unknown !== undefined) wrong(`no fault "${unknown}"; there are ${faultNames.join(", ")}`);
	return faultNames.filter((name) => names.includes(name));
}

/** @returns seconds in which this machine updates so many, 30 at least (what a gateway does by itself), 3600 at most (its limit) */
export function defaultWindow(gateways: number): number {
	return Math.min(3600, Math.max(30, Math.ceil((gateways * updateSeconds) / availableParallelism())));
}

function parse(args: string[]) {
	const text = { type: "string" } as const;
	const flag = { type: "boolean", default: false } as const;
	const numbers = { gateways: text, window: text, down: text, timeout: text, load: text, interval: text };
	const options = { ...numbers, fault: text, elf: text, folder: text, report: text, checks: flag, keep: flag };
	try {
		return parseArgs({ args, options: { ...options, help: { ...flag, short: "h" } }, allowPositionals: false }).values;
	} catch (error) {
		return wrong(error instanceof Error ? error.message : String(error));
	}
}

/** @returns undefined where help is asked for. @throws FleetError FLEET_USAGE */
export function parseOptions(args: string[]): Omit<FleetOptions, "say"> | undefined {
	const values = parse(args);
	if (values.help) return undefined;
	const { checks, keep, elf, folder, report } = values;
	const gateways = whole("gateways", values.gateways, 1, 20000) ?? wrong("--gateways N is missing");
	const windowSeconds = whole("window", values.window, 1, 3600) ?? defaultWindow(gateways);
	return {
		gateways,
		windowSeconds,
		intervalSeconds: whole("interval", values.interval, 1, 604800) ?? windowSeconds,
		faults: faultList(values.fault),
		downSeconds: whole("down", values.down, 1, 600) ?? 10,
		timeoutSeconds: whole("timeout", values.timeout, 1, 86400) ?? 3 * windowSeconds + 600,
		load: whole("load", values.load, 20, 5000),
		...{ checks, keep, elf, folder, report },
	};
}
