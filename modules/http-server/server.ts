// SPDX-License-Identifier: Apache-2.0
//
// HTTP/1.1 server over ECMA-419 listeners: at most a few connections, all endpoints together. When all are taken, the one that has
// been idle longest goes, then one whose head has been due too long; others wait in the listener. Leaves out HTTP/2, upgrades,
// content codings, ranges.

import type { DebugPort } from "../debug/port.js";
import type { Listener } from "../ecma419/listener.js";
import type { TimerHandle } from "../ecma419/timer.js";
import type { TimeSource } from "../http/deadline.js";
import { ServerConnection } from "./connection.js";
import {
	type ConnectionOptions,
	defaultServerTimeouts,
	type Endpoint,
	type HTTPServerOptions,
	type Sent,
	type ServerExchange,
	type ServerTimeouts,
} from "./options.js";
import { defaultRequestLimits, type RequestLimits } from "./request-parser.js";

const againMs = 250;

interface Door {
	endpoint: Endpoint;
	listener: Listener;
	/** So many are waiting in front of it. */
	waiting: number;
}

/** @returns `given` itself where it leaves nothing out: it may be preloaded, and then takes no memory */
function complete<Settings extends object>(defaults: Settings, given: Partial<Settings> = {}): Settings {
	const isWhole = Object.keys(defaults).every((name) => name in given);
	return isWhole ? (given as Settings) : { ...defaults, ...given };
}

/** What the connections share. */
class Shared implements ConnectionOptions {
	readonly #options: HTTPServerOptions;
	readonly #server: HTTPServer;
	readonly timeouts: ServerTimeouts;
	readonly limits: RequestLimits;

	constructor(options: HTTPServerOptions, server: HTTPServer) {
		this.#options = options;
		this.#server = server;
		this.timeouts =
			options.timeouts === undefined ? defaultServerTimeouts : complete(defaultServerTimeouts, options.timeouts);
		this.limits = options.limits === undefined ? defaultRequestLimits : complete(defaultRequestLimits, options.limits);
	}

	get time(): TimeSource {
		return this.#options;
	}

	get scratchBytes(): number {
		return this.#options.scratchBytes ?? 512;
	}

	get debug(): DebugPort | undefined {
		return this.#options.debug;
	}

	handler(exchange: ServerExchange): Sent {
		return this.#options.handler(exchange);
	}

	onFault(error: unknown): void {
		this.#options.onFault?.(error);
	}

	onIdle(): void {
		this.#server.trim();
	}

	onClosed(connection: ServerConnection): void {
		this.#server.forget(connection);
	}
}

export class HTTPServer {
	readonly #options: HTTPServerOptions;
	readonly #shared: Shared;
	readonly #doors: Door[] = [];
	readonly #connections: ServerConnection[] = [];
	#highest = 0;
	#again: TimerHandle | undefined;
	#closed = false;
	#admitting = false;

	/** @throws what a listener throws for a port that cannot be had; nothing is open then */
	constructor(options: HTTPServerOptions) {
		this.#options = options;
		this.#shared = new Shared(options, this);
		try {
			for (const endpoint of options.endpoints) this.listen(endpoint);
		} catch (error) {
			this.close();
			throw error;
		}
	}

	/** Local ports, in the order of the endpoints. */
	get ports(): number[] {
		return this.#doors.map(({ listener }) => listener.port);
	}

	/** Connections that are open now. */
	get open(): number {
		return this.#connections.length;
	}

	/** The most that were open at a time. */
	get most(): number {
		return this.#highest;
	}

	/** Closes idle connections that are more than there may be now. */
	trim(): void {
		while (this.#connections.length > 0 && this.#connections.length > this.mostNow()) {
			const idle = this.#connections.find((connection) => connection.idle);
			if (idle === undefined) return;
			idle.close();
		}
	}

	/** Closes listeners and connections. May be called twice. */
	close(): void {
		this.#closed = true;
		if (this.#again !== undefined) this.#options.timer.clear(this.#again);
		this.#again = undefined;
		for (const { listener } of this.#doors.splice(0)) listener.close();
		for (const connection of this.#connections.slice()) connection.close();
	}

	private listen(endpoint: Endpoint): void {
		const { port, address } = endpoint;
		const onReadable = (count: number): void => {
			door.waiting = count;
			this.admit();
		};
		const { Listener } = this.#options;
		const listener = new Listener({ port, ...(address === undefined ? {} : { address }), onReadable });
		const door: Door = { endpoint, listener, waiting: 0 };
		this.#doors.push(door);
	}

	/** Lets in who waits, as far as there is room. Making room comes back here. */
	private admit(): void {
		if (this.#admitting) return;
		this.#admitting = true;
		this.admitAll();
		this.#admitting = false;
		if (!this.somebodyWaits() || this.#again !== undefined || this.#closed) return;
		this.#again = this.#options.timer.set(() => {
			this.#again = undefined;
			this.admit();
		}, againMs);
	}

	private admitAll(): void {
		for (const door of this.#doors) {
			while (door.waiting > 0 && !this.#closed && this.makeRoom()) {
				const from = door.listener.read();
				if (from === undefined) {
					door.waiting = 0;
					break;
				}
				door.waiting--;
				this.accept(door.endpoint, from);
			}
		}
	}

	private accept(endpoint: Endpoint, from: NonNullable<ReturnType<Listener["read"]>>): void {
		try {
			this.#connections.push(new ServerConnection(this.#shared, endpoint, from));
			this.#highest = Math.max(this.#highest, this.#connections.length);
		} catch {
			// Without memory for one more, or the client has gone already: those who are here go on.
			from.close();
		}
	}

	private makeRoom(): boolean {
		if (this.#connections.length < this.mostNow()) return true;
		const oldest = (list: ServerConnection[]): ServerConnection | undefined =>
			list.reduce<ServerConnection | undefined>(
				(found, item) => (found === undefined || item.waitingMs > found.waitingMs ? item : found),
				undefined,
			);
		const late = (item: ServerConnection): boolean => item.waitingMs >= this.#shared.timeouts.graceMs;
		const leaving = oldest(this.#connections.filter(({ idle }) => idle)) ?? oldest(this.#connections.filter(late));
		leaving?.close();
		return leaving !== undefined;
	}

	/** For a connection that has ended. */
	forget(connection: ServerConnection): void {
		const index = this.#connections.indexOf(connection);
		if (index >= 0) this.#connections.splice(index, 1);
		if (this.somebodyWaits()) this.admit();
	}

	private mostNow(): number {
		return this.#options.connections?.() ?? 4;
	}

	private somebodyWaits(): boolean {
		return this.#doors.some(({ waiting }) => waiting > 0);
	}
}
