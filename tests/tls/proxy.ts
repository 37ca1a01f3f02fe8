// SPDX-License-Identifier: Apache-2.0
//
// A TCP proxy on loopback that does something to what the server sends: a byte at a time, cut, a byte changed.

import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

export interface Mischief {
	/** Bytes of a write; the next comes in another turn. */
	piece?: number;
	/** Connection ends after so many bytes. */
	cutAfter?: number;
	/** Byte that is changed. */
	change?: number;
}

async function pass(chunk: Buffer, from: number, to: Socket, mischief: Mischief): Promise<void> {
	const bytes = Buffer.from(chunk);
	const at = (mischief.change ?? -1) - from;
	if (at >= 0 && at < bytes.length) bytes[at] ^= 0x20;
	const step = mischief.piece ?? bytes.length;
	for (let i = 0; i < bytes.length; i += step) {
		if (to.destroyed) return;
		await new Promise((resolve) => to.write(bytes.subarray(i, i + step), resolve));
	}
}

async function copy(server: Socket, client: Socket, mischief: Mischief): Promise<void> {
	let sent = 0;
	for await (const chunk of server as AsyncIterable<Buffer>) {
		const left = (mischief.cutAfter ?? Infinity) - sent;
		const part = chunk.length > left ? chunk.subarray(0, left) : chunk;
		await pass(part, sent, client, mischief);
		sent += part.length;
		if (part.length < chunk.length) break;
	}
	client.end();
	server.destroy();
}

export class Proxy {
	readonly port: number;
	readonly #server: Server;

	private constructor(server: Server) {
		this.#server = server;
		this.port = (server.address() as AddressInfo).port;
	}

	static async start(target: number, mischief: Mischief): Promise<Proxy> {
		const listener = createServer({ noDelay: true }, (client) => {
			const server = connect(target, "127.0.0.1");
			server.on("error", () => client.destroy());
			client.on("error", () => server.destroy());
			client.pipe(server);
			copy(server, client, mischief).catch(() => client.destroy());
		});
		await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
		return new Proxy(listener);
	}

	close(): void {
		this.#server.close();
	}
}
