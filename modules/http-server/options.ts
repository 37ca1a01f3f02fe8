// SPDX-License-Identifier: Apache-2.0
//
// Options of the HTTP server, their defaults, and what a handler sees of one request.

import type { ListenerConstructor } from "../ecma419/listener.js";
import type { Acceptor } from "../ecma419/tcp.js";
import type { TimerService } from "../ecma419/timer.js";
import type { DebugPort } from "../debug/port.js";
import type { TimeSource } from "../http/deadline.js";
import type { ServerConnection } from "./connection.js";
import type { RequestHead } from "./request-framing.js";
import type { RequestLimits } from "./request-parser.js";

export interface ServerTimeouts {
	/** From the first byte (or the connection) to the end of the head, ms. */
	headMs: number;
	/** A kept connection without a request, ms. */
	keepMs: number;
	/** Between two pieces of a body, either way, ms. */
	idleMs: number;
	/** Least rate of a body while this side waits for the client, over `rateWindowMs` of waiting; 0 is off. */
	leastBytesPerSecond: number;
	rateWindowMs: number;
	/** After this time without a whole head a connection makes room for another, ms. */
	graceMs: number;
	/** How long a rest of a refused request is read, so that the answer arrives, ms. */
	lingerMs: number;
}

export const defaultServerTimeouts: Readonly<ServerTimeouts> = Object.freeze({
	headMs: 10_000,
	keepMs: 15_000,
	idleMs: 20_000,
	leastBytesPerSecond: 128,
	rateWindowMs: 20_000,
	graceMs: 1_000,
	lingerMs: 1_000,
});

/** One request and the way to answer it. All methods throw or reject with HTTPError once the connection is lost: the handler just ends then. */
export interface ServerExchange {
	readonly head: RequestHead;
	/** Came by TLS. */
	readonly secure: boolean;
	/** Address of the client, or "". */
	readonly remoteAddress: string;
	/** Length of the body where the head says it. */
	readonly length: number | undefined;
	/** The client is still there. */
	readonly open: boolean;
	/** A response has begun. */
	readonly begun: boolean;
	/** Told once when the client goes before the response has ended; set it to `undefined` when done. */
	onGone: (() => void) | undefined;
	/** Reads body bytes. @returns count; 0 at the end of the body */
	read(buffer: Uint8Array): Promise<number>;
	/** Sends a whole response. */
	respond(status: number, headers: ResponseHeaders, body?: Uint8Array): Sent;
	/** Begins a response. @param length of the body; without one it is sent in chunks */
	begin(status: number, headers: ResponseHeaders, length?: number): Sent;
	/** Sends a piece of the body; comes back when the socket has taken it all, which is the back-pressure. */
	write(bytes: Uint8Array): Sent;
	end(): Sent;
	/**
	 * The response goes on when the handler has ended, in turns of whoever called this: a handler that waits all the time takes three
	 * kilobytes with those that wait for it. Only `open`, `onGone`, `write` and `end` are of use then, and `release` has to come.
	 */
	hold(): void;
	/** What was held is over: the next request follows when `end` was called. @param fault what went wrong, as if the handler had thrown it */
	release(fault?: unknown): void;
}

/** To be awaited; nothing to wait for when the socket has taken all at once, which costs no promise. */
export type Sent = Promise<void> | undefined;

export type ResponseHeaders = readonly (readonly [name: string, value: string])[];

export interface Endpoint {
	port: number;
	address?: string;
	/** Makes the sockets: TCP itself, or TLS over it. */
	acceptor: Acceptor;
	/** What it makes is TLS. */
	secure: boolean;
}

export interface HTTPServerOptions {
	readonly Listener: ListenerConstructor;
	readonly timer: TimerService;
	/** Monotonic milliseconds. */
	readonly ticks: () => number;
	readonly endpoints: readonly Endpoint[];
	handler(exchange: ServerExchange): Sent;
	/** Takes what a handler threw besides HTTPError: a fault of the program. Default: nobody is told. */
	onFault?(error: unknown): void;
	/** Told of each response, a line. */
	readonly debug?: DebugPort | undefined;
	/** Most connections at a time, all endpoints together; asked each time, as memory comes and goes. Default 4. */
	connections?(): number;
	/** Bytes of the buffer for heads, one per connection. Default 512. */
	readonly scratchBytes?: number;
	readonly timeouts?: Partial<ServerTimeouts>;
	readonly limits?: Partial<RequestLimits>;
}

/** What all connections of a server share. */
export interface ConnectionOptions {
	readonly time: TimeSource;
	readonly timeouts: ServerTimeouts;
	readonly limits: RequestLimits;
	readonly scratchBytes: number;
	readonly debug: DebugPort | undefined;
	handler(exchange: ServerExchange): Sent;
	onFault(error: unknown): void;
	/** A request has been answered. */
	onIdle(): void;
	onClosed(connection: ServerConnection): void;
}
