// SPDX-License-Identifier: Apache-2.0
//
// One request of a session: as many exchanges as challenges and redirects make it, of which the caller sees the last.
//
//	asking --401, redirect--> dropping its body --end--> asking ...       asking --any other head--> answered --> over

import type { DebugPort } from "../debug/port.js";
import type { Attempt, Authenticator } from "./authenticator.js";
import type { GetOptions, HTTPClient, HTTPRequest } from "./client.js";
import type { Credentials } from "./credentials.js";
import { tellRedirect, tellRefusal } from "./debug-text.js";
import type { DigestUse } from "./digest-session.js";
import { HTTPError } from "./errors.js";
import type { Headers } from "./headers.js";
import { checkPartial, rangeHeaders } from "./range.js";
import { redirectTarget } from "./redirect.js";
import type { HeaderPairs } from "./request-head.js";
import type { SessionGetOptions } from "./session.js";
import { originOf, parseURL, type ParsedURL } from "./url.js";

/** What a request needs of its session. */
export interface SessionOwner {
	readonly client: HTTPClient;
	readonly authenticator: Authenticator;
	readonly debug: DebugPort | undefined;
	/** For requests that say nothing else; 0: no limit. */
	readonly totalMs: number;
	ticks(): number;
	/** It has ended. */
	over(request: SessionRequest): void;
}

const none: readonly never[] = Object.freeze([]);

/** What is asked, and what asks the client: the two have the same shape. */
export class SessionRequest implements HTTPRequest, GetOptions {
	readonly #options: SessionGetOptions;
	readonly #context: SessionOwner;
	#headers: HeaderPairs;
	#credentials: readonly Credentials[];
	readonly #home: string;
	readonly #startTicks: number;
	/** URLs asked so far, the present one last. */
	readonly #visited: ParsedURL[];
	/** Until the answer is judged. */
	#attempt: Attempt | undefined;
	/** Judges the body, where the server has signed that too. */
	#use: DigestUse | undefined;
	#exchange: HTTPRequest | undefined;
	#state: "asking" | "dropping" | "answered" | "over" = "asking";
	/** What comes after the body that is dropped. */
	#next: (() => void) | undefined;
	#discarding = false;
	/** Body bytes that a 206 still owes. */
	#owed: number | undefined;
	/** Whether all responses so far were verified: an unverified redirect leads wherever somebody wants. */
	#verified: boolean | undefined;
	#verifiedUntil: number | undefined;

	/** @throws URLError, HTTPError as HTTPSession.get */
	constructor(options: SessionGetOptions, context: SessionOwner) {
		const url = typeof options.url === "string" ? parseURL(options.url) : options.url;
		this.#options = options;
		this.#context = context;
		this.#headers = [...(options.headers ?? []), ...(options.range ? rangeHeaders(options.range) : [])];
		this.#credentials = ownCredentials(url) ?? options.credentials ?? [];
		this.#home = originOf(url);
		this.#startTicks = context.ticks();
		this.#visited = [url];
		this.#attempt = this.begin(url);
		this.ask();
	}

	get verified(): boolean {
		return this.#verified === true;
	}

	/** Of the last response: it is the one that is believed. */
	get verifiedUntil(): number | undefined {
		return this.verified ? this.#verifiedUntil : undefined;
	}

