// SPDX-License-Identifier: Apache-2.0
//
// What an ini file costs by the number of its parameters: processor time under XS on x64, and what the settings hold of the heap in a
// build for 32 bits, whose slots are the chip's.

import { build } from "../../tools/build/index.js";
import { interleave, median } from "../lib/measure.js";
import { untilEnd } from "../lib/program.js";
import { iniOf, knownCount } from "../parameters/text.js";
import type { Picture } from "./pictures.js";

export interface ParameterPoint {
	count: number;
	/** Of the file. */
	bytes: number;
	/** CPU ms: lines and values read; checked, stored in memory and put in force besides. */
	parse: number;
	take: number;
	/** Bytes of slots and chunks that the settings hold, 32 bits. */
	heap: number;
}

/** Bytes: the file, and the store that stands for a flash, lie in the heap too, but do not count. */
const roomy = "1000000";
const manifest = "bench/parameters/manifest.json";
/** Beyond what the gateway knows up to what it keeps. */
const counts = [10, 20, 50, 100, knownCount, 2 * knownCount, 400, 500];
/** Lines that one measurement reads at least, so that its start is small beside it. */
const lines = 10_000;

export async function measureParameters(rounds: number): Promise<ParameterPoint[]> {
	const { executable: program } = await build({ manifest, name: "bench-parameters" });
	const { executable: small } = await build({ manifest, name: "bench-parameters", bits32: true });
	const points: ParameterPoint[] = [];
	for (const count of counts) {
		const text = iniOf(count);
		const times = Math.ceil(lines / count);
		const one = (part: string) => async (): Promise<number> => {
			const start = await untilEnd(program, { text, part, rounds: "0" });
			const { cpu } = await untilEnd(program, { text, part, rounds: String(times) });
			return ((cpu - start.cpu) * 1000) / times;
		};
		const [parse, take] = (await interleave(rounds, [one("parse"), one("take")])).map(median);
		const heap = Number((await untilEnd(small, { text, part: "take", rounds: "1", heap: roomy })).record.held);
		points.push({ count, bytes: text.length, parse: Number(parse.toFixed(2)), take: Number(take.toFixed(2)), heap });
	}
	return points;
}

export function parameterPicture(points: readonly ParameterPoint[]): Picture {
	const of = (name: "parse" | "take" | "heap") => points.map((point) => [point.count, point[name]] as const);
	return {
		title: `An ini file under XS, by its parameters; the first ${knownCount} are known to the gateway, the others are kept as text`,
		x: "parameters in the file",
		ticks: [10, 20, 50, 100, 200, 500].map((at) => ({ at, text: String(at) })),
		panels: [
			{
				title: "processor time on x64, ms",
				curves: [
					{ name: "read", points: of("parse") },
					{ name: "read, checked, stored, in force", points: of("take") },
				],
				logY: true,
			},
			{
				title: "heap that the settings hold, 32 bits, bytes",
				curves: [{ name: "slots and chunks", points: of("heap") }],
			},
		],
	};
}
