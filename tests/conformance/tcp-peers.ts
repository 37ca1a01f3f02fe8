// SPDX-License-Identifier: Apache-2.0
//
// TCP servers that do what the classes under test cannot: reset, half-close, read late.

import { type AddressInfo, type Server, createServer } from "node:net";

async function listen(server: Server): Promise<{ server: Server; port: number }> {
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return { server, port: (server.address() as AddressInfo).port };
}

/** The first connection is read late and counted; the second is told the count. `endAfterMs`: the peer ends its side first. */
function slowServer(readAfterMs: number, endAfterMs?: number): Server {
	let total = 0;
	let tell: (() => void) | undefined;
	let ended = false;
	let connections = 0;
	return createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
		socket.on("error", () => undefined);
		if (++connections === 2) {
			tell = () => socket.end(String(total));
			if (ended) tell();
			return;
		}
		if (endAfterMs !== undefined) setTimeout(() => socket.end(), endAfterMs);
		setTimeout(() => socket.resume(), readAfterMs);
		socket.on("data", (chunk) => (total += chunk.length));
		socket.on("end", () => {
			ended = true;
			socket.end();
			tell?.();
		});
	});
}

/** Starts all peers; gives the program's arguments for them. */
export async function startPeers(): Promise<{ options: string[]; stop: () => void }> {
	const peers = {
		slow: slowServer(2500),
		half: slowServer(1500, 500),
		goodbye: createServer((socket) => {
			socket.on("error", () => undefined);
			socket.end("Goodbye!");
		}),
		reset: createServer((socket) => {
			socket.on("error", () => undefined);
			setTimeout(() => socket.resetAndDestroy(), 50);
		}),
	};
	const options: string[] = [];
	for (const [name, server] of Object.entries(peers)) {
		options.push("--port", `${name}=${String((await listen(server)).port)}`);
	}
	return { options, stop: () => Object.values(peers).forEach((server) => server.close()) };
}
