// SPDX-License-Identifier: Apache-2.0
//
// One request as its caller sees it: what a connection reports becomes onHeaders, onReadable and exactly one onDone, never from
// inside get, read, discard or cancel, and none after cancel.
//
//	queued -> running -> ending -> over          cancel: any -> over          a closed kept connection: running -> queued, once

import type { TimerHandle } from "../ecma419/timer.js";
import type { Connection } from "./connection.js";
import type { Exchange } from "./connection-ports.js";
import type { DebugPort } from "../debug/port.js";
import { Deadline, type DeadlineOwner, type TimeSource } from "./deadline.js";
import { tellEnd, tellRequest, tellResponse } from "./debug-text.js";
import { HTTPError } from "./errors.js";
import type { ResponseHead } from "./framing.js";
import type { Headers } from "./headers.js";
import type { HTTPLimits, HTTPTimeouts } from "./options.js";
import { buildRequestHead, type HeaderPairs } from "./request-head.js";
import { originOf, parseURL, type ParsedURL } from "./url.js";

export interface GetOptions {
	readonly url: ParsedURL | string;
	/** Header fields besides Host, Connection, Accept and Accept-Encoding. */
	readonly headers?: HeaderPairs;
	/** Longest body taken, in bytes; default: the client's. */
	readonly bodyBytes?: number | undefined;
	/** From `get` to `onDone`, 0: no limit; default: the client's. */
	readonly totalMs?: number | undefined;
	/** Whether the client's certificate may be shown to this server; default true. */
	readonly identified?: boolean;
	/** The head of the final response is there. */
	onHeaders?(status: number, headers: Headers, reason: string): void;
	/**
	 * At least `count` body bytes can be read. Comes again only for what this call did not announce; so read until 0, or come back
	 * for the rest. Without this call-back the body is dropped.
	 */
	onReadable?(count: number): void;
	/** The body has been read to its end, or `error` says why not. */
	onDone?(error?: HTTPError): void;
}

export interface HTTPRequest {
	/** The response came over TLS from a server that has proved who it is; false before there is a response. */
	readonly verified: boolean;
	/** Until when the certificates that proved it are valid, milliseconds since 1970; `undefined` where that is not known. */
	readonly verifiedUntil: number | undefined;
	/** Reads body bytes, as far as data goes. @returns count; 0: nothing now, or no more */
	read(buffer: Uint8Array): number;
	/** Drops the rest of the body; `onDone` still comes. */
	discard(): void;
	/** Ends it; no call-back comes any more, and the connection is closed unless the body was at its end. */
	cancel(): void;
}

/** What a request wants of its client. */
export interface RequestOwner {
	readonly time: TimeSource;
	readonly limits: HTTPLimits;
	readonly timeouts: HTTPTimeouts;
	readonly debug: DebugPort | undefined;
	/** Queue it again, in front. */
	retry(request: PendingRequest): void;
	/** It has ended: forget it, and `connection` too, if given, which is closed. */
	over(request: PendingRequest, connection?: Connection): void;
}

type Wait = "HTTP_TIMEOUT_QUEUE" | "HTTP_TIMEOUT_TOTAL";

const nothing = new Uint8Array(0);

export class PendingRequest implements HTTPRequest, Exchange, DeadlineOwner<Wait> {
	readonly url: ParsedURL;
	readonly identified: boolean;
	/** Connections of the same key may serve it. */
	readonly key: string;
	/** Empty once the answer has begun: it is not sent again then. */
	request: Uint8Array;
	readonly limits: HTTPLimits;
	readonly #owner: RequestOwner;
	readonly #options: GetOptions;
	/** Of the queue, while it waits there. */
	#deadline: Deadline<Wait> | undefined;
	/** Where there is a limit for the whole. */
	#total: Deadline<Wait> | undefined;
	#state: "queued" | "running" | "ending" | "over" = "queued";
	#connection: Connection | undefined;
	#deferred: TimerHandle | undefined;
	#error: HTTPError | undefined;
	#retried = false;
	#announced = 0;
	#discarding: Uint8Array | undefined;
	#discarded = 0;
	#verified = false;
	#verifiedUntil: number | undefined;

