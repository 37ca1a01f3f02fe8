// SPDX-License-Identifier: Apache-2.0
//
// Datagrams to one server, in order, never more than the network should bear: a bounded queue, a rate, a name that is resolved and asked
// for again from time to time, pauses that grow while nothing can be sent. Leaves out what is in them, and any proof that they arrive.
// Source: RFC 5426.
//
//   send --> queue --timer--> [name -> address] --> socket, while the rate allows; the socket closes with the last one

import type { Clock } from "../ecma419/board.js";
import type { Resolver } from "../ecma419/resolver.js";
import type { TimerHandle, TimerService } from "../ecma419/timer.js";
import type { UDP, UDPConstructor } from "../ecma419/udp.js";

export interface Destination {
	/** Name or address. */
	host: string;
	port: number;
}

export interface SenderOptions {
	readonly io: UDPConstructor;
	readonly resolver: Resolver;
	readonly timer: TimerService;
	readonly clock: Pick<Clock, "ticks">;
	/** Asked before each datagram; `undefined`: nothing is wanted, what waits is dropped. */
	destination(): Destination | undefined;
	/** Datagrams that may wait, default 16. */
	readonly queueLength?: number;
	/** Datagrams a second in the long run, default 10. */
	readonly perSecond?: number;
	/** Datagrams at once after silence, default 20. */
	readonly burst?: number;
	/** How long an address is used without asking again, milliseconds, default 600000. */
	readonly addressMs?: number;
}

const firstPauseMs = 1000;
const longestPauseMs = 300000;
/** A resolver that is silent is asked again. */
const answerMs = 10000;

export class Sender {
	readonly #options: SenderOptions;
	#queue: Uint8Array[] = [];
	#lost = 0;
	#timer: TimerHandle | undefined;
	#socket: UDP | undefined;
	/** Datagrams that may go now, as far as known at `#filled`. */
	#tokens: number;
	#filled: number;
	#address: { host: string; address: string; until: number } | undefined;
	/** Counts questions to the resolver: an answer to an older one is late. */
	#question = 0;
	#pauseMs = firstPauseMs;

	constructor(options: SenderOptions) {
		this.#options = options;
		this.#tokens = this.burst;
		this.#filled = options.clock.ticks();
	}

	/** Datagrams that were dropped since `takeLost` was called last. */
	takeLost(): number {
		const lost = this.#lost;
		this.#lost = 0;
		return lost;
	}

	/** There is no room for another datagram. */
	get full(): boolean {
		return this.#queue.length >= (this.#options.queueLength ?? 16);
	}

	/** Puts one datagram in the queue; nothing is sent before this turn is over. @returns false when there is no room */
	send(datagram: Uint8Array): boolean {
		if (this.full) {
			this.#lost++;
			return false;
		}
		this.#queue.push(datagram);
		if (this.#timer === undefined) this.after(0);
		return true;
	}

	/** What waits is dropped. */
	close(): void {
		this.#queue = [];
		this.rest();
	}

	private after(ms: number): void {
		this.#options.timer.clear(this.#timer);
		this.#timer = this.#options.timer.set(() => {
			this.#timer = undefined;
			this.work();
		}, ms);
	}

	/** Nothing is under way. */
	private rest(): void {
		this.#question++;
		this.#options.timer.clear(this.#timer);
		this.#timer = undefined;
		this.#socket?.close();
		this.#socket = undefined;
	}

	private work(): void {
		while (this.#queue.length > 0) {
			const destination = this.#options.destination();
			if (destination === undefined) return this.close();
			const address = this.known(destination.host);
			if (address === undefined) return this.ask(destination.host);
			const waitMs = this.waitMs();
			if (waitMs > 0) return this.after(waitMs);
			try {
				this.open().write(this.#queue[0], address, destination.port);
			} catch {
				return this.pause();
			}
			this.#queue.shift();
			this.#tokens--;
			this.#pauseMs = firstPauseMs;
		}
		this.rest();
	}

	/** @returns milliseconds until the next datagram may go */
	private waitMs(): number {
		const now = this.#options.clock.ticks();
		const { perSecond = 10 } = this.#options;
		this.#tokens = Math.min(this.burst, this.#tokens + ((now - this.#filled) * perSecond) / 1000);
		this.#filled = now;
		return this.#tokens >= 1 ? 0 : Math.max(1, Math.ceil(((1 - this.#tokens) * 1000) / perSecond));
	}

	private get burst(): number {
		return this.#options.burst ?? 20;
	}

	private known(host: string): string | undefined {
		const known = this.#address;
		return known?.host === host && this.#options.clock.ticks() < known.until ? known.address : undefined;
	}

	private ask(host: string): void {
		const { resolver, addressMs = 600000, clock } = this.#options;
		const question = ++this.#question;
		this.after(answerMs);
		resolver.resolve({
			host,
			onResolved: (_, address) => {
				if (question !== this.#question) return;
				this.#address = { host, address, until: clock.ticks() + addressMs };
				this.after(0);
			},
			onError: () => {
				if (question === this.#question) this.pause();
			},
		});
	}

	/** The network is down, or the name is not known: not before a while. */
	private pause(): void {
		this.rest();
		this.#address = undefined;
		this.after(this.#pauseMs);
		this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2);
	}

	/** Whatever comes back is not read: the port is closed again soon. */
	private open(): UDP {
		this.#socket ??= new this.#options.io({
			onError: () => {
				if (this.#queue.length > 0) this.pause();
				else this.rest();
			},
		});
		return this.#socket;
	}
}
