// SPDX-License-Identifier: Apache-2.0
//
// Rows of benchmarks that print a page of their own: run as they are, and the figures taken from what they print.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "../../tools/build/index.js";
import type { Row } from "../lib/table.js";

async function output(name: string, args: string[]): Promise<string> {
	const node = ["--import", "tsx", join("bench", name, "run.ts"), ...args];
	const { stdout } = await promisify(execFile)(process.execPath, node, { cwd: projectRoot, timeout: 600_000 });
	return stdout;
}

function figure(text: string, pattern: RegExp): number {
	const found = pattern.exec(text)?.[1];
	if (found === undefined) throw new Error(`${pattern.source} is not in:\n${text}`);
	return Number(found);
}

export async function flashRows(): Promise<Row[]> {
	const text = await output("flash", []);
	const first = (title: string): number => figure(text, new RegExp(`^${title}\\s+([\\d.]+)`, "m"));
	const blocks = first("image, blocks of 4 KB");
	const erases = first("erases of 4 KB: slot") + first("  boot choice") + first("  store");
	const waits = "longest time a turn waits for the flash, ms \\(model\\)";
	const idle = figure(text, /^nothing new: bytes written, erases\s+(\d+)/m);
	const share = "share of the limit \\(chip or link, the slower\\), %";
	return [
		{ what: "flash limit reached, link 10 Mbit/s", ours: first(share), unit: "%", target: { least: 90 } },
		{ what: `erases for ${blocks} blocks`, ours: erases, unit: "4 KB", target: { most: blocks + 4 } },
		{ what: "longest wait for the flash in a turn", ours: first(waits), unit: "ms", target: { most: 150 } },
		{ what: "nothing new: written to flash", ours: idle, unit: "bytes", target: { most: 0 } },
	];
}

export async function snmpRows(): Promise<Row[]> {
	const text = await output("snmp", ["--rounds", "1"]);
	const ours = figure(text, /^ {2}gateway\s+(\d+) answers/m);
	const peer = figure(text, /^ {2}snmpd\s+(\d+) answers/m);
	return [{ what: "SNMP v2c get", ours, peer, by: "snmpd", unit: "answers/s" }];
}
