// SPDX-License-Identifier: Apache-2.0
//
// Debian's web servers on loopback ports, each in a folder of its own, stopped by their process; and a session over Node's sockets.

import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomFillSync } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HTTPSession, type HTTPError, type SessionGetOptions } from "../../modules/http/session.js";
import { linesOf } from "../harness/access-log.js";
import { freePort, isListening } from "../harness/loopback.js";
import { nodeTimer, NodeTCP } from "./node-tcp.js";

export const user = "gateway";
export const password = 'p"a\\ss:w\u00f6rd';
/** Without quotes: Apache compares them in two forms, and lighttpd writes them without escapes. */
export const realm = "gateways, all = ours";
export const file = Buffer.alloc(100_000, "0123456789abcdefghijklmnopqrstuvwxyz\n");

export interface Layout {
	/** For configuration and logs. */
	folder: string;
	/** What is served: `file` as `x` in `plain`, `basic`, `md5`, `sha`, `both`, `hashed`. */
	root: string;
	port: number;
}

export class Peer {
	readonly port: number;
	readonly url: string;
	readonly #process: ChildProcess;
	readonly #folder: string;

	private constructor(layout: Layout, child: ChildProcess) {
		this.port = layout.port;
		this.url = `http://127.0.0.1:${layout.port}`;
		this.#folder = layout.folder;
		this.#process = child;
	}

	/** @param configure writes the files of the server and gives its command line, which stays in the foreground */
	static async start(configure: (layout: Layout) => string[]): Promise<Peer> {
		const folder = mkdtempSync(join(tmpdir(), "upgate-peer-"));
		chmodSync(folder, 0o755);
		const layout = { folder, root: join(folder, "www"), port: await freePort() };
		for (const name of ["plain", "basic", "md5", "sha", "both", "hashed"]) {
			mkdirSync(join(layout.root, name), { recursive: true });
			writeFileSync(join(layout.root, name, "x"), file);
		}
		const [command, ...args] = configure(layout);
		const peer = new Peer(layout, spawn(command, args, { stdio: ["ignore", "ignore", "inherit"] }));
		if (await isListening(layout.port, () => peer.#alive)) return peer;
		await peer.close();
		throw new Error(`${command} does not answer`);
	}

	/** Lines of the access log that have `text` in them, one a request, status first; a server writes them after its answer, so `count` are waited for. */
	log(count: number, text = ""): Promise<string[]> {
		return linesOf(join(this.#folder, "access.log"), count, text);
	}

	get #alive(): boolean {
		return this.#process.exitCode === null && this.#process.signalCode === null;
	}

	async close(): Promise<void> {
		if (this.#alive) {
			const exit = new Promise((resolve) => this.#process.on("exit", resolve));
			this.#process.kill("SIGTERM");
			await exit;
		}
		rmSync(this.#folder, { recursive: true });
	}
}

const hash = (name: string, text: string): string => createHash(name).update(text).digest("hex");

/** Writes a password file for Basic. @returns its path */
export function writePasswords(folder: string): string {
	const path = join(folder, "passwords");
	writeFileSync(path, `${user}:{SHA}${createHash("sha1").update(password).digest("base64")}\n`);
	return path;
}

/** Writes a secret file for Digest; with `more` also for SHA-256, and with the hashed user names. @returns its path */
export function writeSecrets(folder: string, more = false): string {
	const path = join(folder, "secrets");
	const line = (name: string): string => {
		const secret = `${user}:${realm}:${hash(name, `${user}:${realm}:${password}`)}`;
		return more ? `${secret}:${hash(name, `${user}:${realm}`)}\n` : `${secret}\n`;
	};
	writeFileSync(path, more ? line("md5") + line("sha256") : line("md5"));
	return path;
}

export function makeSession(): HTTPSession {
	return new HTTPSession({
		io: NodeTCP,
		resolver: { resolve: () => undefined, close: () => undefined },
		timer: nodeTimer,
		ticks: () => performance.now(),
		random: (bytes) => void randomFillSync(bytes),
	});
}

export interface Fetched {
	status: number;
	body: Buffer;
	header: (name: string) => string | undefined;
}

/** Fetches a whole response. */
export function fetchFrom(session: HTTPSession, options: SessionGetOptions): Promise<Fetched> {
	return new Promise((resolve, reject) => {
		const pieces: Buffer[] = [];
		const buffer = new Uint8Array(4096);
		let head: Omit<Fetched, "body"> | undefined;
		const request = session.get({
			totalMs: 20_000,
			...options,
			onHeaders: (status, headers) => (head = { status, header: (name) => headers.get(name) }),
			onReadable: () => {
				for (let count = request.read(buffer); count > 0; count = request.read(buffer))
					pieces.push(Buffer.from(buffer.slice(0, count)));
			},
			onDone: (error?: HTTPError) => {
				if (error !== undefined || head === undefined) reject(error ?? new Error("no head"));
				else resolve({ ...head, body: Buffer.concat(pieces) });
			},
		});
	});
}
