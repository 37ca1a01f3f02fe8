// SPDX-License-Identifier: Apache-2.0
//
// Options of the HTTP client with their defaults.

import type { Resolver } from "../ecma419/resolver.js";
import type { TCP, TCPConstructor, TCPOptions } from "../ecma419/tcp.js";
import type { TimerService } from "../ecma419/timer.js";
import type { DebugPort } from "../debug/port.js";
import { defaultResponseLimits, type ResponseLimits } from "./response-parser.js";
import type { ParsedURL } from "./url.js";

export interface HTTPLimits extends ResponseLimits {
	/** Connections at a time, over all origins; one per origin. */
	connections: number;
	/** Requests that wait for a connection. */
	queued: number;
	/** Bytes of the buffer that head and chunk lines pass through, one per connection. */
	scratchBytes: number;
	/** Body bytes read and dropped to keep a connection; for more it is closed. */
	discardBytes: number;
}

/** Milliseconds, unless the name says otherwise. */
export interface HTTPTimeouts {
	/** Wait for a connection that another request uses. */
	queueMs: number;
	resolveMs: number;
	/** TCP, and TLS where there is any. */
	connectMs: number;
	/** From the first byte of the request to the end of the response head. */
	responseMs: number;
	/** Wait for the next bytes of a body. */
	idleMs: number;
	/** From `get` to `onDone`, 0: no limit. */
	totalMs: number;
	/** Least rate of a body while it is waited for, 0: no limit. */
	leastBytesPerSecond: number;
	/** Waiting time over which the rate is measured. */
	rateWindowMs: number;
	/** How long an idle connection is kept. */
	keepMs: number;
}

/** A socket for https. */
export interface SecureSocket extends TCP {
	/** The peer has proved, by its certificate, that it is the host of the URL. */
	readonly verified?: boolean;
	/** Until when its certificates are valid, milliseconds since 1970; `undefined` where that is not known. */
	readonly verifiedUntil?: number | undefined;
}

export interface HTTPClientOptions {
	/** Socket class for http. */
	io: TCPConstructor;
	/**
	 * Maker of sockets for https: gets the URL (host name, port) and gives a function that opens a socket of the same shape.
	 * With `identified: false` the client's certificate must not be shown.
	 */
	secure?: (url: ParsedURL, options: { identified: boolean }) => (options: TCPOptions) => SecureSocket;
	resolver: Resolver;
	timer: TimerService;
	/** Monotonic milliseconds. */
	ticks: () => number;
	/** Told of requests, responses and connections. */
	debug?: DebugPort | undefined;
	limits?: Partial<HTTPLimits>;
	timeouts?: Partial<HTTPTimeouts>;
}

export const defaultLimits: Readonly<HTTPLimits> = {
	...defaultResponseLimits,
	connections: 2,
	queued: 8,
	scratchBytes: 512,
	discardBytes: 16384,
};

export const defaultTimeouts: Readonly<HTTPTimeouts> = {
	queueMs: 120_000,
	resolveMs: 15_000,
	connectMs: 15_000,
	responseMs: 30_000,
	idleMs: 30_000,
	totalMs: 0,
	leastBytesPerSecond: 64,
	rateWindowMs: 60_000,
	keepMs: 4_000,
};
