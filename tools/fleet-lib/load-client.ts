// SPDX-License-Identifier: Apache-2.0
//
// A client that does one thing to the server, many times: what costs the server how much is told by the server's processes, not by
// this one. Started by load.ts in the network of the fleet; its only argument is a LoadJob as JSON. Prints a line when it has done.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, type AgentOptions, request } from "node:https";
import { connect } from "node:tls";

export interface LoadJob {
	/**
	 * `full`, `resumed`: a connection each, with such a handshake and one request that finds nothing new; `request`: the same
	 * requests over one connection; `download`: the firmware, over one connection; `hold`: connections that stay until the end
	 * of the standard input
	 */
	kind: "full" | "resumed" | "request" | "download" | "hold";
	count: number;
	port: number;
	mac: string;
	/** PEM files. */
	root: string;
	certificate: string;
	key: string;
}

/** At the same time. */
const parallel = 4;

const job = JSON.parse(process.argv[2] ?? "") as LoadJob;
const credentials = { ca: readFileSync(job.root), cert: readFileSync(job.certificate), key: readFileSync(job.key) };
const target = { host: "127.0.0.1", port: job.port, ...credentials };

function ask(agent: Agent, path: string, etag = ""): Promise<{ status: number; etag: string }> {
	return new Promise((resolve, reject) => {
		const call = request(
			{ ...target, agent, path, headers: etag === "" ? {} : { "If-None-Match": etag } },
			(response) => {
				response.resume();
				response.on("end", () => resolve({ status: response.statusCode ?? 0, etag: response.headers.etag ?? "" }));
				response.on("error", reject);
			},
		);
		call.on("error", reject);
		call.end();
	});
}

async function requests(options: AgentOptions, path: string, conditional: boolean): Promise<void> {
	const agent = new Agent(options);
	// The first one is not the same as the others: it leaves the session behind.
	const { etag } = await ask(agent, path);
	let left = job.count - 1;
	const one = async (): Promise<void> => {
		while (left-- > 0) {
			const { status } = await ask(agent, path, conditional ? etag : "");
			if (status !== (conditional ? 304 : 200)) throw new Error(`status ${status}`);
		}
	};
	await Promise.all(Array.from({ length: options.keepAlive === true ? 1 : parallel }, one));
	agent.destroy();
}

async function hold(): Promise<void> {
	const sockets = [];
	for (let i = 0; i < job.count; i++) {
		const socket = connect(target);
		socket.on("error", () => undefined);
		await once(socket, "secureConnect");
		socket.write(`GET /config_${job.mac}.ini HTTP/1.1\r\nHost: fleet\r\n\r\n`);
		await once(socket, "data");
		sockets.push(socket);
	}
	process.stdout.write("ready\n");
	process.stdin.resume();
	await once(process.stdin, "end");
	for (const socket of sockets) socket.destroy();
}

const ini = `/config_${job.mac}.ini`;
const tasks: Record<LoadJob["kind"], () => Promise<void>> = {
	full: () => requests({ keepAlive: false, maxCachedSessions: 0 }, ini, true),
	resumed: () => requests({ keepAlive: false }, ini, true),
	request: () => requests({ keepAlive: true, maxSockets: 1 }, ini, true),
	download: () => requests({ keepAlive: true, maxSockets: 1 }, "/firmware.cmp", false),
	hold,
};

await tasks[job.kind]();
if (job.kind !== "hold") process.stdout.write("done\n");
