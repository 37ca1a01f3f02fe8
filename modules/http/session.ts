// SPDX-License-Identifier: Apache-2.0
//
// GET as a person means it: HTTPClient with authentication, redirects and ranges. Credentials, and the client's certificate, go
// to the origin of the URL that was asked for and to no other. Leaves out tries after failures: the caller knows how often.

import type { DebugPort } from "../debug/port.js";
import { Authenticator } from "./authenticator.js";
import { HTTPClient, type GetOptions, type HTTPClientOptions, type HTTPRequest } from "./client.js";
import type { Credentials } from "./credentials.js";
import { HTTPError } from "./errors.js";
import type { RangeRequest } from "./range.js";
import { type SessionOwner, SessionRequest } from "./session-request.js";

export { HTTPError, type HTTPErrorCode } from "./errors.js";
export type { Credentials } from "./credentials.js";
export type { HTTPRequest } from "./client.js";
export type { RangeRequest } from "./range.js";

export interface HTTPSessionOptions extends HTTPClientOptions {
	/** Fills with bytes that nobody can guess. */
	random: (bytes: Uint8Array) => void;
}

/** `headers` may not hold Authorization, nor Range and If-Range together with `range`. */
export interface SessionGetOptions extends GetOptions {
	/** For a server that asks, where the URL has no user: the first that fits the challenge. */
	readonly credentials?: readonly Credentials[];
	/** Redirects followed, default 5. */
	readonly redirects?: number;
	/** Only this part; the answer is a 206 that has been checked, or a 200 with the whole file. */
	readonly range?: RangeRequest | undefined;
	/** Fields of the response that are looked at, in lower case: the others are forgotten when it is judged. Default: all are kept. */
	readonly fields?: readonly string[] | undefined;
}

export class HTTPSession implements SessionOwner {
	readonly client: HTTPClient;
	readonly authenticator: Authenticator;
	readonly #options: HTTPSessionOptions;
	#requests: SessionRequest[] = [];

	constructor(options: HTTPSessionOptions) {
		this.client = new HTTPClient(options);
		this.authenticator = new Authenticator(options.random);
		this.#options = options;
	}

	/** Of a whole request, 0: no limit. */
	get totalMs(): number {
		return this.#options.timeouts?.totalMs ?? 0;
	}

	get debug(): DebugPort | undefined {
		return this.#options.debug;
	}

	ticks(): number {
		return this.#options.ticks();
	}

	/**
	 * Begins a GET; as HTTPClient.get, for the last response of it. A 401 that cannot be answered and a redirect that is not followed
	 * are errors with `status`.
	 * @throws as HTTPClient.get; HTTPError HTTP_CREDENTIALS, HTTP_RANGE
	 */
	get(options: SessionGetOptions): HTTPRequest {
		if (options.headers?.some(([name]) => name.toLowerCase() === "authorization"))
			throw new HTTPError("HTTP_HEADER_RESERVED", "header that the client sets itself");
		const request = new SessionRequest(options, this);
		this.#requests.push(request);
		return request;
	}

	/** For its requests: this one has ended. */
	over(request: SessionRequest): void {
		this.#requests = this.#requests.filter((item) => item !== request);
	}

	/** Cancels all requests and closes all connections; no call-back comes afterwards. May be called twice. */
	close(): void {
		for (const request of [...this.#requests]) request.cancel();
		this.client.close();
	}
}
