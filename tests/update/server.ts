// SPDX-License-Identifier: Apache-2.0
//
// A provisioning server without a network: stands in for the HTTP client, answers conditional requests as nginx does
// (If-Modified-Since only when equal to Last-Modified), sends the rest of a file, and misbehaves when told to.

import type { Credentials } from "../../modules/http/credentials.js";
import { Headers } from "../../modules/http/headers.js";
import { checkPartial, rangeHeaders, type RangeRequest } from "../../modules/http/range.js";
import type { HTTPGetOptions, HTTPPort, HTTPRequestPort } from "../../modules/update/interfaces.js";
import { formatHTTPDate } from "../../modules/http/dates.js";
import type { TimerHandle, TimerService } from "../../modules/ecma419/timer.js";

export interface ServedFile {
	body: Uint8Array;
	/** Last-Modified; none: the server sends none. */
	modifiedMs?: number;
	etag?: string;
	/** Instead of 200. */
	status?: number;
	/** The connection breaks after so many bytes of the file. */
	breakAt?: number;
	/** The connection breaks after so many bytes of each response. */
	breakAfter?: number;
	/** What becomes of Range: nothing (a 200), 416, or a 206 with this Content-Range. */
	range?: "ignored" | "refused" | `bytes ${string}`;
	/** Never answers 304. */
	ignoresConditions?: boolean;
	/** Answers nothing at all. */
	silent?: boolean;
	/** The response does not say its length. */
	unannounced?: boolean;
	/** Of an https URL: the certificate was not looked at. */
	unverified?: boolean;
	/** When the certificates of that server end, ms since 1970. */
	verifiedUntil?: number;
	/** Told how many body bytes have been handed over. */
	onSent?: (bytes: number) => void;
	/** More header fields, names in lower case. */
	fields?: Record<string, string>;
	/** The client gives up with this code at a response of `status`; with one of TLS before there is any. */
	refusal?: string;
}

export interface SeenRequest {
	url: string;
	headers: Record<string, string>;
	/** Body bytes handed over. */
	sent: number;
	cancelled: boolean;
	status: number;
	credentials: readonly Credentials[];
	/** Milliseconds of the clock. */
	atMs: number;
}

class FakeHTTPError extends Error {
	readonly code: string;
	readonly status: number | undefined;
	constructor(code: string, details: { status?: number; cause?: Error } = {}) {
		super("connection broken");
		this.code = code;
		this.status = details.status;
		if (details.cause !== undefined) this.cause = details.cause;
	}
}

/** As the HTTP client tells it: what TLS has found is the cause. */
function refusalOf(code: string, status?: number): FakeHTTPError {
	if (!code.startsWith("TLS_")) return new FakeHTTPError(code, status === undefined ? {} : { status });
	return new FakeHTTPError("HTTP_CONNECT", { cause: new FakeHTTPError(code) });
}

/** What the HTTP client finds wrong with the head of a 206. */
function rangeFault(fields: Record<string, string>, range: RangeRequest): Error | undefined {
	const headers = new Headers({ headerCount: 64, headerBytes: 8192 });
	for (const [name, value] of Object.entries(fields)) headers.append(name, value);
	try {
		checkPartial(headers, range);
		return undefined;
	} catch (error) {
		return error instanceof Error ? error : new Error("unknown");
	}
}

const pieceBytes = 1460;

class FakeRequest implements HTTPRequestPort {
	#timer: TimerService;
	#options: HTTPGetOptions;
	#file: ServedFile | undefined;
	#seen: SeenRequest;
	#handle: TimerHandle | undefined;
	#available = 0;
	#at = 0;
	#body: Uint8Array = new Uint8Array(0);
	#first = 0;

