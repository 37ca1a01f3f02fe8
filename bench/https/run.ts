// SPDX-License-Identifier: Apache-2.0
//
// CPU seconds and peak memory of a 4 MB download over https, hashed: our program beside `curl` piped to `openssl dgst`, in
// the same run, in turns. Prints a table; asserts only that both got the same bytes.
// Usage: npm run bench -- https [--rounds N]

import { execFile, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { build } from "../../tools/build/index.js";
import { makePrivateCA } from "../../tools/lib/private-ca.js";
import { startProvisioningServer } from "../../tools/provisioning-lib/server.js";

const size = 4 * 1024 * 1024;

interface Figures {
	/** CPU time, user and system, seconds. */
	cpu: number;
	/** Peak resident memory, KB. */
	memory: number;
	sha256: string;
}

const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];

/** CPU time and peak memory of a process that still runs (proc(5): schedstat of each thread, in ns; VmHWM). */
function figuresOf(pid: number): { cpu: number; memory: number } {
	const threads = readdirSync(`/proc/${pid}/task`).map((thread) =>
		Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "latin1").split(" ")[0]),
	);
	const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
	return { cpu: threads.reduce((total, one) => total + one, 0) / 1e9, memory: Number(peak) };
}

interface End {
	bytes: number;
	error?: string;
	sha256: string;
}

/** The line that the program writes when its download is over. */
async function endOf(events: string): Promise<End> {
	for (let i = 0; i < 6000; i++) {
		const text = existsSync(events) ? readFileSync(events, "utf8") : "";
		if (text.endsWith("\n")) return JSON.parse(text) as End;
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
	throw new Error("the program does not end");
}

async function ours(program: string, url: string, root: string, downloads: number): Promise<Figures> {
	const events = `${root}.events`;
	const roots = readFileSync(root, "utf8");
	const sums: Figures[] = [];
	for (let i = 0; i < downloads; i++) {
		rmSync(events, { force: true });
		const args = ["--mac", "020000000001", "--events", events, "--option", `url=${url}`, "--option", `roots=${roots}`];
		const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"] });
		const end = await endOf(events);
		sums.push({ ...figuresOf(child.pid ?? 0), sha256: end.sha256 });
		child.kill("SIGKILL");
		if (end.error !== undefined || end.bytes !== size) throw new Error(JSON.stringify(end));
	}
	return sum(sums);
}

/** `curl | openssl dgst`: bash times the pipeline to the millisecond, time(1) tells the memory of each. */
function pipeline(url: string, root: string): Promise<{ stdout: string; stderr: string }> {
	const peak = "/usr/bin/time -q -f %M";
	const script = `TIMEFORMAT='%3U %3S'; time ${peak} curl -sS --cacert "${root}" "${url}" | ${peak} openssl dgst -sha256 -r`;
	return promisify(execFile)("bash", ["-o", "pipefail", "-c", script], { timeout: 60_000 });
}

async function peers(url: string, root: string, downloads: number): Promise<Figures> {
	const sums: Figures[] = [];
	for (let i = 0; i < downloads; i++) {
		const { stdout, stderr } = await pipeline(url, root);
		const [first, second, times] = stderr.trim().split("\n");
		const [user, system] = times.split(" ").map(Number);
		sums.push({ cpu: user + system, memory: Number(first) + Number(second), sha256: stdout.slice(0, 64) });
	}
	return sum(sums);
}

/** Mean CPU of the downloads, highest memory. */
function sum(figures: Figures[]): Figures {
	const cpu = figures.reduce((total, one) => total + one.cpu, 0) / figures.length;
	return { cpu, memory: Math.max(...figures.map((one) => one.memory)), sha256: figures[0].sha256 };
}

function row(name: string, values: string[]): string {
	return name.padEnd(28) + values.map((value) => value.padStart(14)).join("");
}

async function main(): Promise<void> {
	const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" } } });
	const folder = mkdtempSync(join(tmpdir(), "upgate-bench-"));
	const { executable } = await build({ manifest: "bench/https/manifest.json", name: "bench-https" });
	const content = randomBytes(size);
	writeFileSync(join(folder, "file.cmp"), content);
	const authority = makePrivateCA(join(folder, "ca"), "device");
	const read = (path: string): string => readFileSync(path, "utf8");
	const tls = { certificate: read(authority.server.certificate), key: read(authority.server.key) };
	const server = await startProvisioningServer({ root: folder, port: 0, tls });
	const url = `${server.url}/file.cmp`;
	const [us, them]: [Figures[], Figures[]] = [[], []];
	try {
		for (let i = 0; i < Number(values.rounds); i++) {
			us.push(await ours(executable, url, authority.root, 5));
			them.push(await peers(url, authority.root, 5));
		}
	} finally {
		await server.close();
		rmSync(folder, { recursive: true });
	}
	const wanted = createHash("sha256").update(content).digest("hex");
	if ([...us, ...them].some((one) => one.sha256 !== wanted)) throw new Error("the bytes differ");
	const cpu = [median(us.map((one) => one.cpu)), median(them.map((one) => one.cpu))];
	const memory = [median(us.map((one) => one.memory)), median(them.map((one) => one.memory))];
	console.log(`${size} bytes over https, hashed; medians of ${values.rounds} rounds of 5 downloads, in turns`);
	console.log(row("", ["upgate", "curl | dgst", "ratio"]));
	console.log(row("CPU, s per download", [...cpu.map((value) => value.toFixed(3)), (cpu[0] / cpu[1]).toFixed(2)]));
	console.log(row("peak resident memory, KB", [...memory.map(String), (memory[0] / memory[1]).toFixed(2)]));
}

await main();
