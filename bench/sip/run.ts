// SPDX-License-Identifier: Apache-2.0
//
// The SIP listener under load: processor time of one request, part by part; 500 NOTIFY a second for 30 seconds from SIPp, with what the
// gateway makes of them, its memory before and after, and what the load costs the console and an update that runs meanwhile.
// Usage: npm run bench -- sip [--rate N] [--seconds N]

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "../../tools/build/index.js";
import { startProvisioningServer } from "../../tools/provisioning-lib/server.js";
import { Bench, firmware, isVerdict, mac } from "../../tests/e2e/bench.js";
import { sipp } from "../../tests/e2e/sipp.js";
import { freePort } from "../../tests/harness/loopback.js";

const say = (text: string): boolean => process.stdout.write(`${text}\n`);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];

/** CPU time of a process so far, ms (proc(5), schedstat). */
function cpuOf(pid: number): number {
	return Number(readFileSync(`/proc/${pid}/schedstat`, "latin1").split(" ")[0]) / 1e6;
}

async function partCost(program: string, part: string): Promise<{ us: number; bytes: number }> {
	const folder = mkdtempSync(join(tmpdir(), "upgate-bench-"));
	const events = join(folder, "events");
	const args = ["--mac", "020000000001", "--events", events, "--option", `part=${part}`];
	const child = spawn(program, args, { stdio: "inherit" });
	try {
		for (let i = 0; i < 1200; i++) {
			const text = existsSync(events) ? readFileSync(events, "utf8") : "";
			if (text.endsWith("\n")) {
				const { rounds, bytes } = JSON.parse(text) as { rounds: number; bytes: number };
				return { us: (cpuOf(child.pid ?? 0) * 1000) / rounds, bytes };
			}
			await pause(50);
		}
		throw new Error("the program does not end");
	} finally {
		child.kill();
		rmSync(folder, { recursive: true });
	}
}

async function costs(): Promise<void> {
	const { executable } = await build({ manifest: "bench/sip/manifest.json", name: "bench-sip" });
	const { us: nothing } = await partCost(executable, "nothing");
	for (const part of ["head", "fields", "all"]) {
		const { us, bytes } = await partCost(executable, part);
		say(`CPU, ${part.padEnd(6)} of a NOTIFY of ${bytes} bytes   ${Math.round(us - nothing)} us`);
	}
}

async function gateway(): Promise<{ bench: Bench; port: number }> {
	const port = await freePort();
	const ini = ["EnableSIPRemoteReset = 1", "AutoUpdateOnStartup = 0", "SIPNotifySources = '127.0.0.1'", ""];
	const args = ["--port", `sip=${port}`, "--listen", "127.0.0.1"];
	const bench = await Bench.make({ ini: ini.join("\r\n"), args });
	bench.powerOn();
	await bench.until((event) => event.event === "boot");
	await pause(500);
	return { bench, port };
}

/** Time from a line typed to its answer, ms. */
async function echo(bench: Bench): Promise<number> {
	const start = performance.now();
	const from = bench.serial.length;
	bench.type("show clock");
	await bench.printed("source", from);
	return performance.now() - start;
}

async function echoes(bench: Bench, until: () => boolean): Promise<number[]> {
	const all: number[] = [];
	while (!until()) {
		all.push(await echo(bench));
		await pause(200);
	}
	return all;
}

async function memory(bench: Bench): Promise<string> {
	const from = bench.serial.length;
	bench.type("show memory");
	await bench.printed("native heap", from);
	await pause(100);
	const use = (name: string): string =>
		new RegExp(`${name}\\s+(\\d+\\s+\\d+)`).exec(bench.serial.slice(from))?.[1] ?? "?";
	return ["slots", "chunks", "stack"].map((name) => `${name} ${use(name).replace(/\s+/, " peak ")}`).join(", ");
}

async function load(rate: number, seconds: number): Promise<void> {
	const { bench, port } = await gateway();
	try {
		let beats = 0;
		const quiet = median(await echoes(bench, () => beats++ === 10));
		say(`\nmemory, idle          ${await memory(bench)}`);
		const cpu = cpuOf(bench.firmwarePid);
		let over = false;
		const count = String(rate * seconds);
		const args = ["-m", count, "-r", String(rate), "-l", count, "-timeout", String(seconds + 60)];
		const running = sipp(port, "notify", args).finally(() => (over = true));
		const busy = await echoes(bench, () => over);
		const run = await running;
		const used = (cpuOf(bench.firmwarePid) - cpu) / 1000;
		const from = bench.serial.length;
		bench.type("show sip");
		await bench.printed("joined", from);
		await pause(200);
		say(
			`${rate}/s for ${seconds} s          ${run.successful} answered, ${run.failed} not, ${run.retransmissions} sent again; CPU ${used.toFixed(1)} s`,
		);
		say(`updates               ${bench.all("trigger").length}; events of SIP ${bench.all("sip").length}`);
		say(`memory, after         ${await memory(bench)}`);
		say(
			`console, median       ${quiet.toFixed(0)} ms quiet, ${median(busy).toFixed(0)} ms under load (worst ${Math.max(...busy).toFixed(0)})`,
		);
		say(bench.serial.slice(from).trim());
	} finally {
		await bench.close();
	}
}

/** Time of an update up to its restart, ms. */
async function updateTime(rate: number): Promise<number> {
	const { bench, port } = await gateway();
	const server = await startProvisioningServer({ root: bench.www, port: 0, log: () => undefined });
	try {
		writeFileSync(join(bench.www, "firmware.cmp"), await firmware("1.1.0"));
		const ini = [`AutoCmpFileUrl = '${server.url}/firmware.cmp'`, "EnableSIPRemoteReset = 1"];
		ini.push("SIPNotifySources = '127.0.0.1'", "");
		writeFileSync(join(bench.www, `config_${mac}.ini`), ini.join("\r\n"));
		bench.type(`set IniFileURL ${server.url}/config_<MAC>.ini`);
		bench.type("save");
		await bench.printed("saved");
		const flood =
			rate > 0 ? sipp(port, "notify", ["-m", String(rate * 10), "-r", String(rate), "-timeout", "30"]) : undefined;
		if (rate > 0) await bench.until((event) => event.event === "trigger");
		else bench.type("update");
		const start = performance.now();
		await bench.until(isVerdict("updated"));
		const ms = performance.now() - start;
		await flood;
		return ms;
	} finally {
		await server.close();
		await bench.close();
	}
}

const { values } = parseArgs({ options: { rate: { type: "string" }, seconds: { type: "string" } } });
const rate = Number(values.rate ?? 500);
await costs();
await load(rate, Number(values.seconds ?? 30));
const quiet = await updateTime(0);
const busy = await updateTime(rate);
say(`update to the restart ${quiet.toFixed(0)} ms quiet, ${busy.toFixed(0)} ms under ${rate}/s`);
