// SPDX-License-Identifier: Apache-2.0
//
// Requests a second that the gateway's agent answers, beside Net-SNMP's snmpd in the same run; how much longer an update of ini and
// firmware takes, and the console's answer, while one source floods the agent, with the rate limit as it is by default and without one;
// and the heap, without garbage, after each round of the flood.
// Usage: npm run bench -- snmp [--seconds N] [--rounds N]

import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { pduType } from "../../modules/snmp/pdu.js";
import { Bench, firmware, isVerdict, mac } from "../../tests/e2e/bench.js";
import { freeUDPPort } from "../../tests/e2e/snmp-programs.js";
import { oid, request } from "../../tests/snmp/support.js";
import { startProvisioningServer } from "../../tools/provisioning-lib/server.js";
import {
	cpuOf,
	delayText,
	fillHistory,
	growthText,
	heapText,
	heapUse,
	loadAverage,
	pause,
	ratioLine,
	someEchoes,
} from "../lib/gateway.js";

/** Requests on their way at a time. */
const window = 4;
const object = "1.3.6.1.2.1.1.3.0";

class Flood {
	readonly #socket = createSocket("udp4");
	readonly #port: number;
	readonly #timer: NodeJS.Timeout;
	#id = 0;
	sent = 0;
	answered = 0;

	constructor(port: number) {
		this.#port = port;
		this.#socket.on("message", () => {
			this.answered++;
			this.#send();
		});
		for (let i = 0; i < window; i++) this.#send();
		/* What is dropped must not end the flood. */
		this.#timer = setInterval(() => this.#send(), 1);
	}

	end(): void {
		clearInterval(this.#timer);
		this.#socket.close();
	}

	#send(): void {
		const binding = { oid: oid(object), tag: 5, value: undefined };
		this.#socket.send(
			request(pduType.get, [binding], { community: "look", requestId: ++this.#id }),
			this.#port,
			"127.0.0.1",
		);
		this.sent++;
	}
}

async function rate(port: number, seconds: number): Promise<number> {
	const flood = new Flood(port);
	await pause(500);
	const before = flood.answered;
	await pause(seconds * 1000);
	const count = flood.answered - before;
	flood.end();
	return count / seconds;
}

async function snmpdRate(seconds: number): Promise<number> {
	const folder = mkdtempSync(join(tmpdir(), "upgate-snmpd-"));
	const port = await freeUDPPort();
	const config = join(folder, "snmpd.conf");
	writeFileSync(config, "rocommunity look 127.0.0.1\n");
	const env = { PATH: process.env.PATH, MIBS: "", SNMP_PERSISTENT_DIR: folder };
	const args = ["-f", "-Lf", join(folder, "log"), "-C", "-c", config, "-I", "-smux", `udp:127.0.0.1:${port}`];
	const daemon = spawn("/usr/sbin/snmpd", args, { env, stdio: "ignore" });
	const ended = new Promise((resolve) => daemon.on("close", resolve));
	await pause(1500);
	const result = await rate(port, seconds);
	daemon.kill();
	await ended;
	rmSync(folder, { recursive: true, force: true });
	return result;
}

async function gateway(limit: number): Promise<{ bench: Bench; port: number; close: () => Promise<void> }> {
	const port = await freeUDPPort();
	const ini = `DisableSNMP = 0\nSNMPReadOnlyCommunityString_0 = 'look'\nSNMPRateLimit = ${limit}\n`;
	const bench = await Bench.make({ ini, args: ["--port", `snmp=${port}`] });
	const server = await startProvisioningServer({ root: bench.www, port: 0, log: () => undefined });
	writeFileSync(join(bench.www, "firmware.cmp"), await firmware("1.1.0"));
	const lines = `IniFileURL = '${server.url}/config_<MAC>.ini'\nAutoCmpFileUrl = '${server.url}/firmware.cmp'\n`;
	writeFileSync(join(bench.www, `config_${mac}.ini`), ini + lines);
	bench.powerOn();
	await bench.until(isVerdict("nothing-new"));
	bench.type(`set IniFileURL ${server.url}/config_<MAC>.ini`);
	bench.type("save");
	await bench.printed("saved");
	const close = async (): Promise<void> => {
		await bench.close();
		await server.close();
	};
	return { bench, port, close };
}

