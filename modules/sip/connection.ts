// SPDX-License-Identifier: Apache-2.0
//
// One connection of SIP over TCP or TLS: takes the stream apart, answers in order, answers a ping with a pong. Reads on only when the
// last response is out, and as fast as strangers' share of the time allows: TCP holds the sender back. Sends no request of its own.
// Sources: RFC 3261 section 18, RFC 5626 section 4.4.1.

import type { TCP, TCPOptions } from "../ecma419/tcp.js";
import type { TimerHandle, TimerService } from "../ecma419/timer.js";
import type { Agent } from "./agent.js";
import type { Duty } from "./duty.js";
import { SIPError } from "./error.js";
import { StreamReader, type Message } from "./framing.js";
import type { Peer } from "./response.js";

export interface ConnectionOptions {
	/** Makes the socket over one that was accepted. */
	open: (options: TCPOptions) => TCP;
	from: TCP;
	transport: "TCP" | "TLS";
	timer: TimerService;
	ticks: () => number;
	agent: Agent;
	duty: Duty;
	/** Whether an address is listed. */
	desk: { trusts(address: string): boolean };
	/** It is over, and closed. Not called by `close`. */
	onEnd: (connection: Connection) => void;
}

/** Waits: between messages, and for the rest of one, the first included. */
const idleMs = 130000;
const messageMs = 32000;
const pieceBytes = 512;
const pong = Object.freeze([0x0d, 0x0a]);

export class Connection {
	readonly #options: ConnectionOptions;
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

	constructor(options: ConnectionOptions) {
		this.#options = options;
		const { open, from, transport, timer, ticks } = options;
		this.active = ticks();
		this.#peer = { transport, address: from.remoteAddress ?? "", port: from.remotePort ?? 0 };
		this.#socket = open({
			from,
			onReadable: (count) => {
				this.#readable = count;
				this.#read();
			},
			onWritable: (count) => {
				this.#writable = count;
				this.#flush();
			},
			onError: () => this.#end(),
		});
		this.#deadline = timer.set(() => {
			this.#deadline = undefined;
			this.#end();
		}, messageMs);
	}

	/** Bytes of its buffer. */
	get held(): number {
		return this.#reader.held;
	}

	close(): void {
		const { timer } = this.#options;
		timer.clear(this.#deadline);
		timer.clear(this.#later);
		this.#deadline = this.#later = this.#pending = undefined;
		this.#socket?.close();
		this.#socket = undefined;
	}

	#end(): void {
		this.close();
		this.#options.onEnd(this);
	}

	/** Reads one piece; what is left is for another turn. */
	#read(): void {
		if (this.#socket === undefined || this.#later !== undefined || this.#pending !== undefined) return;
		if (this.#readable === 0) return;
		const { duty, desk } = this.#options;
		const wait = duty.waitMs(desk.trusts(this.#peer.address));
		if (wait === 0) duty.run(() => this.#take(Math.min(pieceBytes, this.#readable)));
		if (this.#readable > 0) this.#readLater(wait);
	}

	#readLater(ms: number): void {
		if (this.#socket === undefined || this.#later !== undefined) return;
		this.#later = this.#options.timer.set(() => {
			this.#later = undefined;
			this.#read();
		}, ms);
	}

	#take(count: number): void {
		const piece = new Uint8Array(count);
		const got = this.#socket?.read(piece) ?? 0;
		this.#readable = Math.max(0, this.#readable - count);
		this.#reader.write(piece.subarray(0, got));
		try {
			this.#drain();
		} catch (error) {
			if (!(error instanceof SIPError)) throw error;
			this.#options.agent.unreadable(error, this.#peer.transport, this.#peer.address);
			this.#end();
		}
	}

	#drain(): void {
		for (;;) {
			const item = this.#reader.next();
			if (this.#socket === undefined || item === undefined) break;
			this.#rested();
			if (item === "ping") this.#send(Uint8Array.from(pong));
			else this.#answer(item);
		}
		if (this.#reader.partial && !this.#partial) this.#expect(messageMs);
		this.#partial = this.#reader.partial;
	}

	#answer(message: Message): void {
		const response = this.#options.agent.receive(message, this.#peer);
		if (response !== undefined) this.#send(response.bytes);
		// Where the next message begins nobody knows.
		if (message.fault !== undefined) this.#end();
	}

	/** Between messages there is more time. */
	#rested(): void {
		this.active = this.#options.ticks();
		this.#partial = false;
		this.#expect(idleMs);
	}

	#expect(ms: number): void {
		if (this.#deadline !== undefined) this.#options.timer.schedule(this.#deadline, ms);
	}

	/** Who sends requests and does not read the answers is not waited for. */
	#send(bytes: Uint8Array): void {
		if (this.#pending !== undefined) this.#end();
		else {
			this.#pending = bytes;
			this.#flush();
		}
	}

	#flush(): void {
		const { length = 0 } = this.#pending ?? {};
		if (this.#socket === undefined || this.#pending === undefined) return;
		if (length <= this.#writable) {
			const bytes = this.#pending;
			this.#pending = undefined;
			this.#writable -= length;
			try {
				this.#socket.write(bytes);
			} catch {
				this.#end();
				return;
			}
		}
		if (this.#pending === undefined && this.#readable > 0) this.#readLater(0);
	}
}
