// SPDX-License-Identifier: Apache-2.0
//
// What this machine must have for so many gateways, asked for before anything starts: a fleet that runs out of something halfway
// looks like a fleet of bad gateways. Sources: getrlimit(2), proc(5), ip(7) (ip_local_port_range).

import { existsSync, readFileSync, statfsSync } from "node:fs";
import { FleetError } from "./error.js";

/** Measured on x64: two processes of a gateway, the copy of its program, its flash file in the page cache. */
const gatewayMegabytes = 12;
const flashMegabytes = 4.3;
/** Loader, firmware, and the thread that looks up names. */
const gatewayProcesses = 3;
/** A connection that was closed keeps its port for a minute. */
const gatewayPorts = 4;
/** For everything else on this machine. */
const otherProcesses = 500;

function limitOf(name: string): number {
	const line = readFileSync("/proc/self/limits", "utf8")
		.split("\n")
		.find((text) => text.startsWith(name));
	const soft = line?.slice(name.length).trim().split(/\s+/)[0] ?? "unlimited";
	return soft === "unlimited" ? Infinity : Number(soft);
}

function numberIn(path: string): number {
	if (!existsSync(path)) return Infinity;
	const text = readFileSync(path, "utf8").trim();
	return /^[0-9]+$/.test(text) ? Number(text) : Infinity;
}

/** Kilobytes, as /proc/meminfo calls it. */
export function memoryAvailable(): number {
	return Number(/^MemAvailable:\s+([0-9]+)/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1] ?? 0);
}

function ports(): number {
	const [low = 32768, high = 60999] = readFileSync("/proc/sys/net/ipv4/ip_local_port_range", "utf8")
		.trim()
		.split(/\s+/)
		.map(Number);
	return high - low + 1;
}

/** Files that nginx opens: a connection and a file for each gateway. */
export function serverFiles(gateways: number): number {
	return 2 * gateways + 256;
}

interface Need {
	what: string;
	needed: number;
	there: number;
	cure: string;
}

function needs(gateways: number, folder: string): Need[] {
	const { bavail, bsize } = statfsSync(folder);
	const processes = gateways * gatewayProcesses + otherProcesses;
	const systemWide = Math.min(numberIn("/proc/sys/kernel/pid_max"), numberIn("/proc/sys/kernel/threads-max"));
	return [
		{ what: "processes", needed: processes, there: limitOf("Max processes"), cure: "ulimit -u" },
		{ what: "processes of the system", needed: processes, there: systemWide, cure: "sysctl kernel.pid_max" },
		{
			what: "processes of this group",
			needed: processes,
			there: numberIn("/sys/fs/cgroup/pids.max"),
			cure: "pids.max",
		},
		{ what: "open files", needed: serverFiles(gateways), there: limitOf("Max open files"), cure: "ulimit -n" },
		{
			what: "local ports",
			needed: gateways * gatewayPorts,
			there: ports(),
			cure: "sysctl net.ipv4.ip_local_port_range",
		},
		{
			what: "MB of memory",
			needed: gateways * gatewayMegabytes,
			there: memoryAvailable() / 1024,
			cure: "fewer gateways",
		},
		{ what: "MB of disk", needed: gateways * flashMegabytes, there: (bavail * bsize) / 2 ** 20, cure: "--folder" },
	];
}

/** @param folder that exists, for flash files @throws FleetError FLEET_LIMIT, naming all that does not suffice and how to get it */
export function checkLimits(gateways: number, folder: string): void {
	const short = needs(gateways, folder).filter(({ needed, there }) => there < needed);
	if (short.length === 0) return;
	const lines = short.map(
		({ what, needed, there, cure }) => `${Math.ceil(needed)} ${what}, there are ${Math.floor(there)} (${cure})`,
	);
	throw new FleetError("FLEET_LIMIT", `${gateways} gateways need ${lines.join("; ")}`);
}
