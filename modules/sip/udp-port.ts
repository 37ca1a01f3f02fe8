// SPDX-License-Identifier: Apache-2.0
//
// SIP over UDP: reads datagrams, a few in a turn, and gives responses back. When strangers have had their share of the time, what
// waits is dropped unread instead of kept, because a chip has no room for it. Source: RFC 3261 section 18.

import type { TimerHandle } from "../ecma419/timer.js";
import type { Datagram, UDP, UDPConstructor } from "../ecma419/udp.js";
import type { PortParts } from "./connection.js";
import { SIPError } from "./error.js";
import { readDatagram } from "./framing.js";

export interface UDPPortOptions {
	io: UDPConstructor;
	port: number;
	/** Local address, default any. */
	address?: string | undefined;
	/** Told when the socket has failed; it is closed. */
	owner: { failed(port: number): void };
}

/** Datagrams read in one turn, those that are dropped not counted. */
const perTurn = 4;
/** Datagrams dropped in one turn. */
const dropsPerTurn = 64;

function onReadable(this: UDP): void {
	(this.target as UDPPort).read();
}

function onError(this: UDP): void {
	(this.target as UDPPort).failed();
}

export class UDPPort {
	readonly #parts: PortParts;
	#socket: UDP | undefined;
	#timer: TimerHandle | undefined;

	readonly #owner: UDPPortOptions["owner"];
	readonly #port: number;

	/** @throws Error when the port cannot be had */
	constructor(parts: PortParts, { io, port, address, owner }: UDPPortOptions) {
		this.#parts = parts;
		this.#owner = owner;
		this.#port = port;
		this.#socket = new io({
			port,
			...(address === undefined ? {} : { address }),
			target: this,
			onReadable,
			onError,
		});
	}

	/** For the socket. */
	failed(): void {
		this.close();
		this.#owner.failed(this.#port);
	}

	close(): void {
		const timer = this.#timer;
		this.#timer = undefined;
		this.#parts.timer.clear(timer);
		this.#socket?.close();
		this.#socket = undefined;
	}

	/** For the socket. */
	read(): void {
		if (this.#timer !== undefined) return;
		if (this.readSome()) return;
		this.#timer = this.#parts.timer.set(() => {
			this.#timer = undefined;
			this.read();
		}, 0);
	}

	/** @returns whether there is no more */
	private readSome(): boolean {
		const { duty, agent } = this.#parts;
		let taken = 0;
		let dropped = 0;
		let datagram: Datagram | undefined;
		while (taken < perTurn && dropped < dropsPerTurn && (datagram = this.#socket?.read()) !== undefined) {
			if (this.isTimeFor(datagram.address)) {
				taken++;
				duty.run(() => this.take(datagram as Datagram));
			} else dropped++;
		}
		if (dropped > 0) agent.count("dropped", dropped);
		return datagram === undefined;
	}

	private isTimeFor(address: string): boolean {
		const { duty, desk } = this.#parts;
		return duty.allows(false) || (duty.allows(true) && desk.trusts(address));
	}

	private take(datagram: Datagram): void {
		const { agent } = this.#parts;
		const { address, port } = datagram;
		try {
			const message = readDatagram(new Uint8Array(datagram));
			if (message === undefined) return agent.count("keep-alive");
			const response = agent.receive(message, { transport: "UDP", address, port });
			if (response !== undefined) this.send(response.bytes, address, response.port);
		} catch (error) {
			if (!(error instanceof SIPError)) throw error;
			agent.unreadable(error, "UDP", address);
		}
	}

	/** What cannot be sent is lost, as any datagram may be. */
	private send(bytes: Uint8Array, address: string, port: number): void {
		try {
			this.#socket?.write(bytes, address, port);
		} catch {
			this.#parts.agent.count("unsent");
		}
	}
}