	read(buffer: Uint8Array): number {
		if (this.#state !== "answered" || this.#exchange === undefined) return 0;
		const count = this.#exchange.read(buffer);
		if (count === 0) return 0;
		if (this.#owed !== undefined) this.#owed -= count;
		this.#use?.takeBody(buffer.subarray(0, count));
		return count;
	}

	discard(): void {
		this.#discarding = true;
		if (this.#state === "answered") this.#exchange?.discard();
	}

	cancel(): void {
		const exchange = this.#exchange;
		if (this.#state !== "over") this.end();
		exchange?.cancel();
	}

	get url(): ParsedURL {
		return this.#visited[this.#visited.length - 1];
	}

	get headers(): HeaderPairs {
		const authorization = this.#attempt?.authorization;
		return authorization === undefined ? this.#headers : [...this.#headers, ["Authorization", authorization]];
	}

	get identified(): boolean {
		return originOf(this.url) === this.#home;
	}

	get bodyBytes(): number | undefined {
		return this.#options.bodyBytes;
	}

	/** What is left of the time for the whole request; at least 1, as 0 would mean no limit. */
	get totalMs(): number | undefined {
		const whole = this.#options.totalMs ?? this.#context.totalMs;
		return whole === 0 ? undefined : Math.max(1, whole - (this.#context.ticks() - this.#startTicks));
	}

	private begin(url: ParsedURL): Attempt {
		const own = originOf(url) === this.#home;
		return this.#context.authenticator.begin(url, own ? this.#credentials : []);
	}

	/** @throws as HTTPClient.get */
	private ask(): void {
		this.#state = "asking";
		this.#exchange = this.#context.client.get(this);
	}

	/** From the client. */
	onHeaders(status: number, headers: Headers, reason: string): void {
		this.#verified = this.#verified !== false && this.#exchange?.verified === true;
		this.#verifiedUntil = this.#exchange?.verifiedUntil;
		try {
			const next = this.judge(status, headers);
			if (next !== undefined) return this.drop(next);
			refuseCoding(status, headers);
			if (status === 206 && this.#options.range) {
				const { first, last } = checkPartial(headers, this.#options.range);
				this.#owed = last - first + 1;
			}
		} catch (error) {
			return this.refuse(error);
		}
		this.answered(headers);
		if (this.#options.onReadable === undefined) this.discard();
		else if (this.#discarding) this.#exchange?.discard();
		this.#options.onHeaders?.(status, headers, reason);
	}

	/** What was needed to ask takes no memory while the body comes. */
	private answered(headers: Headers): void {
		this.#state = "answered";
		const use = this.#attempt?.use;
		if (use?.waitsForBody === true) this.#use = use;
		this.#attempt = undefined;
		this.#headers = none;
		this.#credentials = none;
		this.#visited.length = 0;
		const { fields } = this.#options;
		if (fields !== undefined) headers.retain(fields);
	}

	/** @returns what to do next when this response is not the last. @throws HTTPError when there is no way on */
	private judge(status: number, headers: Headers): (() => void) | undefined {
		const { authenticator, debug } = this.#context;
		const attempt = this.#attempt;
		if (attempt === undefined) throw new RangeError("answered already");
		if (status === 401) {
			authenticator.challenged(attempt, headers);
			debug?.line?.(": the server asks for credentials, and gets them");
			return () => this.ask();
		}
		attempt.use?.takeHead(headers);
		authenticator.accepted(attempt);
		const target = redirectTarget(status, headers, this.#visited, this.#options.redirects);
		if (target === undefined) return undefined;
		tellRedirect(debug, target, originOf(target) === this.#home);
		return () => {
			this.#visited.push(target);
			this.#attempt = this.begin(target);
			this.ask();
		};
	}

	private drop(next: () => void): void {
		this.#state = "dropping";
		this.#next = next;
		this.#exchange?.discard();
	}

	private refuse(error: unknown): void {
		tellRefusal(this.#context.debug, error);
		this.drop(() => {
			throw error;
		});
	}

	/** From the client. */
	onReadable(count: number): void {
		if (this.#state === "answered") this.#options.onReadable?.(count);
	}

	/** From the client. */
	onDone(error: HTTPError | undefined): void {
		this.#exchange = undefined;
		const next = this.#next;
		this.#next = undefined;
		// The head has said enough; how the body of a challenge or redirect ends does not matter.
		if (next !== undefined) return this.proceed(next);
		const fault = error ?? this.fault();
		this.end();
		this.#options.onDone?.(fault);
	}

	private proceed(next: () => void): void {
		try {
			next();
		} catch (error) {
			this.end();
			this.#options.onDone?.(asHTTPError(error));
		}
	}

	/** @returns what is wrong with a body that came whole */
	private fault(): HTTPError | undefined {
		if (this.#discarding) return undefined;
		if (this.#owed !== undefined && this.#owed !== 0)
			return new HTTPError("HTTP_CONTENT_RANGE", "the body has not the length of the range", { status: 206 });
		try {
			this.#use?.end();
			return undefined;
		} catch (error) {
			return asHTTPError(error);
		}
	}

	private end(): void {
		this.#state = "over";
		this.#exchange = undefined;
		this.#next = undefined;
		this.#context.over(this);
	}
}

/** Credentials of the URL win over all others; an empty user is none. */
function ownCredentials({ user, password = "" }: ParsedURL): Credentials[] | undefined {
	return user === undefined || user === "" ? undefined : [{ user, password, unasked: true }];
}

/** A coding that was not asked for would be taken for the file itself (RFC 9110 section 8.4). */
function refuseCoding(status: number, headers: Headers): void {
	if (status !== 200 && status !== 206) return;
	const coding = headers.getAll("content-encoding").join();
	if (coding !== "" && coding.toLowerCase() !== "identity")
		throw new HTTPError("HTTP_CONTENT_ENCODING", "the body is compressed, which was not asked for", { status });
}

function asHTTPError(error: unknown): HTTPError {
	if (error instanceof HTTPError) return error;
	throw error;
}
