// SPDX-License-Identifier: Apache-2.0
//
// HTTP/1.1 client for GET (RFC 9110, RFC 9112) over ECMA-419 sockets: keeps connections, one per origin, and gives each waiting
// request one in turn. Authentication, redirects and tries again after a failure belong to the layer above.

import type { Resolver } from "../ecma419/resolver.js";
import type { DebugPort } from "../debug/port.js";
import type { TCPOptions } from "../ecma419/tcp.js";
import { Connection } from "./connection.js";
import type { ConnectionOwner } from "./connection-ports.js";
import type { TimeSource } from "./deadline.js";
import { HTTPError } from "./errors.js";
import {
	defaultLimits,
	defaultTimeouts,
	type HTTPClientOptions,
	type HTTPLimits,
	type HTTPTimeouts,
	type SecureSocket,
} from "./options.js";
import { PendingRequest, type GetOptions, type HTTPRequest, type RequestOwner } from "./request.js";
import type { ParsedURL } from "./url.js";

export { HTTPError, type HTTPErrorCode } from "./errors.js";
export { Headers } from "./headers.js";
export type { HTTPClientOptions, HTTPLimits, HTTPTimeouts, SecureSocket } from "./options.js";
export type { GetOptions, HTTPRequest } from "./request.js";

export class HTTPClient implements RequestOwner, ConnectionOwner {
	readonly #options: HTTPClientOptions;
	readonly limits: HTTPLimits;
	readonly timeouts: HTTPTimeouts;
	#connections: Connection[] = [];
	#queue: PendingRequest[] = [];
	#running: PendingRequest[] = [];
	#closed = false;

	constructor(options: HTTPClientOptions) {
		this.#options = options;
		this.limits = options.limits === undefined ? defaultLimits : { ...defaultLimits, ...options.limits };
		this.timeouts = options.timeouts === undefined ? defaultTimeouts : { ...defaultTimeouts, ...options.timeouts };
	}

	get time(): TimeSource {
		return this.#options;
	}

	get debug(): DebugPort | undefined {
		return this.#options.debug;
	}

	get resolver(): Resolver {
		return this.#options.resolver;
	}

	/**
	 * Begins a GET. What goes wrong later comes through `onDone`.
	 * @throws URLError for a bad URL; HTTPError HTTP_NO_TLS, HTTP_QUEUE_LIMIT, HTTP_CLIENT_CLOSED, and those of bad headers; nothing
	 * has been started then
	 */
	get(options: GetOptions): HTTPRequest {
		if (this.#closed) throw new HTTPError("HTTP_CLIENT_CLOSED", "client is closed");
		if (this.#queue.length >= this.limits.queued) throw new HTTPError("HTTP_QUEUE_LIMIT", "too many requests wait");
		const request = new PendingRequest(this, options);
		if (request.url.scheme === "https" && !this.#options.secure) {
			request.cancel();
			throw new HTTPError("HTTP_NO_TLS", "https needs TLS, which this client was not given");
		}
		this.#queue.push(request);
		this.pump();
		return request;
	}

	/** Cancels all requests and closes all connections; no call-back comes afterwards. May be called twice. */
	close(): void {
		this.#closed = true;
		for (const request of [...this.#queue, ...this.#running]) request.cancel();
		for (const connection of this.#connections) connection.close();
		this.#connections = [];
	}

	/** For its requests. */
	retry(request: PendingRequest): void {
		this.#running = this.#running.filter((item) => item !== request);
		this.#queue.unshift(request);
		this.pump();
	}

	/** For its requests. */
	over(request: PendingRequest, connection?: Connection): void {
		this.#queue = this.#queue.filter((item) => item !== request);
		this.#running = this.#running.filter((item) => item !== request);
		if (connection) this.forget(connection);
		this.pump();
	}

	/** For its connections: this one has closed itself. */
	onClosed(connection: Connection): void {
		this.debug?.line?.(`: connection to ${connection.key} closed`);
		this.forget(connection);
	}

	private forget(connection: Connection): void {
		this.#connections = this.#connections.filter((item) => item !== connection);
	}

	/** Starts every waiting request that can have a connection, oldest first. */
	private pump(): void {
		let index = 0;
		while (!this.#closed && index < this.#queue.length) {
			const request = this.#queue[index];
			const connection = this.claim(request);
			if (!connection) {
				index++;
				continue;
			}
			this.#queue.splice(index, 1);
			this.#running.push(request);
			request.begin(connection);
			// What `begin` set off may have changed the queue.
			index = 0;
		}
	}

	private claim(request: PendingRequest): Connection | undefined {
		const same = this.#connections.find((item) => item.key === request.key);
		if (same) return same.idle ? same : undefined;
		const evicted = this.spare();
		if (evicted) {
			evicted.close();
			this.forget(evicted);
		}
		return this.#connections.length < this.limits.connections ? this.connect(request) : undefined;
	}

	/** An idle connection that makes room, when there is none. */
	private spare(): Connection | undefined {
		if (this.#connections.length < this.limits.connections) return undefined;
		return this.#connections.find((item) => item.idle);
	}

	private connect(request: PendingRequest): Connection {
		const connection = new Connection(this, request);
		this.#connections.push(connection);
		return connection;
	}

	/** For its connections. */
	open(url: ParsedURL, identified: boolean, socketOptions: TCPOptions): SecureSocket {
		const { io: Socket, secure, debug } = this.#options;
		debug?.line?.(`: connects to ${socketOptions.address} port ${socketOptions.port}`);
		return url.scheme === "https" && secure ? secure(url, { identified })(socketOptions) : new Socket(socketOptions);
	}
}