	/** @throws URLError; HTTPError as `buildRequestHead` */
	constructor(owner: RequestOwner, options: GetOptions) {
		this.url = typeof options.url === "string" ? parseURL(options.url) : options.url;
		this.identified = options.identified ?? true;
		// What one connection has proved must not be lent to a request that may not prove it.
		this.key = `${this.identified ? "" : "anonymous "}${originOf(this.url)}`;
		this.request = buildRequestHead(this.url, options.headers);
		const { bodyBytes } = options;
		this.limits = bodyBytes === undefined ? owner.limits : { ...owner.limits, bodyBytes };
		this.#owner = owner;
		this.#options = options;
		this.enqueue();
		const totalMs = options.totalMs ?? owner.timeouts.totalMs;
		if (totalMs <= 0) return;
		this.#total = new Deadline(owner.time, this);
		this.#total.start("HTTP_TIMEOUT_TOTAL", totalMs);
	}

	private enqueue(): void {
		const { time, timeouts } = this.#owner;
		this.#deadline = new Deadline(time, this);
		this.#deadline.start("HTTP_TIMEOUT_QUEUE", timeouts.queueMs);
	}

	private dequeue(): void {
		this.#deadline?.close();
		this.#deadline = undefined;
	}

	begin(connection: Connection): void {
		this.#state = "running";
		this.dequeue();
		this.#connection = connection;
		if (connection.idle) this.#owner.debug?.line?.(`: connection to ${connection.key} used again`);
		connection.start(this);
	}

	get verified(): boolean {
		return this.#verified;
	}

	get verifiedUntil(): number | undefined {
		return this.#verifiedUntil;
	}

	read(buffer: Uint8Array): number {
		const connection = this.#connection;
		if (!connection) return 0;
		const count = connection.read(buffer);
		this.#announced -= count;
		// What lies behind a chunk line has not been announced; the socket will not do it.
		if (this.#connection && this.#announced <= 0 && connection.readable > 0) this.defer();
		return count;
	}

	discard(): void {
		if (this.#state === "over" || this.#discarding) return;
		this.#discarding = new Uint8Array(this.limits.scratchBytes);
		this.drain();
	}

	cancel(): void {
		if (this.#state !== "over") this.release("over");
	}

	onSend(): void {
		tellRequest(this.#owner.debug, this.request);
	}

	onHead(head: ResponseHead): void {
		this.request = nothing;
		tellResponse(this.#owner.debug, head);
		this.#verified = this.#connection?.verified === true;
		this.#verifiedUntil = this.#connection?.verifiedUntil;
		if (!this.#options.onReadable) this.discard();
		this.#options.onHeaders?.(head.status, head.headers, head.reason);
	}

	onReadable(count: number): void {
		if (this.#discarding) return this.drain();
		this.#announced = count;
		this.#options.onReadable?.(count);
	}

	onEnd(error: HTTPError | undefined, mayRetry: boolean): void {
		const kept = this.#connection?.idle === true;
		this.#connection = undefined;
		// A new connection never says so twice; the count is the bound all the same.
		const again = mayRetry && !this.#retried;
		tellEnd(this.#owner.debug, error, kept, again);
		if (!again) return this.end(error);
		this.#retried = true;
		this.#state = "queued";
		this.enqueue();
		this.#owner.retry(this);
	}

	private drain(): void {
		const buffer = this.#discarding;
		while (buffer && this.#connection) {
			const count = this.#connection.read(buffer);
			if (count === 0) return;
			this.#discarded += count;
			// To read on would cost more than a new connection.
			if (this.#discarded > this.limits.discardBytes) this.end(undefined);
		}
	}

	/** Ends it, and tells the caller in a turn of its own. */
	private end(error: HTTPError | undefined): void {
		this.release("ending");
		this.#error = error;
		this.defer();
	}

	private release(state: "ending" | "over"): void {
		const connection = this.#connection;
		this.#state = state;
		this.#connection = undefined;
		this.dequeue();
		this.#total?.close();
		this.#owner.time.timer.clear(this.#deferred);
		this.#deferred = undefined;
		connection?.close();
		this.#owner.over(this, connection);
	}

	private defer(): void {
		this.#deferred ??= this.#owner.time.timer.set(() => this.turn(), 0);
	}

	private turn(): void {
		this.#deferred = undefined;
		if (this.#state === "ending") {
			this.#state = "over";
			this.#options.onDone?.(this.#error);
			return;
		}
		const readable = this.#connection?.readable ?? 0;
		if (readable > 0) this.onReadable(readable);
	}

	/** For the deadlines. */
	expired(code: Wait): void {
		const what = code === "HTTP_TIMEOUT_QUEUE" ? "no free connection in time" : "the request took too long";
		this.end(new HTTPError(code, what));
	}
}
