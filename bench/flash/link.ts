// SPDX-License-Identifier: Apache-2.0
//
// A link of limited speed: TCP connections are passed on to a server, and what comes back goes no faster than so many bits a
// second, all connections together. Leaves out delay and loss.

import { type AddressInfo, connect, createServer, type Socket } from "node:net";

const tickMs = 5;
/** Bytes held for a connection before its server is told to wait. */
const maxHeld = 128 * 1024;

export interface Link {
	port: number;
	close(): Promise<void>;
}

class Passage {
	readonly #client: Socket;
	readonly #server: Socket;
	#held = Buffer.alloc(0);
	#ended = false;

	constructor(client: Socket, port: number) {
		this.#client = client;
		this.#server = connect(port, "127.0.0.1");
		client.setNoDelay(true);
		client.pipe(this.#server);
		this.#server.on("data", (chunk: Buffer) => {
			this.#held = Buffer.concat([this.#held, chunk]);
			if (this.#held.length > maxHeld) this.#server.pause();
		});
		this.#server.on("end", () => (this.#ended = true));
		for (const socket of [client, this.#server]) socket.on("error", () => this.close());
	}

	/** Sends what fits. @returns bytes sent */
	send(most: number): number {
		const part = this.#held.subarray(0, most);
		this.#held = this.#held.subarray(part.length);
		if (part.length > 0) this.#client.write(part);
		if (this.#held.length <= maxHeld / 2) this.#server.resume();
		if (this.#ended && this.#held.length === 0) this.#client.end();
		return part.length;
	}

	get done(): boolean {
		return this.#client.destroyed;
	}

	close(): void {
		this.#client.destroy();
		this.#server.destroy();
	}
}

/**
 * @param port of the server on this machine
 * @param bitsPerSecond limit of what the server sends
 */
export async function startLink(port: number, bitsPerSecond: number): Promise<Link> {
	let passages: Passage[] = [];
	const server = createServer((client) => passages.push(new Passage(client, port)));
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	let last = performance.now();
	let credit = 0;
	const timer = setInterval(() => {
		const now = performance.now();
		// Time that nobody used is gone, but for one tick that came late.
		credit = Math.min(credit + ((now - last) * bitsPerSecond) / 8000, bitsPerSecond / 80);
		last = now;
		for (const passage of passages) credit -= passage.send(Math.floor(credit));
		passages = passages.filter((passage) => !passage.done);
	}, tickMs);
	return {
		port: (server.address() as AddressInfo).port,
		close: async () => {
			clearInterval(timer);
			for (const passage of passages) passage.close();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
