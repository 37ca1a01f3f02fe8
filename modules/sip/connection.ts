// SPDX-License-Identifier: Apache-2.0
//
// One connection of SIP over TCP or TLS: takes the stream apart, answers in order, answers a ping with a pong. Reads on only when the
// last response is out, and as fast as strangers' share of the time allows: TCP holds the sender back. Sends no request of its own.
// Sources: RFC 3261 section 18, RFC 5626 section 4.4.1.

import type { Acceptor, TCP } from "../ecma419/tcp.js";
import type { TimerHandle, TimerService } from "../ecma419/timer.js";
import type { Agent } from "./agent.js";
import type { Duty } from "./duty.js";
import { SIPError } from "./error.js";
import { StreamReader, type Message } from "./framing.js";
import type { Peer } from "./response.js";

/** What all ports and connections share. */
export interface PortParts {
	readonly timer: TimerService;
	readonly ticks: () => number;
	readonly agent: Agent;
	readonly duty: Duty;
	/** Whether an address is listed. */
	readonly desk: { trusts(address: string): boolean };
}

/** The port of a connection. */
export interface ConnectionPort {
	readonly parts: PortParts;
	readonly transport: "TCP" | "TLS";
	/** Makes the socket over one that was accepted. */
	readonly acceptor: Acceptor;
	/** It is over, and closed. Not called by `close`. */
	ended(connection: Connection): void;
}

/** Waits: between messages, and for the rest of one, the first included. */
const idleMs = 130000;
const messageMs = 32000;
const pieceBytes = 512;
const pong = Object.freeze([0x0d, 0x0a]);

export class Connection {
	readonly #port: ConnectionPort;
	readonly #reader = new StreamReader();
	readonly #peer: Peer;
	#socket: TCP | undefined;
	#readable = 0;
	#writable = 0;
	#pending: Uint8Array | undefined;
	#deadline: TimerHandle | undefined;
	#later: TimerHandle | undefined;
	#partial = true;
	/** When something whole came last, in ticks. */
	active: number;

	/** @param from what the listener gave */
	constructor(port: ConnectionPort, from: TCP) {
		this.#port = port;
		const { transport, acceptor, parts } = port;
		this.active = parts.ticks();
		this.#peer = { transport, address: from.remoteAddress ?? "", port: from.remotePort ?? 0 };
		this.#socket = acceptor.accept({
			from,
			target: this,
			...Connection.#callbacks,
		});
		this.#deadline = parts.timer.set(() => {
			this.#deadline = undefined;
			this.end();
		}, messageMs);
	}

	static readonly #callbacks = Object.freeze({
		onReadable(this: TCP, count: number): void {
			const connection = this.target as Connection;
			connection.#readable = count;
			connection.read();
		},
		onWritable(this: TCP, count: number): void {
			const connection = this.target as Connection;
			connection.#writable = count;
			connection.flush();
		},
		onError(this: TCP): void {
			(this.target as Connection).end();
		},
	});

	/** Bytes of its buffer. */
	get held(): number {
		return this.#reader.held;
	}

	close(): void {
		const { timer } = this.#port.parts;
		timer.clear(this.#deadline);
		timer.clear(this.#later);
		this.#deadline = this.#later = this.#pending = undefined;
		this.#socket?.close();
		this.#socket = undefined;
	}

	private end(): void {
		this.close();
		this.#port.ended(this);
	}

	/** Reads one piece; what is left is for another turn. */
	private read(): void {
		if (this.#socket === undefined || this.#later !== undefined || this.#pending !== undefined) return;
		if (this.#readable === 0) return;
		const { duty, desk } = this.#port.parts;
		const wait = duty.waitMs(desk.trusts(this.#peer.address));
		if (wait === 0) duty.run(() => this.take(Math.min(pieceBytes, this.#readable)));
		if (this.#readable > 0) this.readLater(wait);
	}

	private readLater(ms: number): void {
		if (this.#socket === undefined || this.#later !== undefined) return;
		this.#later = this.#port.parts.timer.set(() => {
			this.#later = undefined;
			this.read();
		}, ms);
	}

	private take(count: number): void {
		const piece = new Uint8Array(count);
		const got = this.#socket?.read(piece) ?? 0;
		this.#readable = Math.max(0, this.#readable - count);
		this.#reader.write(piece.subarray(0, got));
		try {
			this.drain();
		} catch (error) {
			if (!(error instanceof SIPError)) throw error;
			this.#port.parts.agent.unreadable(error, this.#peer.transport, this.#peer.address);
			this.end();
		}
	}

	private drain(): void {
		for (;;) {
			const item = this.#reader.next();
			if (this.#socket === undefined || item === undefined) break;
			this.rested();
			if (item === "ping") this.send(Uint8Array.from(pong));
			else this.answer(item);
		}
		if (this.#reader.partial && !this.#partial) this.expect(messageMs);
		this.#partial = this.#reader.partial;
	}

	private answer(message: Message): void {
		const response = this.#port.parts.agent.receive(message, this.#peer);
		if (response !== undefined) this.send(response.bytes);
		// Where the next message begins nobody knows.
		if (message.fault !== undefined) this.end();
	}

	/** Between messages there is more time. */
	private rested(): void {
		this.active = this.#port.parts.ticks();
		this.#partial = false;
		this.expect(idleMs);
	}

	private expect(ms: number): void {
		if (this.#deadline !== undefined) this.#port.parts.timer.schedule(this.#deadline, ms);
	}

	/** Who sends requests and does not read the answers is not waited for. */
	private send(bytes: Uint8Array): void {
		if (this.#pending !== undefined) this.end();
		else {
			this.#pending = bytes;
			this.flush();
		}
	}

	private flush(): void {
		const { length = 0 } = this.#pending ?? {};
		if (this.#socket === undefined || this.#pending === undefined) return;
		if (length <= this.#writable) {
			const bytes = this.#pending;
			this.#pending = undefined;
			this.#writable -= length;
			try {
				this.#socket.write(bytes);
			} catch {
				this.end();
				return;
			}
		}
		if (this.#pending === undefined && this.#readable > 0) this.readLater(0);
	}
}
