// SPDX-License-Identifier: Apache-2.0
//
// SIP over TCP or TLS: accepts connections, a few at a time. When all places are taken, the one that was silent longest makes room.

import type { Listener, ListenerConstructor } from "../ecma419/listener.js";
import type { Acceptor } from "../ecma419/tcp.js";
import { Connection, type ConnectionPort, type PortParts } from "./connection.js";

export interface TCPPortOptions {
	io: ListenerConstructor;
	acceptor: Acceptor;
	transport: "TCP" | "TLS";
	port: number;
	/** Local address, default any. */
	address?: string | undefined;
	maxConnections: number;
}

function onReadable(this: Listener): void {
	(this.target as TCPPort).accept();
}

const none: readonly Connection[] = Object.freeze([]);

export class TCPPort implements ConnectionPort {
	readonly parts: PortParts;
	readonly transport: "TCP" | "TLS";
	readonly acceptor: Acceptor;
	readonly #maxConnections: number;
	readonly #listener: Listener;
	#connections: readonly Connection[] = none;

	/** @throws Error when the port cannot be had */
	constructor(parts: PortParts, { io, acceptor, transport, port, address, maxConnections }: TCPPortOptions) {
		this.parts = parts;
		this.transport = transport;
		this.acceptor = acceptor;
		this.#maxConnections = maxConnections;
		this.#listener = new io({
			port,
			...(address === undefined ? {} : { address }),
			target: this,
			onReadable,
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
		this.#connections = none;
		this.#listener.close();
	}

	/** For the listener. */
	accept(): void {
		for (let from = this.#listener.read(); from !== undefined; from = this.#listener.read()) {
			this.makeRoom();
			this.parts.agent.count("connections");
			try {
				this.#connections = [...this.#connections, new Connection(this, from)];
			} catch {
				// Gone again already, or no memory for TLS.
				from.close();
			}
		}
	}

	private makeRoom(): void {
		if (this.#connections.length < this.#maxConnections) return;
		const oldest = this.#connections.reduce((a, b) => (b.active < a.active ? b : a));
		oldest.close();
		this.ended(oldest);
	}

	/** For a connection that is over. */
	ended(connection: Connection): void {
		const others = this.#connections.filter((other) => other !== connection);
		this.#connections = others.length > 0 ? others : none;
	}
}
