// SPDX-License-Identifier: Apache-2.0
//
// Runs the TLS test program and openssl's servers and clients, all on loopback and stopped by their processes.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { build } from "../../tools/build/index.js";
import { freePort, isListening } from "../harness/loopback.js";
import type { Issued } from "./certificates.js";

export interface ProgramEvent {
	event: string;
	[key: string]: unknown;
}

export interface ClientSpec {
	port: number;
	host?: string;
	roots?: string[];
	certificate?: string;
	key?: string;
	send?: string;
	bytes?: number;
	times?: number;
	verify?: "none" | "optional" | "required";
	minimum?: string;
	maximum?: string;
	protocols?: string[];
	fragmentBytes?: number;
	clockSource?: "floor" | "host";
	bufferBytes?: number;
	handshakeMs?: number;
	memory?: boolean;
	texts?: number;
}

const deadlineMs = 30_000;
let executable: Promise<string> | undefined;

/** The program, built once; with UPGATE_SANITIZE=1 under AddressSanitizer and UndefinedBehaviorSanitizer. */
function program(): Promise<string> {
	executable ??= build({
		manifest: "tests/tls/program/manifest.json",
		name: "tls-test",
		sanitize: process.env.UPGATE_SANITIZE === "1",
		bits32: process.env.UPGATE_M32 === "1",
	}).then((result) => result.executable);
	return executable;
}

async function spawnProgram(spec: object, args: string[]): Promise<ChildProcess> {
	const all = ["--mac", "020000000001", "--option", `spec=${JSON.stringify(spec)}`, ...args];
	return spawn(await program(), all, { stdio: ["ignore", "pipe", "pipe"], timeout: deadlineMs, killSignal: "SIGKILL" });
}

async function* eventsOf(child: ChildProcess): AsyncGenerator<ProgramEvent> {
	if (!child.stdout) return;
	for await (const line of createInterface({ input: child.stdout })) {
		if (line.startsWith("{")) yield JSON.parse(line) as ProgramEvent;
		else if (line.trim() !== "") yield { event: "text", text: line };
	}
}

/** Runs a client to its end. @returns all it printed */
export async function runClient(spec: ClientSpec, args: string[] = []): Promise<ProgramEvent[]> {
	const child = await spawnProgram(spec, args);
	let errors = "";
	child.stderr?.on("data", (chunk: Buffer) => (errors += chunk.toString()));
	const events: ProgramEvent[] = [];
	for await (const event of eventsOf(child)) {
		if (event.event === "done") {
			child.kill("SIGKILL");
			return events;
		}
		events.push(event);
	}
	throw new Error(`the program ended early: ${JSON.stringify(events.slice(-3))} ${errors}`);
}

/** The first event of a kind. */
export function eventOf(events: ProgramEvent[], name: string): ProgramEvent {
	const found = events.find((event) => event.event === name);
	if (!found) throw new Error(`no ${name} among ${JSON.stringify(events)}`);
	return found;
}

export class ProgramServer {
	readonly port: number;
	readonly events: ProgramEvent[];
	readonly #child: ChildProcess;

	private constructor(port: number, child: ChildProcess, events: ProgramEvent[]) {
		this.port = port;
		this.#child = child;
		this.events = events;
	}

	static async start(spec: Omit<ClientSpec, "port">): Promise<ProgramServer> {
		const child = await spawnProgram({ ...spec, server: true }, []);
		const events: ProgramEvent[] = [];
		const port = new Promise<number>((resolve, reject) => {
			void (async () => {
				for await (const event of eventsOf(child)) {
					if (event.event === "listening") resolve(event.port as number);
					else events.push(event);
				}
				reject(new Error(`the server ended: ${JSON.stringify(events)}`));
			})();
		});
		return new ProgramServer(await port, child, events);
	}

	close(): void {
		this.#child.kill("SIGKILL");
	}
}

/** `openssl s_server` in the foreground of a process of its own. */
export class OpenSSLServer {
	readonly port: number;
	readonly #child: ChildProcess;

	private constructor(port: number, child: ChildProcess) {
		this.port = port;
		this.#child = child;
	}

	/** @param args more of its options @param folder where `-WWW` finds files */
	static async start(own: Issued, args: string[] = ["-www"], folder = "."): Promise<OpenSSLServer> {
		const port = await freePort();
		const identity = ["-cert", own.certificateFile, "-key", own.keyFile];
		const all = ["s_server", "-accept", `127.0.0.1:${port}`, "-quiet", ...identity, ...args];
		const child = spawn("openssl", all, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
		let errors = "";
		child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
		if (!(await isListening(port, () => child.exitCode === null)))
			throw new Error(`openssl s_server does not answer: ${errors}`);
		return new OpenSSLServer(port, child);
	}

	async close(): Promise<void> {
		if (this.#child.exitCode !== null) return;
		const exit = once(this.#child, "exit");
		this.#child.kill("SIGTERM");
		await exit;
	}
}

/** Runs `openssl s_client` against a port, sends a text. @returns what it printed, and its exit status */
export async function runOpenSSLClient(
	port: number,
	args: string[],
	text: string,
): Promise<{ out: string; status: number }> {
	const all = ["s_client", "-connect", `127.0.0.1:${port}`, "-ign_eof", ...args];
	const child = spawn("openssl", all, { stdio: ["pipe", "pipe", "pipe"], timeout: deadlineMs });
	let out = "";
	child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
	child.stderr.on("data", (chunk: Buffer) => (out += chunk.toString()));
	child.stdin.on("error", () => undefined);
	child.stdin.write(text);
	const [status] = (await once(child, "close")) as [number | null];
	return { out, status: status ?? -1 };
}
