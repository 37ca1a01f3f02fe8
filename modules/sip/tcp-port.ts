// SPDX-License-Identifier: Apache-2.0
//
// SIP over TCP or TLS: accepts connections, a few at a time. When all places are taken, the one that was silent longest makes room.

import type { Listener, ListenerConstructor } from "../ecma419/listener.js";
import { Connection, type ConnectionOptions } from "./connection.js";

export interface TCPPortOptions extends Omit<ConnectionOptions, "from" | "onEnd"> {
	io: ListenerConstructor;
	port: number;
	/** Local address, default any. */
	address?: string | undefined;
	/** Default 4. */
	maxConnections?: number;
}

export class TCPPort {
	readonly #options: TCPPortOptions;
	readonly #listener: Listener;
	readonly #connections: Connection[] = [];

	/** @throws Error when the port cannot be had */
	constructor(options: TCPPortOptions) {
		this.#options = options;
		const { io, port, address } = options;
		this.#listener = new io({
			port,
			...(address === undefined ? {} : { address }),
			onReadable: () => this.#accept(),
		});
	}

	get connections(): number {
		return this.#connections.length;
	}

	/** Bytes of the buffers of all connections. */
	get held(): number {
		return this.#connections.reduce((sum, { held }) => sum + held, 0);
	}

	close(): void {
		for (const connection of this.#connections) connection.close();
		this.#connections.length = 0;
		this.#listener.close();
	}

	#accept(): void {
		for (let from = this.#listener.read(); from !== undefined; from = this.#listener.read()) {
			this.#makeRoom();
			const { open, transport, timer, ticks, agent, duty, desk } = this.#options;
			agent.count("connections");
			try {
				const onEnd = (ended: Connection): void => this.#remove(ended);
				const connection = new Connection({ open, from, transport, timer, ticks, agent, duty, desk, onEnd });
				this.#connections.push(connection);
			} catch {
				// Gone again already, or no memory for TLS.
				from.close();
			}
		}
	}

	#makeRoom(): void {
		if (this.#connections.length < (this.#options.maxConnections ?? 4)) return;
		const oldest = this.#connections.reduce((a, b) => (b.active < a.active ? b : a));
		oldest.close();
		this.#remove(oldest);
	}

	#remove(connection: Connection): void {
		const at = this.#connections.indexOf(connection);
		if (at >= 0) this.#connections.splice(at, 1);
	}
}
