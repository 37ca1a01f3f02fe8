// SPDX-License-Identifier: Apache-2.0
//
// What the kernel counts for a process. Memory is PSS: pages that several share count for each in part, so that sums are true. One that
// has ended counts nothing. Source: proc(5).

import { readFileSync } from "node:fs";

/** The kernel's unit for user space, on all architectures of Linux. */
const ticksPerSecond = 100;

function read(path: string): string {
	try {
		return readFileSync(path, "latin1");
	} catch {
		return "";
	}
}

export function childrenOf(pid: number): number[] {
	return read(`/proc/${pid}/task/${pid}/children`).trim().split(" ").filter(Boolean).map(Number);
}

/** Seconds of processor time. @param ended with that of children that have ended and were waited for */
export function cpuSeconds(pid: number, ended = false): number {
	const text = read(`/proc/${pid}/stat`);
	// The name, in brackets, may hold anything.
	const [user = 0, system = 0, childUser = 0, childSystem = 0] = text
		.slice(text.lastIndexOf(")") + 2)
		.split(" ")
		.slice(11, 15)
		.map(Number);
	return (user + system + (ended ? childUser + childSystem : 0)) / ticksPerSecond;
}

/** Kilobytes. */
export interface Memory {
	rss: number;
	pss: number;
	/** Of `pss`: heap, stack, data. */
	anonymous: number;
	/** Of `pss`: files, here the flash file and libraries. */
	file: number;
	/** Of `pss`: files that lie in memory, here the program as the loader took it out of the flash. */
	shared: number;
}

export function memoryOf(pid: number): Memory | undefined {
	const text = read(`/proc/${pid}/smaps_rollup`);
	const field = (name: string): number => Number(new RegExp(`^${name}:\\s+([0-9]+)`, "m").exec(text)?.[1] ?? 0);
	if (text === "") return undefined;
	return {
		rss: field("Rss"),
		pss: field("Pss"),
		anonymous: field("Pss_Anon"),
		file: field("Pss_File"),
		shared: field("Pss_Shmem"),
	};
}

/** Share of all processors that was busy, 0 to 1, between two calls. */
export class MachineLoad {
	#busy = 0;
	#all = 0;

	read(): number {
		const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, ...rest] = (
			/^cpu +(.*)$/m.exec(read("/proc/stat"))?.[1] ?? ""
		)
			.split(" ")
			.map(Number);
		const [hard = 0, soft = 0, stolen = 0] = rest;
		const busy = user + nice + system + hard + soft + stolen;
		const all = busy + idle + wait;
		const share = (busy - this.#busy) / Math.max(1, all - this.#all);
		this.#busy = busy;
		this.#all = all;
		return share;
	}
}
