// SPDX-License-Identifier: Apache-2.0
//
// Push parser for HTTP/1.x requests (RFC 9112): head, framing of the body, trailers. It takes the bytes of head and framing and says
// how many body bytes lie between them; the caller moves those itself, so that they are not touched here. Stricter than a client's
// parser: no folded lines, no bare line ends, no white space before a colon, one reading only.
// Leaves out content codings, upgrades, trailers' meaning. Pure: no socket, no clock.
//
//	line -> fields -+-> data -> done                      (length; 0: done at once)
//	                +-> size -> data -> gap -> size ...   size 0 -> trailers -> done

import { HTTPError, type HTTPErrorCode } from "../http/errors.js";
import { Headers, type HeaderLimits } from "../http/headers.js";
import { LineReader } from "../http/line-reader.js";
import { parseChunkSize, parseFieldLine } from "../http/response-lines.js";
import { checkHost, keepsAlive, requestFraming, type RequestFraming, type RequestHead } from "./request-framing.js";
import { parseRequestLine, type RequestLine } from "./request-line.js";

export interface RequestLimits extends HeaderLimits {
	/** Longest request, header or trailer line, without its end. */
	lineBytes: number;
	/** Longest chunk size line with extensions. */
	chunkLineBytes: number;
	/** Body bytes. */
	bodyBytes: number;
	/** Fields that are kept, in lower case, besides those of the framing; the others are checked and forgotten. Default: all. */
	fields?: readonly string[];
}

/** Without these a head cannot be understood. */
const needed: readonly string[] = Object.freeze([
	"connection",
	"content-length",
	"expect",
	"host",
	"transfer-encoding",
]);

export const defaultRequestLimits: Readonly<RequestLimits> = Object.freeze({
	headerCount: 48,
	headerBytes: 4096,
	lineBytes: 1024,
	chunkLineBytes: 64,
	bodyBytes: 16 * 1024 * 1024,
});

type State = "line" | "fields" | "data" | "size" | "gap" | "trailers" | "done" | "failed";

export class RequestParser {
	readonly #limits: RequestLimits;
	readonly #reader = new LineReader();
	#state: State = "line";
	#line: RequestLine | undefined;
	readonly #headers: Headers;
	#head: RequestHead | undefined;
	#framing: RequestFraming = { kind: "length", length: 0 };
	#fieldsStart = 0;
	#fieldCount = 0;
	#ready = 0;
	#body = 0;

	constructor(limits: RequestLimits = defaultRequestLimits) {
		this.#limits = limits;
		this.#headers = new Headers(limits);
	}

	/** The head, once it is whole. */
	get head(): RequestHead | undefined {
		return this.#head;
	}

	/** Length of the body where the head says it; `undefined` for a chunked one. */
	get length(): number | undefined {
		return this.#framing.kind === "length" ? this.#framing.length : undefined;
	}

	/** Body bytes that come next in the input; 0: call `write`. */
	get ready(): number {
		return this.#ready;
	}

	/** The request is whole; the next byte is not part of it. */
	get done(): boolean {
		return this.#state === "done";
	}

	/** Whether a byte has been taken. */
	get started(): boolean {
		return this.#reader.taken > 0;
	}

	/** Body bytes taken so far. */
	get bodyBytes(): number {
		return this.#body;
	}

	/** Whether the client wants to go on with this connection after the response. */
	get keepAlive(): boolean {
		return this.#head !== undefined && this.#state !== "failed" && keepsAlive(this.#head);
	}

