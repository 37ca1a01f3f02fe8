// SPDX-License-Identifier: Apache-2.0
//
// One request as the handler sees it, and the framing of its response: by length, or in chunks (RFC 9112 section 7.1). The body of a
// response to HEAD is passed over, so that a handler need not know.

import { encodeLatin1 } from "../bytes/text.js";
import type { DebugPort } from "../debug/port.js";
import { HTTPError } from "../http/errors.js";
import type { ResponseHeaders, Sent, ServerExchange } from "./options.js";
import type { RequestHead } from "./request-framing.js";
import type { RequestParser } from "./request-parser.js";
import { responseHead } from "./response-head.js";

/** What the exchange needs of its connection. */
export interface ExchangeLine {
	readonly secure: boolean;
	readonly remoteAddress: string;
	readonly open: boolean;
	read(buffer: Uint8Array): Promise<number>;
	send(bytes: Uint8Array): Sent;
	released(exchange: Exchange, fault: unknown): void;
}

/** One piece of a body in its frame (RFC 9112 section 7.1). */
function chunk(bytes: Uint8Array): Uint8Array {
	const size = encodeLatin1(`${bytes.length.toString(16)}\r\n`);
	const framed = new Uint8Array(size.length + bytes.length + 2);
	framed.set(size);
	framed.set(bytes, size.length);
	framed[framed.length - 2] = 0x0d;
	framed[framed.length - 1] = 0x0a;
	return framed;
}

function wanted(head: RequestHead | undefined): string {
	return head === undefined ? "refused" : `${head.method} ${head.path}${head.query === "" ? "" : "?..."}`;
}

/** Rest of a body that is read to keep the connection. */
const drainBytes = 4096;

type Framing = "none" | "length" | "chunked" | "close";

export class Exchange implements ServerExchange {
	readonly #line: ExchangeLine;
	#head: RequestHead | undefined;
	/** Until the response is held: nothing is asked of the request then. */
	#parser: RequestParser | undefined;
	readonly #debug: DebugPort | undefined;
	#framing: Framing = "none";
	#begun = false;
	#ended = false;
	#left = 0;
	#asked = false;
	#held = false;
	onGone: (() => void) | undefined;

	/** @param head absent for a request that was refused */
	constructor(line: ExchangeLine, head: RequestHead | undefined, parser: RequestParser, debug?: DebugPort) {
		this.#line = line;
		this.#head = head;
		this.#parser = parser;
		this.#debug = debug;
	}

	get head(): RequestHead {
		if (this.#head === undefined) throw new RangeError("no head");
		return this.#head;
	}

	get secure(): boolean {
		return this.#line.secure;
	}

	get remoteAddress(): string {
		return this.#line.remoteAddress;
	}

	get length(): number | undefined {
		return this.#parser?.length;
	}

	get open(): boolean {
		return this.#line.open;
	}

	get begun(): boolean {
		return this.#begun;
	}

	/** The response is complete, and its end can be seen without the end of the connection. */
	get whole(): boolean {
		return this.#ended && this.#framing !== "close";
	}

	/** The response goes on without the handler. */
	get held(): boolean {
		return this.#held;
	}

	hold(): void {
		if (!this.#begun || this.#ended) throw new RangeError("no response has begun, or it has ended");
		this.#held = true;
		this.#head = this.#parser = undefined;
	}

	release(fault?: unknown): void {
		if (!this.#held) return;
		this.#held = false;
		this.#line.released(this, fault);
	}

	/** The client has gone. */
	gone(): void {
		const told = this.onGone;
		this.onGone = undefined;
		told?.();
	}

	async read(buffer: Uint8Array): Promise<number> {
		// RFC 9110 section 10.1.1: the client may wait for this word before it sends the body.
		const parser = this.#parser;
		if (!this.#asked && !this.#begun && parser?.bodyBytes === 0 && !parser.done) {
			this.#asked = true;
			const { minor, headers } = this.head;
			if (minor === 1 && headers.hasToken("expect", "100-continue"))
				await this.#line.send(encodeLatin1("HTTP/1.1 100 Continue\r\n\r\n"));
		}
		return this.#line.read(buffer);
	}

	respond(status: number, headers: ResponseHeaders, body: Uint8Array = new Uint8Array(0)): Sent {
		const head = this.begin(status, headers, body.length);
		if (head !== undefined) return this.respondRest(head, body);
		const sent = this.write(body);
		return sent === undefined ? this.end() : sent.then(() => this.end());
	}

	private async respondRest(head: Promise<void>, body: Uint8Array): Promise<void> {
		await head;
		await this.write(body);
		await this.end();
	}

	begin(status: number, headers: ResponseHeaders, length?: number): Sent {
		if (this.#begun) throw new RangeError("a response has begun");
		this.#begun = true;
		this.#debug?.line?.(`: page for ${this.remoteAddress}: ${wanted(this.#head)}: ${status}`);
		const framing = this.choose(status, length);
		this.#left = length ?? 0;
		const all: (readonly [string, string])[] = [...headers];
		if (length !== undefined && status !== 204 && status !== 304) all.push(["Content-Length", String(length)]);
		if (framing === "chunked") all.push(["Transfer-Encoding", "chunked"]);
		if (framing === "close" || this.#parser?.keepAlive !== true) all.push(["Connection", "close"]);
		else if (this.head.minor === 0) all.push(["Connection", "keep-alive"]);
		// To HEAD the same head, and nothing behind it.
		this.#framing = this.#head?.method === "HEAD" ? "none" : framing;
		return this.#line.send(responseHead(status, all));
	}

	write(bytes: Uint8Array): Sent {
		if (!this.#begun || this.#ended) throw new RangeError("no response has begun, or it has ended");
		if (bytes.length === 0 || this.#framing === "none") return undefined;
		if (this.#framing === "length" && bytes.length > this.#left)
			throw new HTTPError("HTTP_CONTENT_LENGTH", "more than was announced");
		this.#left -= bytes.length;
		return this.#line.send(this.#framing === "chunked" ? chunk(bytes) : bytes);
	}

	end(): Sent {
		if (!this.#begun || this.#ended) throw new RangeError("no response has begun, or it has ended");
		if (this.#framing === "length" && this.#left > 0)
			throw new HTTPError("HTTP_CONTENT_LENGTH", "less than was announced");
		this.#ended = true;
		return this.#framing === "chunked" ? this.#line.send(encodeLatin1("0\r\n\r\n")) : undefined;
	}

	/** @returns whether the rest of the body was short and has been read */
	async drain(parser: RequestParser): Promise<boolean> {
		const buffer = new Uint8Array(256);
		let left = drainBytes;
		while (!parser.done) {
			left -= await this.#line.read(buffer);
			if (left < 0) return false;
		}
		return true;
	}

	private choose(status: number, length: number | undefined): Framing {
		if (status === 204 || status === 304) return "none";
		if (length !== undefined) return "length";
		return this.#head?.minor === 0 ? "close" : "chunked";
	}
}
