// SPDX-License-Identifier: Apache-2.0
//
// A round without news, two files by https, over a loopback device of its own whose counters tell bytes and packets; beside `curl -z`.
// Runs inside the network namespace that idle-rows.ts makes, and prints JSON. Argument: how many rounds of each, in turns.

import { chmodSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makePrivateCA } from "../../tools/lib/private-ca.js";
import { Bench, firmware, isVerdict } from "../../tests/e2e/bench.js";
import { Nginx } from "../../tests/e2e/nginx.js";
import { lookAt } from "../flash/account.js";
import { cpuOf, interleave, median, timed } from "../lib/measure.js";

export interface IdleFigures {
	packets: number;
	/** Of TCP's payload: TLS records, handshake too where there is one. */
	bytes: number;
	ms: number;
	cpuMs: number;
}

export interface IdleResult {
	/** Two files: a connection that takes up the session of the one before. */
	two: IdleFigures;
	/** One file; what the second takes on the kept connection is the difference. */
	one: IdleFigures;
	curl: IdleFigures;
	/** Programmed by all rounds of two files. */
	flashBytes: number;
}

/** Ethernet, IPv4, TCP with time stamps. */
const headerBytes = 66;
const modified = new Date(1.7e12);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function traffic(): { packets: number; bytes: number } {
	const line = readFileSync("/proc/net/dev", "utf8")
		.split("\n")
		.find((text) => text.trim().startsWith("lo:"));
	const [bytes, packets] = (line ?? "").split(":")[1].trim().split(/\s+/).map(Number);
	return { packets, bytes: bytes - packets * headerBytes };
}

async function counted(action: () => Promise<{ ms: number; cpuMs: number }>): Promise<IdleFigures> {
	await pause(200);
	const before = traffic();
	const times = await action();
	await pause(200);
	const after = traffic();
	return { packets: after.packets - before.packets, bytes: after.bytes - before.bytes, ...times };
}

function round(bench: Bench): Promise<IdleFigures> {
	return counted(async () => {
		const cpu = cpuOf(bench.firmwarePid);
		bench.type("update");
		const begin = await bench.until(({ event, cause }) => event === "trigger" && cause === "console");
		const end = await bench.until(isVerdict("nothing-new"));
		return { ms: Number(end.ticks) - Number(begin.ticks), cpuMs: (cpuOf(bench.firmwarePid) - cpu) * 1000 };
	});
}

/** Each figure's median: a late packet of another connection would count too. */
function middle(all: readonly IdleFigures[]): IdleFigures {
	const of = (name: keyof IdleFigures): number => median(all.map((one) => one[name]));
	return { packets: of("packets"), bytes: of("bytes"), ms: of("ms"), cpuMs: of("cpuMs") };
}

function askByCurl(): Promise<IdleFigures> {
	const script = 'curl -sS --cacert "$root" -z "$since" -o "$out" "$one" -o "$out" "$two"';
	const values = {
		root: authority.root,
		out: join(folder, "out"),
		one: urls[0],
		two: urls[1],
		since: modified.toUTCString(),
	};
	return counted(async () => {
		const { cpu, seconds } = await timed(script, values);
		return { ms: seconds * 1000, cpuMs: cpu * 1000 };
	});
}

const rounds = Number(process.argv[2]);
const folder = mkdtempSync(join(tmpdir(), "upgate-bench-"));
chmodSync(folder, 0o755);
const authority = makePrivateCA(join(folder, "ca"), "device");
const { certificate, key } = authority.server;
const lines = [`ssl_certificate ${certificate};`, `ssl_certificate_key ${key};`, "ssl_protocols TLSv1.2 TLSv1.3;"];
const nginx = await Nginx.start(join(folder, "nginx"), folder, lines);
const urls = ["gateway.ini", "firmware.cmp"].map((name) => `${nginx.url}/${name}`);
const ini = `IniFileURL = '${urls[0]}'\r\nAutoCmpFileUrl = '${urls[1]}'\r\n`;
writeFileSync(join(folder, "gateway.ini"), ini);
writeFileSync(join(folder, "firmware.cmp"), await firmware("1.0.0"));
for (const name of ["gateway.ini", "firmware.cmp"]) utimesSync(join(folder, name), modified, modified);
const bench = await Bench.make({ ini, credentials: { roots: authority.root } });
try {
	bench.powerOn();
	await bench.until(({ event }) => event === "verdict");
	for (let i = 0; i < 2; i++) await round(bench);
	const before = lookAt(bench.flash).bytesProgrammed;
	const [two, curl] = (await interleave(rounds, [() => round(bench), askByCurl])).map(middle);
	const flashBytes = lookAt(bench.flash).bytesProgrammed - before;
	bench.type("no AutoCmpFileUrl");
	await bench.printed("saved");
	await round(bench);
	const [one] = (await interleave(rounds, [() => round(bench)])).map(middle);
	const result: IdleResult = { two, one, curl, flashBytes };
	console.log(JSON.stringify(result));
} finally {
	await bench.close();
	await nginx.close();
	rmSync(folder, { recursive: true });
}