	constructor(server: FakeServer, options: HTTPGetOptions, seen: SeenRequest) {
		this.#timer = server.timer;
		this.#options = options;
		this.#seen = seen;
		this.#file = server.files[options.url];
		const down = server.down;
		if (this.#file?.silent === true) return;
		this.#soon(() => (down ? this.#options.onDone(new FakeHTTPError("HTTP_CONNECT")) : this.#answer(server.dateMs())));
	}

	get verified(): boolean {
		return this.#options.url.startsWith("https:") && this.#file?.unverified !== true;
	}

	get verifiedUntil(): number | undefined {
		return this.#file?.verifiedUntil;
	}

	read(buffer: Uint8Array): number {
		const count = Math.min(buffer.length, this.#available);
		buffer.set(this.#body.subarray(this.#at, this.#at + count));
		this.#at += count;
		this.#available -= count;
		this.#seen.sent += count;
		this.#file?.onSent?.(this.#seen.sent);
		if (this.#available === 0 && this.#handle === undefined) this.#soon(() => this.#more());
		return count;
	}

	cancel(): void {
		this.#seen.cancelled = this.#at < this.#body.length;
		this.#timer.clear(this.#handle);
		this.#handle = undefined;
	}

	#answer(dateMs: number): void {
		const file = this.#file;
		if (file?.refusal !== undefined) return this.#options.onDone(refusalOf(file.refusal, file.status));
		const headers: Record<string, string> = { date: formatHTTPDate(dateMs), ...file?.fields };
		if (file?.modifiedMs !== undefined) headers["last-modified"] = formatHTTPDate(file.modifiedMs);
		if (file?.etag !== undefined) headers.etag = file.etag;
		const status = file === undefined ? 404 : this.#matches(file, headers) ? 304 : this.#statusOf(file, headers);
		if ((status === 200 || status === 206) && file !== undefined) this.#body = file.body.subarray(this.#first);
		if (status === 200 && file?.unannounced !== true) headers["content-length"] = String(this.#body.length);
		this.#seen.status = status;
		if (status === 206 && this.#options.range !== undefined) {
			const fault = rangeFault(headers, this.#options.range);
			if (fault !== undefined) return this.#options.onDone(fault);
		}
		this.#options.onHeaders(status, { get: (name) => headers[name.toLowerCase()] });
		if (this.#handle === undefined) this.#soon(() => this.#more());
	}

	/** As nginx: the rest of a file for who names the version that is there. */
	#statusOf(file: ServedFile, headers: Record<string, string>): number {
		const { range } = this.#options;
		const current = [file.etag, headers["last-modified"]].includes(range?.validator);
		if (file.status !== undefined || range === undefined || !current || file.range === "ignored") {
			return file.status ?? 200;
		}
		if (file.range === "refused") return 416;
		this.#first = range.first;
		headers["content-range"] = file.range ?? `bytes ${range.first}-${file.body.length - 1}/${file.body.length}`;
		return 206;
	}

	#matches(file: ServedFile, headers: Record<string, string>): boolean {
		if (file.ignoresConditions === true || file.status !== undefined) return false;
		const tag = this.#seen.headers["If-None-Match"];
		const since = this.#seen.headers["If-Modified-Since"];
		if (tag === undefined && since === undefined) return false;
		if (tag !== undefined && tag !== file.etag) return false;
		return since === undefined || since === (headers["last-modified"] ?? since);
	}

	#more(): void {
		const { breakAt = Infinity, breakAfter = Infinity } = this.#file ?? {};
		const end = Math.min(this.#body.length, Math.max(0, breakAt - this.#first), breakAfter);
		if (this.#at < end) {
			this.#available = Math.min(pieceBytes, end - this.#at);
			return this.#options.onReadable(this.#available);
		}
		const broken = end < this.#body.length;
		this.#options.onDone(broken ? new FakeHTTPError("HTTP_TRUNCATED") : undefined);
	}

	#soon(action: () => void): void {
		this.#handle = this.#timer.set(() => {
			this.#handle = undefined;
			action();
		}, 1);
	}
}

export class FakeServer {
	/** By whole URL. */
	files: Record<string, ServedFile> = {};
	requests: SeenRequest[] = [];
	down = false;
	readonly timer: TimerService;
	readonly dateMs: () => number;

	constructor(timer: TimerService, dateMs: () => number) {
		this.timer = timer;
		this.dateMs = dateMs;
	}

	/** As `Updater` wants it. */
	readonly client = (): HTTPPort => {
		let open: FakeRequest[] = [];
		return {
			get: (options) => {
				const headers: Record<string, string> = {};
				for (const [name, value] of options.headers) headers[name] = value;
				for (const [name, value] of options.range ? rangeHeaders(options.range) : []) headers[name] = value;
				const { url, credentials } = options;
				const atMs = this.dateMs();
				const seen: SeenRequest = { url, headers, sent: 0, cancelled: false, status: 0, credentials, atMs };
				this.requests.push(seen);
				const request = new FakeRequest(this, options, seen);
				open.push(request);
				return request;
			},
			close: () => {
				for (const request of open) request.cancel();
				open = [];
			},
		};
	};
}
