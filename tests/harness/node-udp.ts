// SPDX-License-Identifier: Apache-2.0
//
// Node's datagram sockets in the shape of modules/ecma419/udp.ts, for tests against real servers. Node only.

import { createSocket, type Socket } from "node:dgram";
import type { Datagram, UDP, UDPOptions } from "../../modules/ecma419/udp.js";

export class NodeUDP implements UDP {
	format = "buffer" as const;
	readonly #socket: Socket;
	readonly #queue: Datagram[] = [];
	/** Datagrams that Node has not handed to the system yet. */
	#sending = 0;
	#closed = false;

	constructor(options: UDPOptions) {
		this.#socket = createSocket("udp4");
		this.#socket.on("message", (message, { address, port }) => {
			if (this.#closed) return;
			const bytes = new Uint8Array(message).slice();
			this.#queue.push(Object.assign(bytes.buffer as ArrayBuffer, { address, port }));
			options.onReadable?.call(this, this.#queue.length);
		});
		this.#socket.on("error", (error) => options.onError?.call(this, error));
		this.#socket.bind(options.port ?? 0, options.address ?? "127.0.0.1");
	}

	read(): Datagram | undefined {
		return this.#queue.shift();
	}

	write(buffer: Uint8Array | ArrayBuffer, address: string, port: number): void {
		if (this.#closed) throw new Error("closed");
		this.#sending++;
		this.#socket.send(new Uint8Array(buffer).slice(), port, address, () => {
			this.#sending--;
			if (this.#closed && this.#sending === 0) this.#socket.close();
		});
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		if (this.#sending === 0) this.#socket.close();
	}
}
