// SPDX-License-Identifier: Apache-2.0
//
// What an update costs by the size of its file, beside curl, openssl and dd with the same file, in turns.

import { interleave, median } from "../lib/measure.js";
import { UpdateBench } from "../update/update-bench.js";
import type { Picture } from "./pictures.js";

export interface SizePoint {
	/** Of the file. */
	bytes: number;
	/** CPU ms, and ms by the clock, of a running gateway and of the three programs. */
	cpu: number;
	ms: number;
	peerCPU: number;
	peerMs: number;
}

const KB = 1024;
/** The largest fits a slot in a flash of 16 MB. */
const sizes = [64, 256, 1024, 2048, 4096, 6144].map((size) => size * KB);

export async function measureSizes(rounds: number): Promise<SizePoint[]> {
	const bench = await UpdateBench.make(sizes[0]);
	const points: SizePoint[] = [];
	try {
		for (const size of sizes) {
			await bench.offer(size);
			const ours = async () => {
				const { update, ms } = await bench.gateway();
				return [update * 1000, ms];
			};
			const theirs = async () => {
				const { cpu, seconds } = await bench.peers();
				return [cpu * 1000, seconds * 1000];
			};
			const [us, them] = await interleave(rounds, [ours, theirs]);
			const middle = (all: number[][], i: number): number => Number(median(all.map((one) => one[i])).toFixed(1));
			const [cpu, ms, peerCPU, peerMs] = [middle(us, 0), middle(us, 1), middle(them, 0), middle(them, 1)];
			points.push({ bytes: bench.bytes, cpu, ms, peerCPU, peerMs });
		}
	} finally {
		await bench.close();
	}
	return points;
}

export function sizePicture(points: readonly SizePoint[]): Picture {
	const curves = (ours: "cpu" | "ms", theirs: "peerCPU" | "peerMs") => [
		{ name: "gateway", points: points.map((point) => [point.bytes / KB, point[ours]] as const) },
		{ name: "curl, openssl, dd", points: points.map((point) => [point.bytes / KB, point[theirs]] as const) },
	];
	const ticks = [64, 128, 256, 512, 1024, 2048, 4096, 8192].map((at) => {
		return { at, text: at < 1024 ? `${at} KB` : `${at / 1024} MB` };
	});
	return {
		title: "Firmware by https: fetched, verified, written (and by the gateway read back), by the size of the file",
		x: "size of the file",
		ticks,
		panels: [
			{ title: "processor time, ms", curves: curves("cpu", "peerCPU"), logY: true },
			{ title: "by the clock, ms; flash without its modelled time", curves: curves("ms", "peerMs"), logY: true },
		],
	};
}
