// SPDX-License-Identifier: Apache-2.0
//
// The access log of a web server, which is written after the answer has gone: who has the answer may be there before the line. Node only.

import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

const patienceMs = 5000;

/** @returns the lines with `text` in them, as soon as there are `count`, or as many as there are after some seconds */
export async function linesOf(file: string, count: number, text: string): Promise<string[]> {
	for (const deadline = Date.now() + patienceMs; ; await delay(20)) {
		const lines = readFileSync(file, "utf8").trim().split("\n");
		const found = lines.filter((line) => line.includes(text));
		if (found.length >= count || Date.now() > deadline) return found;
	}
}
