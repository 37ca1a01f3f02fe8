// SPDX-License-Identifier: Apache-2.0
//
// What stands for the Internet in the SDK's tests, on loopback: a web server on port 80 and a time server on UDP port 123.

import { once } from "node:events";
import { createSocket } from "node:dgram";
import { createServer } from "node:net";

const address = "127.0.0.1";
const response = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";
const requestLimit = 65_536;
const timeServerMode = 4;

export interface Peers {
	/** where they listen */
	address: string;
	stop: () => void;
}

/** Answers each request at its empty line, in one piece, and closes. */
function webServer(): ReturnType<typeof createServer> {
	return createServer((socket) => {
		let request = "";
		socket.on("error", () => socket.destroy());
		socket.on("data", (bytes) => {
			request = (request + bytes.toString("latin1")).slice(-requestLimit);
			if (request.includes("\r\n\r\n")) socket.end(response);
		});
	});
}

/** Answers each request of RFC 5905 size with one of the same size, marked as a server's. */
function timeServer(): ReturnType<typeof createSocket> {
	const socket = createSocket("udp4");
	socket.on("message", (request, from) => {
		if (request.length !== 48) return;
		const reply = Buffer.alloc(48);
		reply[0] = (request[0] & 0x38) | timeServerMode;
		socket.send(reply, from.port, from.address);
	});
	return socket;
}

/** @returns the peers, or why there are none (ports below 1024 need a right, and may be taken) */
export async function startPeers(): Promise<Peers | string> {
	const web = webServer();
	const time = timeServer();
	const stop = (): void => {
		web.close();
		time.close();
	};
	try {
		web.listen(80, address);
		await once(web, "listening");
		time.bind(123, address);
		await once(time, "listening");
		return { address, stop };
	} catch (error) {
		stop();
		return error instanceof Error ? error.message : String(error);
	}
}
