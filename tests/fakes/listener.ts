// SPDX-License-Identifier: Apache-2.0
//
// A listener on the virtual clock: `connect` gives the client's end, in the test's hands. The accepted socket is that of tcp.ts, with
// the same strictness; who is accepted is known by a port of the client's address.

import type { Listener, ListenerConstructor, ListenerOptions } from "../../modules/ecma419/listener.js";
import type { TCP, TCPOptions } from "../../modules/ecma419/tcp.js";
import type { FakeClock } from "./clock.js";
import { FakeNetwork, type FakePeer } from "./tcp.js";

/** The far end of an accepted connection. */
export interface FakeClient {
	/** Undefined until the server has taken the connection. */
	peer: FakePeer | undefined;
	/** All that the server has sent. */
	received: string;
	/** The server has closed. */
	closed: boolean;
	send(data: string | Uint8Array): void;
	close(): void;
}

export class FakeDoor {
	readonly network: FakeNetwork;
	/** Listener class for the module under test. */
	readonly Listener: ListenerConstructor;
	/** Makes the socket of an accepted connection. */
	readonly accept: (options: TCPOptions) => TCP;
	readonly #clock: FakeClock;
	readonly #waiting: { port: number }[] = [];
	#options: ListenerOptions | undefined;
	#next = 1000;
	/** The listener was closed. */
	closed = false;

	constructor(clock: FakeClock, address = "192.0.2.9") {
		this.#clock = clock;
		this.network = new FakeNetwork(clock);
		this.accept = ({ from, ...rest }) => {
			const { port } = from as unknown as { port: number };
			return new this.network.TCP({ ...rest, address, port });
		};
		const make = (options: ListenerOptions): Listener => {
			this.#options = options;
			return {
				port: options.port ?? 0,
				format: "socket/tcp",
				read: () => this.#waiting.shift() as unknown as TCP | undefined,
				close: () => (this.closed = true),
			};
		};
		this.Listener = function (options: ListenerOptions) {
			return make(options);
		} as unknown as ListenerConstructor;
		this.address = address;
	}

	readonly address: string;

	/** Connections that nobody has taken yet. */
	get waiting(): number {
		return this.#waiting.length;
	}

	connect(): FakeClient {
		const port = this.#next++;
		const early: (string | Uint8Array)[] = [];
		const client: FakeClient = {
			peer: undefined,
			received: "",
			closed: false,
			send: (data) => (client.peer === undefined ? void early.push(data) : client.peer.send(data)),
			close: () => client.peer?.close(),
		};
		this.network.listen(this.address, port, {
			onConnect: (peer) => {
				client.peer = peer;
				for (const data of early) peer.send(data);
			},
			onData: (peer) => (client.received += peer.take()),
			onClose: () => (client.closed = true),
		});
		this.#waiting.push({ port });
		this.#clock.timer.set(
			() => this.#options?.onReadable?.call({ target: this.#options.target } as Listener, this.#waiting.length),
			0,
		);
		return client;
	}
}
