// SPDX-License-Identifier: Apache-2.0
//
// What the program weighs: the file that lies in a slot, and the bytecode of each folder, from what the linker wrote.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../tools/build/index.js";
import { firmware } from "../../tests/e2e/bench.js";
import type { Row } from "../lib/table.js";

/** Of a slot in a flash of 4 MB (hosts/partitions/4mb.csv). */
const slotBytes = 0x1d0000;

/** Bytes of bytecode by folder, largest first. */
export function bytecode(): [folder: string, bytes: number][] {
	const build = join(projectRoot, "build/gateway");
	const source = readFileSync(join(build, "mc.xs.c"), "utf8");
	const lengths = [...source.matchAll(/^static const txU1 code\d+\[(\d+)\]/gm)].map(([, length]) => Number(length));
	const names = readFileSync(join(build, "modules.list"), "utf8")
		.trim()
		.split("\n")
		.map((line) => line.split("\t")[0]);
	if (names.length !== lengths.length) throw new Error(`${names.length} modules, ${lengths.length} codes`);
	const folders = new Map<string, number>();
	for (const [i, name] of names.entries()) {
		const folder = name.split("/").slice(0, -1).join("/") || name;
		folders.set(folder, (folders.get(folder) ?? 0) + lengths[i]);
	}
	return [...folders].sort(([, a], [, b]) => b - a);
}

export async function sizeRows(): Promise<Row[]> {
	const { length } = await firmware("1.0.0");
	const sum = bytecode().reduce((total, [, bytes]) => total + bytes, 0);
	return [
		{ what: "firmware in its slot", ours: length / 1024, unit: "KB", target: { most: slotBytes / 1024 } },
		{ what: "bytecode in it", ours: sum / 1024, unit: "KB" },
	];
}