	/**
	 * Takes head and framing bytes, up to the end of the head, the first body byte, the end of the request or of the input.
	 * @returns index of the first byte not taken
	 * @throws HTTPError for anything out of order; only `head` may be used afterwards
	 */
	write(bytes: Uint8Array, start = 0, end = bytes.length): number {
		try {
			const hadHead = this.#head !== undefined;
			let at = start;
			while (at < end && this.#ready === 0 && !this.done) {
				at = this.step(bytes, at, end);
				if (!hadHead && this.#head) break;
			}
			return at;
		} catch (error) {
			this.fail();
			throw error;
		}
	}

	/** Says that the caller has taken `count` body bytes, 1 <= count <= ready. */
	took(count: number): void {
		if (!(count >= 1 && count <= this.#ready)) throw new RangeError("more than there is");
		this.#ready -= count;
		this.#body += count;
		this.#reader.skip(count);
		if (this.#ready === 0) this.#state = this.#framing.kind === "length" ? "done" : "gap";
	}

	/** The connection has ended. @throws HTTPError HTTP_TRUNCATED within a request */
	close(): void {
		if (this.done) return;
		this.fail();
		throw new HTTPError("HTTP_TRUNCATED", "connection ended within the request", { offset: this.#reader.taken });
	}

	private fail(): void {
		this.#state = "failed";
		this.#ready = 0;
	}

	private step(bytes: Uint8Array, at: number, end: number): number {
		if (this.#state === "failed") throw new RangeError("parser has failed");
		const [limit, code] = this.lineLimit();
		const offset = this.#reader.offset;
		const { next, line } = this.#reader.read(bytes, at, end, limit, code);
		if (line !== undefined) this.take(line, offset);
		return next;
	}

	private lineLimit(): [limit: number, code: HTTPErrorCode] {
		if (this.#state === "line") return [this.#limits.lineBytes, "HTTP_REQUEST_LINE"];
		if (this.#state === "size") return [this.#limits.chunkLineBytes, "HTTP_CHUNK_SIZE"];
		if (this.#state === "gap") return [0, "HTTP_CHUNK_END"];
		return [this.#limits.lineBytes, "HTTP_HEADER_LIMIT"];
	}

	private take(line: string, offset: number): void {
		switch (this.#state) {
			case "line":
				this.#line = parseRequestLine(line, offset);
				return this.startFields("fields");
			case "fields":
			case "trailers":
				if (line !== "") return this.field(line, offset);
				if (this.#state === "trailers") this.#state = "done";
				else this.endHead();
				return;
			case "size":
				return this.startChunk(parseChunkSize(line, offset), offset);
			default:
				// The empty line behind a chunk: its limit lets no other one through.
				this.#state = "size";
		}
	}

	private field(line: string, offset: number): void {
		if (this.#reader.offset - this.#fieldsStart > this.#limits.headerBytes)
			throw new HTTPError("HTTP_HEADER_LIMIT", `more than ${this.#limits.headerBytes} bytes`, { offset });
		// A folded line begins with white space, which no name does (RFC 9112 section 5.2).
		const { name, value } = parseFieldLine(line, offset);
		if (++this.#fieldCount > this.#limits.headerCount)
			throw new HTTPError("HTTP_HEADER_LIMIT", "too many fields", { offset });
		if (this.keeps(name.toLowerCase())) this.#headers.append(name, value);
	}

	/** Browsers send much that nobody here asks for. */
	private keeps(name: string): boolean {
		const { fields } = this.#limits;
		if (this.#state === "trailers") return false; // RFC 9110 section 6.5.1
		return fields === undefined || needed.includes(name) || fields.includes(name);
	}

	private endHead(): void {
		if (this.#line === undefined) throw new RangeError("no request line");
		const offset = this.#reader.offset;
		const head = { ...this.#line, headers: this.#headers };
		checkHost(head, offset);
		const framing = requestFraming(head, offset);
		if (framing.kind === "length" && framing.length > this.#limits.bodyBytes) throw this.tooLong(offset);
		this.#head = head;
		this.#framing = framing;
		if (framing.kind === "chunked") this.#state = "size";
		else {
			this.#ready = framing.length;
			this.#state = framing.length === 0 ? "done" : "data";
		}
	}

	private startChunk(size: number, offset: number): void {
		if (this.#body + size > this.#limits.bodyBytes) throw this.tooLong(offset);
		this.#ready = size;
		this.#state = "data";
		// Trailers are checked like headers and dropped.
		if (size === 0) this.startFields("trailers");
	}

	private startFields(state: "fields" | "trailers"): void {
		this.#fieldCount = 0;
		this.#fieldsStart = this.#reader.offset;
		this.#state = state;
	}

	private tooLong(offset: number): HTTPError {
		return new HTTPError("HTTP_BODY_LIMIT", `body longer than ${this.#limits.bodyBytes} bytes`, { offset });
	}
}
