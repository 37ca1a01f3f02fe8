// SPDX-License-Identifier: Apache-2.0
//
// Debian's Kamailio, a SIP server others wrote, on a loopback port: a page asked of it by HTTP makes it send a NOTIFY check-sync to the
// gateway, over UDP or TCP, with its own transactions, and answer a challenge by digest. It takes each NOTIFY and OPTIONS itself, for
// the benchmark. Stopped by its process.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, isListening } from "../harness/loopback.js";

export interface KamailioOptions {
	/** For its configuration and its sockets. */
	folder: string;
	/** Of the gateway. */
	port: number;
	user?: string;
	password?: string;
}

const modules = ["tm", "sl", "pv", "xlog", "xhttp", "uac"];

function configuration(own: number, { port, user, password }: KamailioOptions): string {
	const credentials =
		password === undefined ? "" : `$uac_req(auser) = "${user ?? ""}";\n\t$uac_req(apasswd) = "${password}";`;
	return `
debug=1
log_stderror=yes
children=1
tcp_children=1
auto_aliases=no
listen=udp:127.0.0.1:${own}
listen=tcp:127.0.0.1:${own}
tcp_accept_no_cl=yes
${modules.map((name) => `loadmodule "${name}.so"`).join("\n")}
modparam("uac", "restore_mode", "none")
request_route {
	if ($rm == "NOTIFY" || $rm == "OPTIONS") {
		t_newtran();
		t_reply("200", "OK");
		exit;
	}
	sl_reply("404", "Nobody");
}
event_route[xhttp:request] {
	$uac_req(method) = "NOTIFY";
	$uac_req(ruri) = "sip:gw@127.0.0.1:${port};transport=" + $(hu{s.substr,1,0});
	$uac_req(turi) = "sip:gw@127.0.0.1";
	$uac_req(furi) = "sip:pbx@127.0.0.1:${own}";
	$uac_req(hdrs) = "Event: check-sync;reboot=false\\r\\nSubscription-State: terminated\\r\\n";
	${credentials}
	$uac_req(evroute) = 1;
	uac_req_send();
	xhttp_reply("200", "OK", "text/plain", "sent\\n");
}
event_route[uac:reply] { xlog("L_ALERT", "answer $uac_req(evcode).\\n"); }
`;
}

export class Kamailio {
	readonly port: number;
	readonly #process: ChildProcess;
	readonly #exit: Promise<unknown>;
	/** What it logged. */
	log = "";

	private constructor(port: number, child: ChildProcess) {
		this.port = port;
		this.#process = child;
		for (const stream of [child.stdout, child.stderr])
			stream?.on("data", (chunk: Buffer) => (this.log = (this.log + chunk.toString("latin1")).slice(-20_000)));
		this.#exit = new Promise((resolve) => child.on("close", resolve));
	}

	get pid(): number {
		const { pid } = this.#process;
		if (pid === undefined) throw new Error("kamailio has not started");
		return pid;
	}

	static async start(options: KamailioOptions): Promise<Kamailio> {
		const port = await freePort();
		mkdirSync(options.folder, { recursive: true });
		const file = join(options.folder, "kamailio.cfg");
		writeFileSync(file, configuration(port, options));
		const args = ["-f", file, "-DD", "-E", "-m", "64", "-M", "4", "-Y", options.folder];
		const kamailio = new Kamailio(port, spawn("kamailio", args, { stdio: ["ignore", "pipe", "pipe"] }));
		const isAlive = (): boolean => kamailio.#process.exitCode === null;
		if (!(await isListening(port, isAlive))) throw new Error(`kamailio does not answer: ${kamailio.log}`);
		return kamailio;
	}

	/** Has it send one. @returns the final answer's status, after a challenge if there was one */
	async notify(transport: "udp" | "tcp"): Promise<number> {
		const from = this.log.length;
		await (await fetch(`http://127.0.0.1:${this.port}/${transport}`)).text();
		for (let i = 0; i < 600; i++) {
			const answers = [...this.log.slice(from).matchAll(/answer (\d+)\./g)].map((match) => Number(match[1]));
			const last = answers.at(-1);
			// A challenge that it can answer is followed by the answer to that.
			if (last !== undefined && (last !== 401 || answers.length > 1)) return last;
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
		throw new Error(`no answer: ${this.log.slice(-2000)}`);
	}

	async close(): Promise<void> {
		this.#process.kill();
		await this.#exit;
	}
}
