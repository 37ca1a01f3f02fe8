// SPDX-License-Identifier: Apache-2.0
//
// UDP sockets on a clock that only the test moves (modules/ecma419/udp.ts). Ends of the network are addresses with ports, made by the test
// or by a socket; what happens to a datagram on its way the test decides.

import type { Datagram, UDP, UDPConstructor, UDPOptions } from "../../modules/ecma419/udp.js";
import type { FakeClock } from "./clock.js";

export interface Packet {
	bytes: Uint8Array;
	from: string;
	to: string;
	/** Milliseconds of the clock. */
	at: number;
}

const ownAddress = "10.0.0.2";

export class FakeUDPNetwork {
	readonly UDP: UDPConstructor;
	/** All that sockets have sent. */
	readonly sent: Packet[] = [];
	/** Thrown by the next writes. */
	failure: Error | undefined;
	/** Thrown by the next constructors. */
	refusal: Error | undefined;
	/** Sockets that were not closed. */
	open = 0;
	/** What becomes of a datagram: delays in ms of the copies that arrive; none: lost. */
	route: (packet: Packet) => number[] = () => [1];
	readonly #clock: FakeClock;
	readonly #ends = new Map<string, (packet: Packet) => void>();
	readonly #sockets = new Set<FakeUDP>();
	#nextPort = 50000;

	constructor(clock: FakeClock) {
		this.#clock = clock;
		// eslint-disable-next-line @typescript-eslint/no-this-alias -- the class made here stands for the whole network
		const network = this;
		this.UDP = class extends FakeUDP {
			constructor(options: UDPOptions) {
				if (network.refusal !== undefined) throw network.refusal;
				super(network, options, `${ownAddress}:${options.port || network.#nextPort++}`);
				network.attach(this);
			}
		};
	}

	/** A server at `end` ("address:port"). */
	listen(end: string, take: (packet: Packet) => void): void {
		this.#ends.set(end, take);
	}

	attach(socket: FakeUDP): void {
		this.open++;
		this.#sockets.add(socket);
		this.#ends.set(socket.end, (packet) => socket.deliver(packet));
	}

	detach(socket: FakeUDP): void {
		this.open--;
		this.#sockets.delete(socket);
		this.#ends.delete(socket.end);
	}

	/** Sends a datagram of the test's own. */
	send(from: string, to: string, bytes: Uint8Array): void {
		const packet = { bytes: bytes.slice(), from, to, at: this.#clock.now };
		for (const delay of this.route(packet)) this.#clock.timer.set(() => this.#ends.get(to)?.(packet), delay);
	}

	/** All sockets report an error. */
	break(): void {
		for (const socket of [...this.#sockets]) socket.fail();
	}
}

class FakeUDP implements UDP {
	format = "buffer" as const;
	readonly end: string;
	readonly target: unknown;
	readonly #network: FakeUDPNetwork;
	readonly #options: UDPOptions;
	readonly #queue: Packet[] = [];
	#closed = false;

	constructor(network: FakeUDPNetwork, options: UDPOptions, end: string) {
		this.#network = network;
		this.#options = options;
		this.end = end;
		this.target = options.target;
	}

	read(): Datagram | undefined {
		this.#check();
		const packet = this.#queue.shift();
		if (packet === undefined) return undefined;
		const colon = packet.from.lastIndexOf(":");
		return Object.assign(packet.bytes.slice().buffer as ArrayBuffer, {
			address: packet.from.slice(0, colon),
			port: Number(packet.from.slice(colon + 1)),
		});
	}

	write(buffer: Uint8Array | ArrayBuffer, address: string, port: number): void {
		this.#check();
		if (this.#network.failure !== undefined) throw this.#network.failure;
		const bytes = new Uint8Array(buffer instanceof Uint8Array ? buffer : new Uint8Array(buffer));
		this.#network.sent.push({ bytes, from: this.end, to: `${address}:${port}`, at: 0 });
		this.#network.send(this.end, `${address}:${port}`, bytes);
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#network.detach(this);
	}

	deliver(packet: Packet): void {
		if (this.#closed) return;
		this.#queue.push(packet);
		this.#options.onReadable?.call(this, this.#queue.length);
	}

	fail(): void {
		this.#options.onError?.call(this, new Error("socket failed"));
	}

	#check(): void {
		if (this.#closed) throw new Error("socket is closed");
	}
}
