// SPDX-License-Identifier: Apache-2.0
//
// Push parser for one HTTP/1.x response to GET (RFC 9112): head, framing of the body, trailers. It takes the bytes of head and
// framing and says how many body bytes lie between them; the caller moves those itself, so that they are not touched here.
// Leaves out content codings, HEAD, CONNECT, upgrade. Pure: no socket, no clock.
//
//	status -> fields -+-> (1xx) status                          after(none) = done
//	                  +-> data -> after(length) = done           after(close) = end of input
//	                  +-> size -> data -> gap -> size ...        size 0 -> trailers -> done

import { HTTPError, type HTTPErrorCode } from "./errors.js";
import { framingOf, keepsConnection, type Framing, type ResponseHead } from "./framing.js";
import { Headers, trimmed, type HeaderLimits } from "./headers.js";
import { LineReader } from "./line-reader.js";
import { parseChunkSize, parseFieldLine, parseStatusLine, type StatusLine } from "./response-lines.js";

export interface ResponseLimits extends HeaderLimits {
	/** Longest status, header or trailer line, without its end. */
	lineBytes: number;
	/** Longest chunk size line with extensions. */
	chunkLineBytes: number;
	/** Interim responses (1xx) before the final one. */
	interimCount: number;
	/** Body bytes. */
	bodyBytes: number;
}

export const defaultResponseLimits: Readonly<ResponseLimits> = {
	headerCount: 64,
	headerBytes: 8192,
	lineBytes: 4096,
	chunkLineBytes: 256,
	interimCount: 8,
	bodyBytes: 16 * 1024 * 1024,
};

type State = "status" | "fields" | "data" | "size" | "gap" | "trailers" | "done" | "failed";

export class ResponseParser {
	readonly #limits: ResponseLimits;
	readonly #reader = new LineReader();
	#state: State = "status";
	#statusLine: StatusLine | undefined;
	/** There while a head is due or has not been taken, and for trailers. */
	#headers: Headers | undefined;
	/** A field line that the next line may still continue. */
	#field: { name: string; value: string; offset: number } | undefined;
	#head: ResponseHead | undefined;
	#headed = false;
	#keeps = false;
	#framing: Framing = { kind: "none" };
	#fieldsStart = 0;
	#ready = 0;
	#body = 0;
	#interim = 0;

	constructor(limits: ResponseLimits = defaultResponseLimits) {
		this.#limits = limits;
	}

	/** The final head, once it is whole, until it is taken. */
	get head(): ResponseHead | undefined {
		return this.#head;
	}

	/** Whether the final head has been whole. */
	get headed(): boolean {
		return this.#headed;
	}

	/** The head as above, which is not kept here any longer: it is the largest thing that hangs on a download. */
	takeHead(): ResponseHead | undefined {
		const head = this.#head;
		this.#head = undefined;
		return head;
	}

	/** Nothing but body is due: neither lines between its pieces nor trailers. */
	get plain(): boolean {
		return this.#state === "data" && this.#framing.kind !== "chunked";
	}

	/** Body bytes that come next in the input; 0: call `write`. */
	get ready(): number {
		return this.#ready;
	}

	/** The response is whole; the next byte is not part of it. */
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

	/** Whether the connection can carry another request after this response. */
	get keepAlive(): boolean {
		return this.done && this.#keeps;
	}

