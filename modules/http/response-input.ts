// SPDX-License-Identifier: Apache-2.0
//
// Feeds the response parser from a socket. Head and chunk lines pass through a small scratch buffer; body bytes go from the
// socket straight into the reader's buffer, but for the few that came into the scratch buffer behind a line.

import type { TCP } from "../ecma419/tcp.js";
import { HTTPError } from "./errors.js";
import type { ResponseHead } from "./framing.js";
import { ResponseParser, type ResponseLimits } from "./response-parser.js";

export class ResponseInput {
	/** Body bytes that the parser has let through, and of them those that nobody has read. */
	#through = 0;
	#left = 0;
	/** Bytes that the socket said it has, less those read. */
	#available = 0;
	#start = 0;
	#end = 0;
	#socket: TCP | undefined;
	readonly #scratchBytes: number;
	/** There only while lines are due: it goes when what is left of the response is body. */
	#scratch: Uint8Array | undefined;
	#parser = new ResponseParser();
	#failure: HTTPError | undefined;

	constructor(scratchBytes: number) {
		this.#scratchBytes = scratchBytes;
	}

	/** Gives the head, once, when it is whole: who asks for it keeps what it needs. */
	takeHead(): ResponseHead | undefined {
		return this.#parser.takeHead();
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
		return this.#parser.bodyBytes + this.#through - this.#left;
	}

	/** The response is whole, nothing lies behind it, and the server keeps the connection. */
	get keepAlive(): boolean {
		return this.#parser.keepAlive && this.#start === this.#end && this.#available === 0;
	}

	/** Body bytes that `read` gives at least. */
	get readable(): number {
		const here = this.#end - this.#start + this.#available;
		return here < this.#left ? here : this.#left;
	}

	/** More body bytes are here, in the socket, and the next `read` gives some. */
	get flows(): boolean {
		return this.#available > 0 && this.#left > 0;
	}

	/** A new response is expected. */
	begin(limits: ResponseLimits): void {
		this.#parser = new ResponseParser(limits);
		this.#failure = undefined;
		this.#through = this.#left = 0;
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
		if (this.#left > 0) return;
		this.settle();
		const parser = this.#parser;
		const { headed } = parser;
		while (!this.#failure && parser.ready === 0 && !parser.done && headed === parser.headed) {
			const scratch = this.filled();
			if (scratch === undefined) break;
			try {
				this.#start = parser.write(scratch, this.#start, this.#end);
			} catch (error) {
				if (!(error instanceof HTTPError)) throw error;
				this.#failure = error;
			}
		}
		this.#through = this.#left = parser.ready;
		this.tidy();
	}

	private tidy(): void {
		if (this.#start === this.#end && this.#parser.plain) this.#scratch = undefined;
	}

	/** Reads body bytes, also over several chunks. @returns count */
	read(buffer: Uint8Array): number {
		const { length } = buffer;
		let total = 0;
		while (total < length) {
			if (this.#left === 0) this.advance();
			const room = length - total;
			const wanted = this.#left < room ? this.#left : room;
			const count = wanted === 0 ? 0 : this.readPiece(buffer, total, wanted, length);
			if (count === 0) break;
			total += count;
			this.#left -= count;
		}
		if (this.#left === 0) this.settle();
		return total;
	}

	/** Tells the parser what has been read. */
	private settle(): void {
		const count = this.#through - this.#left;
		this.#through = this.#left;
		if (count > 0) this.#parser.took(count);
	}

	/**
	 * No more input will come.
	 * @param cause what the socket's onError got
	 * @returns what is wrong with that, `undefined` when the response is whole
	 */
	end(cause: unknown): HTTPError | undefined {
		this.settle();
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

	/** @returns the scratch buffer with bytes in it, if there are any */
	private filled(): Uint8Array | undefined {
		if (this.#start < this.#end) return this.#scratch;
		if (this.#available === 0) return undefined;
		const scratch = (this.#scratch ??= new Uint8Array(this.#scratchBytes));
		const { length } = scratch;
		this.#start = 0;
		this.#end = this.receive(scratch, 0, length, length);
		return this.#end > 0 ? scratch : undefined;
	}

	/** @param length of the buffer: the engine walks a long list to find it */
	private readPiece(buffer: Uint8Array, at: number, count: number, length: number): number {
		const scratch = this.#scratch;
		if (scratch === undefined || this.#start === this.#end) return this.receive(buffer, at, count, length);
		const buffered = Math.min(count, this.#end - this.#start);
		buffer.set(scratch.subarray(this.#start, this.#start + buffered), at);
		this.#start += buffered;
		this.tidy();
		return buffered;
	}

	/** Reads from the socket, never more than it has: the SDK's sockets throw then. */
	private receive(buffer: Uint8Array, at: number, room: number, length: number): number {
		const available = this.#available;
		const wanted = room < available ? room : available;
		if (wanted === 0 || !this.#socket) return 0;
		const count = this.#socket.read(wanted === length ? buffer : buffer.subarray(at, at + wanted));
		const got = typeof count === "number" ? count : 0;
		this.#available = got > 0 ? available - got : 0;
		return got;
	}
}

/** The SDK's sockets give no error at all; ours, and TLS, tell the peer's orderly end from a break by `code`. */
function closedInOrder(cause: unknown): boolean {
	if (cause === undefined) return true;
	const code: unknown = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined;
	return code === "TCP_CLOSED" || code === "TLS_CLOSED";
}
