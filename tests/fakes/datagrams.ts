// SPDX-License-Identifier: Apache-2.0
//
// UDP sockets for tests: modules/ecma419/udp.ts in memory. What is sent is kept; what is to come is handed in.

import type { Datagram, UDP, UDPConstructor, UDPOptions } from "../../modules/ecma419/udp.js";

export interface SentDatagram {
	bytes: Uint8Array;
	address: string;
	port: number;
	/** Local port asked for. */
	from: number | undefined;
}

export class FakeNetwork {
	readonly sent: SentDatagram[] = [];
	/** Local ports that are taken. */
	readonly taken = new Set<number>();
	/** What sending throws. */
	fault: Error | undefined;
	/** Sockets that are open. */
	open: FakeUDP[] = [];
	readonly UDP: UDPConstructor;

	constructor() {
		const make = (options: UDPOptions): FakeUDP => new FakeUDP(this, options);
		this.UDP = function construct(options: UDPOptions) {
			return make(options);
		} as unknown as UDPConstructor;
	}

	/** A datagram arrives at every open socket. */
	deliver(bytes: Uint8Array, address: string, port: number): void {
		for (const socket of [...this.open]) socket.receive(bytes, address, port);
	}
}

class FakeUDP {
	readonly #network: FakeNetwork;
	readonly #options: UDPOptions;
	readonly #inbox: Datagram[] = [];
	readonly format = "buffer";
	readonly target: unknown;

	constructor(network: FakeNetwork, options: UDPOptions) {
		if (options.port !== undefined && network.taken.has(options.port)) throw new Error("bind failed");
		this.#network = network;
		this.#options = options;
		this.target = options.target;
		network.open.push(this);
	}

	receive(bytes: Uint8Array, address: string, port: number): void {
		this.#inbox.push(Object.assign(bytes.slice().buffer as ArrayBuffer, { address, port }));
		this.#options.onReadable?.call(this as unknown as UDP, this.#inbox.length);
	}

	read(): Datagram | undefined {
		return this.#inbox.shift();
	}

	write(buffer: Uint8Array | ArrayBuffer, address: string, port: number): void {
		if (this.#network.fault !== undefined) throw this.#network.fault;
		this.#network.sent.push({ bytes: new Uint8Array(buffer).slice(), address, port, from: this.#options.port });
	}

	close(): void {
		this.#network.open = this.#network.open.filter((socket) => socket !== this);
	}
}