	/**
	 * Takes head and framing bytes, up to the end of the head, the first body byte, the end of the response or of the input.
	 * @returns index of the first byte not taken
	 * @throws HTTPError for anything out of order; only `head` may be used afterwards
	 */
	write(bytes: Uint8Array, start = 0, end = bytes.length): number {
		try {
			const { headed } = this;
			let at = start;
			while (at < end && this.#ready === 0 && !this.done) {
				at = this.step(bytes, at, end);
				if (headed !== this.#headed) break;
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
		if (this.#ready > 0) return;
		if (this.#framing.kind === "length") this.#state = "done";
		else if (this.#framing.kind === "chunked") this.#state = "gap";
	}

	/**
	 * The connection has ended. A body that ends with it is whole now; anything else is cut off.
	 * @throws HTTPError HTTP_TRUNCATED
	 */
	close(): void {
		if (this.done) return;
		if (this.#state === "data" && this.#framing.kind === "close") {
			this.#ready = 0;
			this.#state = "done";
			return;
		}
		this.fail();
		throw new HTTPError("HTTP_TRUNCATED", "connection ended within the response", { offset: this.#reader.taken });
	}

	private fail(): void {
		this.#state = "failed";
		this.#ready = 0;
	}

	private step(bytes: Uint8Array, at: number, end: number): number {
		if (this.#state === "failed") throw new RangeError("parser has failed");
		// Only a body without an announced length can use up its limit and still go on.
		if (this.#state === "data") throw this.error("HTTP_BODY_LIMIT", `body longer than ${this.#limits.bodyBytes} bytes`);
		const [limit, code] = this.lineLimit();
		const offset = this.#reader.offset;
		const { next, line } = this.#reader.read(bytes, at, end, limit, code);
		if (line !== undefined) this.line(line, offset);
		return next;
	}

	private lineLimit(): [limit: number, code: HTTPErrorCode] {
		if (this.#state === "size") return [this.#limits.chunkLineBytes, "HTTP_CHUNK_SIZE"];
		if (this.#state === "gap") return [0, "HTTP_CHUNK_END"];
		return [this.#limits.lineBytes, "HTTP_HEADER_LIMIT"];
	}

	private line(line: string, offset: number): void {
		switch (this.#state) {
			case "status":
				this.#statusLine = parseStatusLine(line, offset);
				return this.startFields("fields");
			case "fields":
			case "trailers":
				// Counted here and not only in the list: folded empty lines make no field longer.
				if (this.#reader.offset - this.#fieldsStart > this.#limits.headerBytes)
					throw new HTTPError("HTTP_HEADER_LIMIT", `more than ${this.#limits.headerBytes} bytes`, { offset });
				if (line !== "") return this.fieldLine(line, offset);
				this.endField();
				if (this.#state === "trailers") this.#state = "done";
				else this.endHead();
				return;
			case "size":
				return this.startChunk(parseChunkSize(line, offset));
			default:
				// The empty line behind a chunk: its limit lets no other one through.
				this.#state = "size";
		}
	}

	private fieldLine(line: string, offset: number): void {
		if (line[0] !== " " && line[0] !== "\t") {
			this.endField();
			this.#field = { ...parseFieldLine(line, offset), offset };
			return;
		}
		// A folded line: a client must read it as one space (RFC 9112 section 5.2).
		const field = this.#field;
		if (!field) throw new HTTPError("HTTP_HEADER_NAME", "white space before the first header", { offset });
		field.value = trimmed(`${field.value} ${trimmed(line)}`);
	}

	private endField(): void {
		const field = this.#field;
		if (!field) return;
		this.#field = undefined;
		try {
			this.#headers?.append(field.name, field.value);
		} catch (error) {
			if (error instanceof HTTPError) throw new HTTPError(error.code, error.message, { offset: field.offset });
			throw error;
		}
	}

	private endHead(): void {
		const line = this.#statusLine;
		const headers = this.#headers;
		if (line === undefined || headers === undefined) throw new RangeError("no status line");
		this.#statusLine = this.#headers = undefined;
		if (line.status < 200) return this.endInterim(line.status);
		const head = { ...line, headers };
		const framing = framingOf(head, this.#reader.offset);
		if (framing.kind === "length" && framing.length > this.#limits.bodyBytes)
			throw this.error("HTTP_BODY_LIMIT", `body longer than ${this.#limits.bodyBytes} bytes`);
		this.#head = head;
		this.#headed = true;
		this.#framing = framing;
		this.#keeps = keepsConnection(head, framing);
		this.startBody(framing);
	}

	private startBody(framing: Framing): void {
		switch (framing.kind) {
			case "none":
				this.#state = "done";
				return;
			case "length":
				this.#ready = framing.length;
				this.#state = framing.length === 0 ? "done" : "data";
				return;
			case "close":
				this.#ready = this.#limits.bodyBytes;
				this.#state = "data";
				return;
			case "chunked":
				this.#state = "size";
				return;
			default:
				return framing satisfies never;
		}
	}

	private endInterim(status: number): void {
		// 101 would hand the connection to a protocol that nobody asked for.
		if (status === 101 || ++this.#interim > this.#limits.interimCount)
			throw this.error("HTTP_STATUS", status === 101 ? "status 101 not asked for" : "too many interim responses");
		this.#state = "status";
	}

	private startChunk(size: number): void {
		if (this.#body + size > this.#limits.bodyBytes)
			throw this.error("HTTP_BODY_LIMIT", `body longer than ${this.#limits.bodyBytes} bytes`);
		this.#ready = size;
		this.#state = "data";
		// Trailers are checked like headers and dropped (RFC 9110 section 6.5.1).
		if (size === 0) this.startFields("trailers");
	}

	private startFields(state: "fields" | "trailers"): void {
		this.#headers = new Headers(this.#limits);
		this.#fieldsStart = this.#reader.offset;
		this.#state = state;
	}

	private error(code: "HTTP_BODY_LIMIT" | "HTTP_STATUS", message: string): HTTPError {
		return new HTTPError(code, message, { offset: this.#reader.offset });
	}
}
