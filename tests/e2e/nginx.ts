// SPDX-License-Identifier: Apache-2.0
//
// Debian's nginx on a loopback port, serving one folder; stopped by its process.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { linesOf } from "../harness/access-log.js";
import { freePort, isListening } from "../harness/loopback.js";

export class Nginx {
	readonly url: string;
	readonly #process: ChildProcess;
	readonly #log: string;

	private constructor(url: string, child: ChildProcess, log: string) {
		this.url = url;
		this.#process = child;
		this.#log = log;
	}

	/**
	 * @param folder for configuration, logs and temporary files @param root what is served
	 * @param tls configuration lines of the server (`ssl_...`); with any it speaks https
	 */
	static async start(folder: string, root: string, tls: string[] = []): Promise<Nginx> {
		const port = await freePort();
		mkdirSync(folder);
		const configuration = join(folder, "nginx.conf");
		writeFileSync(
			configuration,
			`daemon off;
master_process off;
pid ${folder}/pid;
error_log ${folder}/error.log;
events { worker_connections 64; }
http {
	client_body_temp_path ${folder}/body;
	proxy_temp_path ${folder}/proxy;
	fastcgi_temp_path ${folder}/fastcgi;
	uwsgi_temp_path ${folder}/uwsgi;
	scgi_temp_path ${folder}/scgi;
	log_format line '$request $status "$http_user_agent"';
	access_log ${folder}/access.log line;
	server {
		listen 127.0.0.1:${port}${tls.length > 0 ? " ssl" : ""};
		root ${root};
		${tls.join(" ")}
	}
}
`,
		);
		const child = spawn("nginx", ["-p", folder, "-c", configuration], { stdio: ["ignore", "ignore", "inherit"] });
		if (!(await isListening(port, () => child.exitCode === null))) throw new Error("nginx does not answer");
		const url = `${tls.length > 0 ? "https" : "http"}://127.0.0.1:${port}`;
		return new Nginx(url, child, join(folder, "access.log"));
	}

	/** Request line, status and User-Agent of each request. */
	log(count: number, text = ""): Promise<string[]> {
		return linesOf(this.#log, count, text);
	}

	async close(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
		const exit = new Promise((resolve) => this.#process.on("exit", resolve));
		this.#process.kill(signal);
		await exit;
	}
}
