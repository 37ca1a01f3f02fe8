// SPDX-License-Identifier: Apache-2.0
//
// One GET as promises: the head of the response, then its body at the pace of the reader (nothing is buffered here; what
// is not read stays with the HTTP client, then with TCP). Every wait ends: with data, the end, an error or the deadline.

import type { Credentials } from "../http/credentials.js";
import { Deadline, type DeadlineOwner, type TimeSource } from "../http/deadline.js";
import type { Abort } from "./abort.js";
import { UpdateError } from "./error.js";
import type { RangeRequest } from "../http/range.js";
import type { HeadersPort, HTTPGetOptions, HTTPPort, HTTPRequestPort } from "./interfaces.js";

/** Longest wait for anything to happen; the HTTP client's own deadlines are shorter. */
const defaultDeadlineMs = 120000;

export interface ExchangeOptions {
	client: HTTPPort;
	time: TimeSource;
	/** May hold credentials. */
	url: string;
	headers: [string, string][];
	/** For a server that asks, where the URL names no user. */
	credentials?: readonly Credentials[];
	/** Only this part of the file. */
	range?: RangeRequest | undefined;
	/** Longest silence, milliseconds; default 120000. */
	deadlineMs?: number;
	/** Ends it early, with an error. */
	abort?: Abort;
}

type KeptField = "content-length" | "date" | "etag" | "last-modified" | "retry-after";

/** Fields of a response that are asked for later: beside a download the others would only take room. */
const keptFields: readonly KeptField[] = Object.freeze([
	"content-length",
	"date",
	"etag",
	"last-modified",
	"retry-after",
]);

const none: readonly never[] = Object.freeze([]);

/** It is what it hands the client, too: an object of its own with three functions would take a kilobyte as long as the body comes. */
export class Exchange implements DeadlineOwner<"stalled">, HTTPGetOptions {
	/** Until the head is there. */
	#options: ExchangeOptions | undefined;
	#request: HTTPRequestPort | undefined;
	#error: Error | undefined;
	#ended = false;
	#bytes = 0;
	/** Whoever waits. */
	#callback: (() => void) | undefined;
	readonly #deadline: Deadline<"stalled">;
	readonly #deadlineMs: number;
	readonly #abort: Abort | undefined;
	#status = 0;
	/** Values of `keptFields`; `undefined` until the head of the response is there. */
	#fields: (string | undefined)[] | undefined;
	#verified = false;
	#verifiedUntil: number | undefined;

	/** Sends the request. A client that refuses it at once (bad URL) is reported by `response`. */
	constructor(options: ExchangeOptions) {
		this.#deadline = new Deadline(options.time, this);
		this.#deadlineMs = options.deadlineMs ?? defaultDeadlineMs;
		this.#abort = options.abort;
		this.#abort?.listen(() => this.fail(this.#abort?.error));
		this.#options = options;
		try {
			this.#request = options.client.get(this);
		} catch (error) {
			this.#error = error instanceof Error ? error : new UpdateError("UPDATE_INTERNAL", String(error));
			this.#ended = true;
		}
	}

	get url(): string {
		return this.#options?.url ?? "";
	}

	get headers(): HTTPGetOptions["headers"] {
		return this.#options?.headers ?? none;
	}

	get credentials(): readonly Credentials[] {
		return this.#options?.credentials ?? none;
	}

	get range(): RangeRequest | undefined {
		return this.#options?.range;
	}

	get fields(): readonly string[] {
		return keptFields;
	}

	/** Status of the response, also of one that the client could not go on from; 0 before it is there. */
	get status(): number {
		return this.#status;
	}

	/** Body bytes read so far. */
	get bytes(): number {
		return this.#bytes;
	}

	/** What broke the exchange. */
	get error(): Error | undefined {
		return this.#error;
	}

	/** Whether the head of the response is from a server that has proved who it is. */
	get verified(): boolean {
		return this.#verified;
	}

