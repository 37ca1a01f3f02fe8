// SPDX-License-Identifier: Apache-2.0
//
// Builds and runs the soak program, and takes its rounds. It is XS on the Linux host, in virtual time, with its peers in the same
// process: from one seed the same rounds follow, but for what the kernel and TLS draw by chance.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "../../tools/build/index.js";
import { freePort } from "../harness/loopback.js";
import { ca, CertificateMaker, leaf } from "../tls/certificates.js";
import { writeBundle } from "./bundle.js";

/** What the program prints after a round; bytes, and counts since the start. */
export interface Round {
	round: number;
	offer: string;
	fault?: string;
	times: number;
	mishap?: string;
	trigger: string;
	verdicts: string[];
	codes: string[];
	hostName: string;
	version: string;
	/** What the gateway must not have become. */
	problem?: string;
	boots: number;
	cuts: number;
	imageBlocks: number;
	storeBytes: number;
	slotBytes: number;
	days: number;
	/** Bytes; `names`: names of properties that were made at run time, a count. */
	memory: Record<"slots" | "chunks" | "native" | "heap" | "resident" | "names", number>;
	descriptors: number;
	/** Handles of the gateway by kind. */
	held: Record<string, number>;
	server: { requests: number; open: number };
	visits: { sip: number; snmp: number; web: number };
	wear: Record<"otadata" | "slots" | "store" | "least" | "most", number>;
	violations: number;
	/** Of every tenth round. */
	store?: { records: number; liveBytes: number; freeBytes: number; damaged: number };
}

export interface SoakOptions {
	rounds: number;
	seed: number;
	/** Real milliseconds without input or output after which time jumps; default 2. */
	quietMs?: number;
	/** Every other so many rounds restart nothing; default 100. */
	stretch?: number;
	/** Under sanitizers. */
	sanitize?: boolean;
	/** Sees each round as it ends. */
	onRound?: (round: Round) => void;
	/** Sees lines that are none: events of the gateway, where these are asked for. */
	onText?: (line: string) => void;
}

/** `--option` and `--port` of the program, a few at a time. */
async function programArguments(
	{ rounds, seed, quietMs = 2, stretch = 100, onText }: SoakOptions,
	folder: string,
): Promise<string[]> {
	const maker = new CertificateMaker(folder);
	const root = maker.issue({ name: "root", extensions: ca });
	const own = maker.issue({ name: "server", by: root, extensions: leaf("IP:127.0.0.1") });
	const other = maker.issue({ name: "other-root", extensions: ca });
	const strange = maker.issue({ name: "stranger", by: other, extensions: leaf("IP:127.0.0.1") });
	const options = {
		...{ rounds, seed, root: root.certificate, "time-quiet": quietMs, terminal: 0, "start-spread": 0 },
		...{ "own-certificate": own.certificate, "own-key": own.key },
		...{ "strange-certificate": strange.certificate, "strange-key": strange.key },
		...{ stretch, trace: Number(onText !== undefined) },
	};
	const args = ["--mac", "020000000001", "--listen", "127.0.0.1"];
	for (const [name, value] of Object.entries(options)) args.push("--option", `${name}=${value}`);
	for (const name of ["http", "https", "dead", "sip", "snmp", "web"])
		args.push("--port", `${name}=${await freePort()}`);
	return args;
}

/** Runs all rounds. @returns them @throws Error with the seed when the program finds or does what it must not */
export async function runSoak(options: SoakOptions): Promise<Round[]> {
	const { sanitize = false, seed, onRound, onText } = options;
	const folder = mkdtempSync(join(tmpdir(), "upgate-soak-"));
	try {
		const { executable } = await build({ manifest: writeBundle(), name: "soak", sanitize });
		// What glibc keeps ready for a thread would count as in use.
		const env = { ...process.env, GLIBC_TUNABLES: "glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0" };
		const child = spawn(executable, await programArguments(options, folder), {
			env,
			stdio: ["ignore", "pipe", "pipe"],
		});
		const closed = once(child, "close");
		const rounds: Round[] = [];
		let rest = "";
		let end: { finding?: string } | undefined;
		child.stderr.on("data", (chunk: Buffer) => (rest += chunk.toString()));
		for await (const line of createInterface({ input: child.stdout })) {
			if (line.startsWith('{"round":')) {
				const round = JSON.parse(line) as Round;
				rounds.push(round);
				onRound?.(round);
			} else if (line.startsWith('{"end":')) end = JSON.parse(line) as typeof end;
			else if (onText === undefined) rest += `${line}\n`;
			else onText(line);
		}
		const [status] = (await closed) as [number | null];
		if (status !== 0 || end?.finding !== undefined)
			throw new Error(
				`seed ${seed}, round ${rounds.length}: status ${status}: ${end?.finding ?? ""} ${rest.slice(-4000)}`,
			);
		return rounds;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
