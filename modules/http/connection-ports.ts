// SPDX-License-Identifier: Apache-2.0
//
// Whom a connection of the HTTP client deals with: the client that has opened it, and the request that it serves.

import type { Resolver } from "../ecma419/resolver.js";
import type { TCPOptions } from "../ecma419/tcp.js";
import type { Connection } from "./connection.js";
import type { TimeSource } from "./deadline.js";
import type { HTTPError } from "./errors.js";
import type { ResponseHead } from "./framing.js";
import type { HTTPLimits, HTTPTimeouts, SecureSocket } from "./options.js";
import type { ResponseLimits } from "./response-parser.js";
import type { ParsedURL } from "./url.js";

/** What a connection does for one request and tells about it. `onEnd` may come from inside `start` and `read`. */
export interface Exchange {
	/** Bytes of the request. */
	readonly request: Uint8Array;
	readonly limits: ResponseLimits;
	/** Its request goes out now. */
	onSend(): void;
	onHead(head: ResponseHead): void;
	/** At least `count` body bytes can be read now. */
	onReadable(count: number): void;
	/**
	 * Over; the connection is idle or closed. @param mayRetry the server closed a kept connection before it answered: sending again
	 * is safe (RFC 9112 section 9.3.1)
	 */
	onEnd(error: HTTPError | undefined, mayRetry: boolean): void;
}

/** What a connection needs of its client. */
export interface ConnectionOwner {
	readonly time: TimeSource;
	readonly timeouts: HTTPTimeouts;
	readonly limits: HTTPLimits;
	readonly resolver: Resolver;
	/** Opens a socket to the host of the URL. */
	open(url: ParsedURL, identified: boolean, options: TCPOptions): SecureSocket;
	/** Closed by itself, not by `close`. */
	onClosed(connection: Connection): void;
}

/** What a connection is made for: the first of its requests. */
export interface Origin {
	readonly url: ParsedURL;
	/** Which requests it may serve. */
	readonly key: string;
	/** Whether the client's certificate may be shown. */
	readonly identified: boolean;
}
