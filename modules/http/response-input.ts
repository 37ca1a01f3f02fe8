// SPDX-License-Identifier: Apache-2.0
//
// Feeds the response parser from a socket. Head and chunk lines pass through a small scratch buffer; body bytes go from the
// socket straight into the reader's buffer, but for the few that came into the scratch buffer behind a line.

import type { TCP } from "../ecma419/tcp.js";
import { HTTPError } from "./errors.js";
import type { ResponseHead } from "./framing.js";
import { ResponseParser, type ResponseLimits } from "./response-parser.js";

export class ResponseInput {
	readonly #scratch: Uint8Array;
	#start = 0;
	#end = 0;
	#socket: TCP | undefined;
	/** Bytes that the socket said it has, less those read. */
	#available = 0;
	#parser = new ResponseParser();
	#failure: HTTPError | undefined;

	constructor(scratchBytes: number) {
		this.#scratch = new Uint8Array(scratchBytes);
	}

	get head(): ResponseHead | undefined {
		return this.#parser.head;
	}

	get done(): boolean {
		return this.#parser.done;
	}

	/** What `advance` or `read` found wrong; nothing can be read afterwards. */
	get failure(): HTTPError | undefined {
		return this.#failure;
	}

	get started(): boolean {
		return this.#parser.started;
	}

	get bodyBytes(): number {
		return this.#parser.bodyBytes;
	}

	/** The response is whole, nothing lies behind it, and the server keeps the connection. */
	get keepAlive(): boolean {
		return this.#parser.keepAlive && this.#start === this.#end && this.#available === 0;
	}

	/** Body bytes that `read` gives at least. */
	get readable(): number {
		return Math.min(this.#parser.ready, this.#end - this.#start + this.#available);
	}

	/** More body bytes are here, in the socket, and the next `read` gives some. */
	get flows(): boolean {
		return this.#available > 0 && this.#parser.ready > 0;
	}

	/** A new response is expected. */
	begin(limits: ResponseLimits): void {
		this.#parser = new ResponseParser(limits);
		this.#failure = undefined;
		this.#start = this.#end;
	}

	attach(socket: TCP): void {
		this.#socket = socket;
	}

	/** The socket is gone; what lies in the scratch buffer can still be read. */
	detach(): void {
		this.#socket = undefined;
		this.#available = 0;
	}

	/** @param count all bytes that the socket has now */
	arrived(count: number): void {
		this.#available = count;
	}

	/** Takes lines up to the end of the head or to body bytes, as far as data goes. */
	advance(): void {
		const parser = this.#parser;
		const hadHead = parser.head !== undefined;
		while (!this.#failure && parser.ready === 0 && !parser.done && hadHead === (parser.head !== undefined)) {
			if (this.#start === this.#end && !this.fill()) return;
			try {
				this.#start = parser.write(this.#scratch, this.#start, this.#end);
			} catch (error) {
				if (!(error instanceof HTTPError)) throw error;
				this.#failure = error;
			}
		}
	}

	/** Reads body bytes, also over several chunks. @returns count */
	read(buffer: Uint8Array): number {
		const { length } = buffer;
		if (this.#start === this.#end && this.#available >= length && this.#parser.ready >= length) {
			const count = this.receive(buffer, 0, length);
			this.#parser.took(count);
			return count;
		}
		let total = 0;
		while (total < buffer.length) {
			if (this.#parser.ready === 0) this.advance();
			const wanted = Math.min(this.#parser.ready, buffer.length - total);
			const count = wanted === 0 ? 0 : this.readPiece(buffer, total, wanted);
			if (count === 0) break;
			total += count;
			this.#parser.took(count);
		}
		return total;
	}

	/**
	 * No more input will come.
	 * @param cause what the socket's onError got
	 * @returns what is wrong with that, `undefined` when the response is whole
	 */
	end(cause: unknown): HTTPError | undefined {
		try {
			this.#parser.close();
		} catch (error) {
			if (!(error instanceof HTTPError)) throw error;
			return new HTTPError(error.code, error.message, { offset: error.offset, cause });
		}
		// Without a length the end of the connection is the end of the body, unless the socket knows better.
		return closedInOrder(cause)
			? undefined
			: new HTTPError("HTTP_TRUNCATED", "connection broke within the body", { cause });
	}

	private fill(): boolean {
		this.#start = 0;
		this.#end = this.receive(this.#scratch, 0, this.#scratch.length);
		return this.#end > 0;
	}

	private readPiece(buffer: Uint8Array, at: number, count: number): number {
		const buffered = Math.min(count, this.#end - this.#start);
		if (buffered === 0) return this.receive(buffer, at, count);
		buffer.set(this.#scratch.subarray(this.#start, this.#start + buffered), at);
		this.#start += buffered;
		return buffered;
	}

	/** Reads from the socket, never more than it has: the SDK's sockets throw then. */
	private receive(buffer: Uint8Array, at: number, room: number): number {
		const wanted = Math.min(room, this.#available);
		if (wanted === 0 || !this.#socket) return 0;
		const whole = at === 0 && wanted === buffer.length;
		const count = this.#socket.read(whole ? buffer : buffer.subarray(at, at + wanted));
		this.#available = typeof count === "number" && count > 0 ? this.#available - count : 0;
		return typeof count === "number" ? count : 0;
	}
}

/** The SDK's sockets give no error at all; ours, and TLS, tell the peer's orderly end from a break by `code`. */
function closedInOrder(cause: unknown): boolean {
	if (cause === undefined) return true;
	const code: unknown = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined;
	return code === "TCP_CLOSED" || code === "TLS_CLOSED";
}
