// SPDX-License-Identifier: Apache-2.0
//
// From the start of the boot loader, which verifies the firmware in flash, to the first byte of the first request at the server; http, so
// that no handshake is in it.

import { writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { Bench } from "../../tests/e2e/bench.js";
import { cpuOf, median } from "../lib/measure.js";
import type { Row } from "../lib/table.js";

export async function startRows(rounds: number): Promise<Row[]> {
	let arrived: (() => void) | undefined;
	const server = createServer((socket) => {
		socket.on("error", () => undefined);
		socket.once("data", () => arrived?.());
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as AddressInfo;
	const bench = await Bench.make({ ini: `AutoCmpFileUrl = 'http://127.0.0.1:${port}/firmware.cmp'\r\n` });
	writeFileSync(join(bench.www, "firmware.cmp"), "");
	const [wall, cpu]: [number[], number[]] = [[], []];
	try {
		/* The first start takes over what comes from the factory. */
		for (let round = 0; round <= rounds; round++) {
			const came = new Promise<void>((resolve) => (arrived = resolve));
			const begin = performance.now();
			bench.powerOn();
			await came;
			const ms = performance.now() - begin;
			const used = cpuOf(bench.pid) + cpuOf(bench.firmwarePid);
			await bench.powerOff("SIGKILL");
			if (round === 0) continue;
			wall.push(ms);
			cpu.push(used * 1000);
		}
	} finally {
		await bench.close();
		server.close();
	}
	return [
		{ what: "start of the boot loader to the first request", ours: median(wall), unit: "ms", target: { most: 50 } },
		{ what: "the same, loader and gateway", ours: median(cpu), unit: "CPU ms" },
	];
}
