// SPDX-License-Identifier: Apache-2.0
//
// The network between a gateway and a server: passes everything on, and at a chosen byte of what the server sends something happens.
// Leaves out delay, loss and limits of speed (bench/flash/link.ts). Node only.

import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export class Link {
	/** Port of the server, which may be another after a restart of it. */
	target = 0;
	readonly #server: Server = createServer((client) => this.#accept(client));
	readonly #clients = new Set<Socket>();
	#trap: { left: number; act: () => void } | undefined;

	static async open(): Promise<Link> {
		const link = new Link();
		await new Promise<void>((resolve) => link.#server.listen(0, "127.0.0.1", resolve));
		return link;
	}

	get port(): number {
		return (this.#server.address() as AddressInfo).port;
	}

	/** Once the server has sent so many bytes more, on any connection: these still go out, then it happens, once. */
	trap(bytes: number, act: () => void): void {
		this.#trap = { left: bytes, act };
	}

	/** @returns whether it had not happened yet */
	disarm(): boolean {
		const armed = this.#trap !== undefined;
		this.#trap = undefined;
		return armed;
	}

	/** Resets all connections. */
	cut(): void {
		for (const client of this.#clients) client.resetAndDestroy();
	}

	async close(): Promise<void> {
		this.cut();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	#accept(client: Socket): void {
		const server = connect(this.target, "127.0.0.1");
		this.#clients.add(client);
		client.pipe(server);
		server.on("data", (chunk: Buffer) => this.#pass(chunk, client, server));
		client.on("drain", () => server.resume());
		server.on("end", () => client.end());
		// A server that is gone is one that refuses.
		server.on("error", () => client.resetAndDestroy());
		client.on("error", () => server.destroy());
		client.on("close", () => {
			this.#clients.delete(client);
			server.destroy();
		});
	}

	#pass(chunk: Buffer, client: Socket, server: Socket): void {
		const trap = this.#trap;
		const sprung = trap !== undefined && trap.left <= chunk.length;
		if (trap !== undefined) trap.left -= chunk.length;
		if (!client.write(sprung ? chunk.subarray(0, trap.left + chunk.length) : chunk)) server.pause();
		if (!sprung) return;
		this.#trap = undefined;
		trap.act();
		// The rest follows, unless that was the end of the connection.
		if (client.writable) client.write(chunk.subarray(trap.left + chunk.length));
	}
}