	/** Until when its certificates are valid, milliseconds since 1970; `undefined` where that is not known. */
	get verifiedUntil(): number | undefined {
		return this.#verifiedUntil;
	}

	/** @returns value of a response header, of those that are kept; `undefined` when absent */
	header(name: KeptField): string | undefined {
		return this.#fields?.[keptFields.indexOf(name)];
	}

	/** Length of the body where the server says it. */
	get length(): number | undefined {
		const text = this.header("content-length");
		return text !== undefined && /^[0-9]{1,10}$/.test(text) ? Number(text) : undefined;
	}

	/**
	 * Waits for the head of the response.
	 * @returns its status
	 * @throws the client's error, UpdateError UPDATE_STALLED
	 */
	async response(): Promise<number> {
		while (this.#fields === undefined && !this.#ended) await this.event();
		if (this.#error !== undefined) throw this.#error;
		if (this.#fields === undefined) throw new UpdateError("UPDATE_NO_RESPONSE", "the request ended without a response");
		return this.#status;
	}

	/**
	 * Reads body bytes as they come.
	 * @returns bytes put into `buffer`; 0 at the end of a complete body
	 * @throws as `response`; the rest of the body is lost then
	 */
	async read(buffer: Uint8Array): Promise<number> {
		for (;;) {
			if (this.#error !== undefined) throw this.#error;
			if (this.#ended) return 0;
			const count = this.readNow(buffer);
			if (count > 0) return count;
			if (!this.#ended) await this.event();
		}
	}

	/** As `read`, of what is there now. @returns 0 where `read` would wait, end or throw */
	readNow(buffer: Uint8Array): number {
		if (this.#error !== undefined || this.#ended) return 0;
		const count = this.#request?.read(buffer) ?? 0;
		this.#bytes += count;
		return count;
	}

	/**
	 * Asks to be told when `readNow` is worth another try: data, the end, an error or the deadline has come. Costs less than a promise.
	 * @returns `false` when there is nothing to wait for; `read` tells why
	 */
	wait(callback: () => void): boolean {
		if (this.#ended || this.#error !== undefined) return false;
		this.#callback = callback;
		this.#deadline.start("stalled", this.#deadlineMs);
		return true;
	}

	/** Reads and drops what is left, at most `limit` bytes, so that the connection can be used again. */
	async drain(limit: number): Promise<void> {
		const buffer = new Uint8Array(1024);
		const end = this.#bytes + limit;
		while ((await this.read(buffer)) > 0) {
			if (this.#bytes > end) return this.cancel();
		}
	}

	/** Drops the rest of the response; harmless when it is complete. */
	cancel(): void {
		this.#abort?.listen(undefined);
		this.#deadline.close();
		if (this.#ended) return;
		this.#ended = true;
		this.#request?.cancel();
	}

	/** For the client. */
	onHeaders(status: number, headers: HeadersPort): void {
		this.#status = status;
		this.#fields = keptFields.map((name) => headers.get(name));
		this.#verified = this.#request?.verified === true;
		this.#verifiedUntil = this.#request?.verifiedUntil;
		this.#options = undefined;
		this.wake();
	}

	/** For the client. */
	onReadable(): void {
		this.wake();
	}

	/** For the client. */
	onDone(error?: Error): void {
		this.#ended = true;
		this.#error = error;
		if (error !== undefined && "status" in error && typeof error.status === "number") this.#status = error.status;
		this.#deadline.close();
		this.wake();
	}

	/** For the deadline. */
	expired(): void {
		this.fail(new UpdateError("UPDATE_STALLED", `nothing happened for ${this.#deadlineMs} ms`));
	}

	private fail(error: UpdateError | undefined): void {
		this.#error ??= error;
		this.cancel();
		this.wake();
	}

	private wake(): void {
		const callback = this.#callback;
		if (callback === undefined) return;
		this.#callback = undefined;
		this.#deadline.stop();
		callback();
	}

	private event(): Promise<void> {
		return new Promise((resolve) => {
			if (!this.wait(resolve)) resolve();
		});
	}
}
