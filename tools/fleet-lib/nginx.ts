// SPDX-License-Identifier: Apache-2.0
//
// nginx as docs/operating.md has it: TLS, only for who shows a certificate of the fleet's authority, an ini for each MAC, and that
// only for the gateway whose certificate names this MAC. A log line for each request with times; started and stopped by its process.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { geteuid } from "node:process";
import type { PrivateCA } from "../lib/private-ca.js";
import { FleetError } from "./error.js";
import { serverFiles } from "./limits.js";
import type { Network } from "./network.js";
import { childrenOf } from "./processes.js";

const patienceMs = 15_000;
const pauseMs = 20;

export interface ServerOptions {
	/** For configuration, log and temporary files. */
	folder: string;
	/** Holds `ini/<MAC>.ini` and `firmware/current.cmp`. */
	root: string;
	port: number;
	ca: PrivateCA;
	network: Network;
	gateways: number;
}

/** What nginx says of itself (stub_status). */
export interface ServerStatus {
	active: number;
	writing: number;
}

const logFields = [
	'"ms":$msec,"seconds":$request_time,"cn":"$ssl_client_s_dn","uri":"$uri","status":$status',
	'"sent":$bytes_sent,"body":$body_bytes_sent,"asked":$request_length,"reused":"$ssl_session_reused"',
	'"protocol":"$ssl_protocol","cipher":"$ssl_cipher","first":$connection_requests,"range":"$http_range"',
].join(",");

/** What all servers share. */
function common({ folder }: ServerOptions): string {
	const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
		.map((name) => `${name}_temp_path ${folder}/${name};`)
		.join(" ");
	return `${temporary}
	log_format fleet escape=json '{${logFields}}';
	access_log ${folder}/access.log fleet;
	default_type application/octet-stream;
	sendfile on;
	tcp_nopush on;
	keepalive_timeout 30;
	server {
		listen unix:${folder}/status;
		access_log off;
		location / { stub_status; }
	}`;
}

function configuration(options: ServerOptions): string {
	const { folder, root, port, ca, gateways } = options;
	return `daemon off;
${geteuid?.() === 0 ? "user root;" : ""}
worker_processes ${availableParallelism()};
worker_rlimit_nofile ${serverFiles(gateways)};
pid ${folder}/pid;
error_log ${folder}/error.log;
events { worker_connections ${serverFiles(gateways)}; }
http {
	${common(options)}
	server {
		listen 127.0.0.1:${port} ssl backlog=4096;
		root ${root};
		ssl_certificate ${ca.server.certificate};
		ssl_certificate_key ${ca.server.key};
		ssl_protocols TLSv1.2 TLSv1.3;
		ssl_session_cache shared:fleet:16m;
		ssl_client_certificate ${ca.root};
		ssl_verify_client on;
		location ~ "^/config_(?<mac>[0-9A-F]{12})\\.ini$" {
			if ($ssl_client_s_dn != "CN=$mac") { return 403; }
			try_files /ini/$mac.ini =404;
		}
		location = /firmware.cmp { try_files /firmware/current.cmp =404; }
		location / { return 404; }
	}
}
`;
}

function ask(socketPath: string): Promise<string> {
	return new Promise((resolve, reject) => {
		const call = request({ socketPath, path: "/", timeout: patienceMs }, (response) => {
			let text = "";
			response.setEncoding("utf8");
			response.on("data", (chunk: string) => (text += chunk));
			response.on("end", () => resolve(text));
		});
		call.on("error", reject);
		call.on("timeout", () => call.destroy(new Error("nginx does not answer")));
		call.end();
	});
}

export class Server {
	readonly url: string;
	readonly log: string;
	readonly #options: ServerOptions;
	#process: ChildProcess | undefined;

	constructor(options: ServerOptions) {
		this.#options = options;
		this.url = `https://127.0.0.1:${options.port}`;
		this.log = join(options.folder, "access.log");
		mkdirSync(options.folder, { recursive: true });
		writeFileSync(join(options.folder, "nginx.conf"), configuration(options));
	}

	/** Until it answers. @throws FleetError FLEET_SERVER with nginx's own words */
	async start(): Promise<void> {
		const { folder, network } = this.#options;
		rmSync(join(folder, "status"), { force: true });
		const [program, ...rest] = [...network.before, "nginx", "-p", folder, "-c", join(folder, "nginx.conf")];
		const child = spawn(program, rest, { stdio: ["ignore", "ignore", "inherit"] });
		let problem = "";
		child.on("error", (error) => (problem = error.message));
		this.#process = child;
		for (const deadline = Date.now() + patienceMs; (await this.status()) === undefined;) {
			if (problem === "" && child.exitCode === null && Date.now() < deadline) {
				await new Promise((resolve) => setTimeout(resolve, pauseMs));
				continue;
			}
			const log = join(folder, "error.log");
			const words = existsSync(log) ? readFileSync(log, "utf8").trim().slice(-500) : "";
			await this.stop();
			throw new FleetError("FLEET_SERVER", `nginx does not start: ${problem} ${words}`);
		}
	}

	/** Undefined while it is away. */
	async status(): Promise<ServerStatus | undefined> {
		const text = await ask(join(this.#options.folder, "status")).catch(() => "");
		const active = /Active connections: ([0-9]+)/.exec(text);
		const writing = /Writing: ([0-9]+)/.exec(text);
		// One of each is this question.
		return active && writing ? { active: Number(active[1]) - 1, writing: Number(writing[1]) - 1 } : undefined;
	}

	/** Master and workers; empty while it is away. */
	pids(): number[] {
		const pid = this.#process?.pid;
		return pid === undefined ? [] : [pid, ...childrenOf(pid)];
	}

	/** At once: connections are cut. */
	async stop(): Promise<void> {
		const child = this.#process;
		this.#process = undefined;
		if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
		const exit = new Promise((resolve) => child.on("exit", resolve));
		child.kill("SIGTERM");
		await exit;
	}
}
