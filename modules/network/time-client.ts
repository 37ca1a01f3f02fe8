// SPDX-License-Identifier: Apache-2.0
//
// Sets the clock from time servers: one request at a time, server after server, then at the interval; after a round without an answer
// again in 15 s, doubling up to the interval. Leaves out: measuring drift, several servers at once, authentication (NTS).
// Source: RFC 4330 section 10, "Best practices".

import type { Clock } from "../ecma419/board.js";
import type { Resolver } from "../ecma419/resolver.js";
import type { TimerHandle, TimerService } from "../ecma419/timer.js";
import type { UDP, UDPConstructor } from "../ecma419/udp.js";
import { cookieBytes, decodeTimeResponse, encodeTimeRequest } from "./time-packet.js";

export interface TimeClientOptions {
	io: UDPConstructor;
	resolver: Resolver;
	timer: TimerService;
	clock: Clock;
	random(bytes: Uint8Array): void;
	/** Names or addresses in order of preference, asked at each round; at most four are tried. */
	servers(): string[];
	/** Pause after the clock was set; 0: not again. */
	intervalMs(): number;
	/** A time before this is a server's fault. */
	readonly earliestMs: number;
	/** Wait for one answer, name included, default 5000. */
	readonly answerMs?: number;
	/** The clock was set. */
	onTime?(server: string): void;
}

const firstPauseMs = 15000;
const longestPauseMs = 3600000;
/** RFC 4330 section 10: never more often than this. */
const leastIntervalMs = 15000;
const mostServers = 4;
const timePort = 123;

export class TimeClient {
	readonly #options: TimeClientOptions;
	#queue: string[] = [];
	#socket: UDP | undefined;
	#timer: TimerHandle | undefined;
	#pauseMs = firstPauseMs;
	/** Counts requests: an answer of the resolver to an older one is late. */
	#request = 0;

	constructor(options: TimeClientOptions) {
		this.#options = options;
	}

	/** Begins a round now, in the place of one that runs or waits. Without servers nothing happens. */
	start(): void {
		this.stop();
		this.#queue = this.#options.servers().slice(0, mostServers);
		if (this.#queue.length > 0) this.next();
	}

	stop(): void {
		this.end();
		this.#queue = [];
	}

	private next(): void {
		this.end();
		const server = this.#queue.shift();
		if (server === undefined) {
			this.again(this.#pauseMs);
			this.#pauseMs = Math.min(longestPauseMs, this.#pauseMs * 2);
			return;
		}
		const request = this.#request;
		const { resolver, answerMs = 5000 } = this.#options;
		this.after(answerMs, () => this.next());
		resolver.resolve({
			host: server,
			onResolved: (_, address) => {
				if (request === this.#request) this.ask(server, address);
			},
			onError: () => {
				if (request === this.#request) this.next();
			},
		});
	}

	private ask(server: string, address: string): void {
		const { io, clock } = this.#options;
		const cookie = new Uint8Array(cookieBytes);
		this.#options.random(cookie);
		const sent = clock.ticks();
		try {
			this.#socket = new io({
				onReadable: () => this.read(server, address, cookie, sent),
				onError: () => this.next(),
			});
			this.#socket.write(encodeTimeRequest(cookie), address, timePort);
		} catch {
			this.next();
		}
	}

	/** Packets of others, and those that are no answer, are passed over: the right one may follow. */
	private read(server: string, address: string, cookie: Uint8Array, sent: number): void {
		for (let packet = this.#socket?.read(); packet !== undefined; packet = this.#socket?.read()) {
			if (packet.address !== address || packet.port !== timePort) continue;
			try {
				if (this.take(decodeTimeResponse(new Uint8Array(packet), cookie), sent)) {
					this.#options.onTime?.(server);
					return;
				}
			} catch {
				continue;
			}
		}
	}

	/** Half of the round trip has passed since the server looked at its clock. */
	private take(serverMs: number, sent: number): boolean {
		const { clock, earliestMs } = this.#options;
		const now = serverMs + (clock.ticks() - sent) / 2;
		if (now < earliestMs) return false;
		clock.set(now, "sntp");
		this.end();
		this.#queue = [];
		this.#pauseMs = firstPauseMs;
		const interval = this.#options.intervalMs();
		if (interval > 0) this.again(Math.max(leastIntervalMs, interval));
		return true;
	}

	private again(ms: number): void {
		this.after(ms, () => this.start());
	}

	/** A timer that has run out must not be cleared. */
	private after(ms: number, work: () => void): void {
		this.#timer = this.#options.timer.set(() => {
			this.#timer = undefined;
			work();
		}, ms);
	}

	private end(): void {
		this.#request++;
		const { timer } = this.#options;
		timer.clear(this.#timer);
		this.#timer = undefined;
		this.#socket?.close();
		this.#socket = undefined;
	}
}