interface Update {
	ms: number;
	sent: number;
	answered: number;
}

/** Milliseconds from the trigger to the verdict. */
async function updateTime(limit: number, loaded: boolean): Promise<Update> {
	const { bench, port, close } = await gateway(limit);
	const flood = loaded ? new Flood(port) : undefined;
	await pause(300);
	bench.type("update");
	const begin = await bench.until(({ event, cause }) => event === "trigger" && cause === "console");
	const end = await bench.until(isVerdict("updated"));
	const { sent = 0, answered = 0 } = flood ?? {};
	flood?.end();
	await close();
	return { ms: Number(end.ticks) - Number(begin.ticks), sent, answered };
}

const cases: readonly (readonly [label: string, limit: number, loaded: boolean])[] = [
	["alone", 100, false],
	["flooded, 100/s taken", 100, true],
	["flooded, no limit", 0, true],
];

/** In turns, so that what else the machine does meets all alike. @returns all of each */
async function updateTimes(rounds: number): Promise<Update[][]> {
	const all = cases.map((): Update[] => []);
	for (let round = 0; round < rounds; round++)
		for (const [i, [, limit, loaded]] of cases.entries()) all[i].push(await updateTime(limit, loaded));
	return all;
}

const floodSeconds = 10;
const floodRounds = 4;

/** The console's delay and the heap over rounds of the flood. */
async function rounds(label: string, limit: number): Promise<void> {
	const { bench, port, close } = await gateway(limit);
	const quiet = await someEchoes(bench, 10);
	await fillHistory(bench);
	const idle = await heapUse(bench);
	console.log(`${label}, rounds of ${floodSeconds} s; heap, idle: ${heapText(idle)}`);
	for (let i = 1; i <= floodRounds; i++) {
		const cpu = cpuOf(bench.firmwarePid);
		const flood = new Flood(port);
		const busy = await someEchoes(bench, floodSeconds * 4);
		flood.end();
		const used = (cpuOf(bench.firmwarePid) - cpu) / 1000;
		console.log(`  round ${i}: ${flood.sent} sent, ${flood.answered} answered, CPU ${used.toFixed(1)} s`);
		console.log(`    console ${delayText(quiet, busy)}`);
		await pause(1000);
		const after = await heapUse(bench);
		console.log(`    heap since idle ${growthText(idle, after)}`);
		console.log(`    ${after.listeners.split("\n")[2]}`);
	}
	await close();
}

const { values } = parseArgs({
	options: { seconds: { type: "string", default: "3" }, rounds: { type: "string", default: "5" } },
});
const seconds = Number(values.seconds);
const { port, close } = await gateway(0);
const ours = await rate(port, seconds);
await close();
const theirs = await snmpdRate(seconds);
console.log(`v2c get, ${window} at a time, ${seconds} s`);
console.log(`  gateway  ${ours.toFixed(0).padStart(7)} answers/s`);
console.log(`  snmpd    ${theirs.toFixed(0).padStart(7)} answers/s`);
console.log(`  gateway / snmpd ${(ours / theirs).toFixed(2)}`);
console.log(`update of ini and 1.4 MB firmware over http, trigger to verdict, ${values.rounds} times each`);
const updates = await updateTimes(Number(values.rounds));
const times = updates.map((list) => list.map(({ ms }) => ms));
for (const [i, list] of updates.entries()) {
	console.log(ratioLine(cases[i][0], times[i], times[0]));
	const { sent, answered } = list[list.length - 1];
	if (sent > 0) console.log(`    (the last: ${sent} sent, ${answered} answered)`);
}
await rounds("flood, 100/s taken", 100);
await rounds("flood, no limit", 0);
console.log(`load average of the machine ${loadAverage()}`);
