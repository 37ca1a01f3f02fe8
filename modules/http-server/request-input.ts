// SPDX-License-Identifier: Apache-2.0
//
// Bytes of one connection on their way to the request parser: heads and chunk lines pass through a small buffer, bodies go from the
// socket straight into the reader's buffer. While nobody reads, the socket keeps the data and the client waits.

import type { TCP } from "../ecma419/tcp.js";
import type { RequestParser } from "./request-parser.js";

export class RequestInput {
	readonly #scratchBytes: number;
	/** There only while bytes are expected. */
	#scratch: Uint8Array | undefined;
	#start = 0;
	#end = 0;
	#available = 0;
	#socket: TCP | undefined;

	constructor(scratchBytes: number) {
		this.#scratchBytes = scratchBytes;
	}

	attach(socket: TCP | undefined): void {
		this.#socket = socket;
		if (socket === undefined) this.#available = 0;
	}

	/** The socket has so many bytes. */
	arrived(count: number): void {
		this.#available = count;
	}

	/** Something lies here, read from the socket or not. */
	get waiting(): boolean {
		return this.#start < this.#end || this.#available > 0;
	}

	/** Gives head and framing bytes to the parser. @returns whether any byte was taken. @throws HTTPError of the parser */
	advance(parser: RequestParser): boolean {
		let taken = false;
		const hadHead = parser.head !== undefined;
		while (parser.ready === 0 && !parser.done) {
			const scratch = this.filled();
			if (scratch === undefined) break;
			this.#start = parser.write(scratch, this.#start, this.#end);
			taken = true;
			if (!hadHead && parser.head !== undefined) break;
		}
		return taken;
	}

	/** Reads body bytes that are here. @returns count, 0 when there is nothing now. @throws HTTPError of the parser */
	read(parser: RequestParser, buffer: Uint8Array): number {
		let filled = 0;
		for (;;) {
			this.advance(parser);
			const count = this.move(buffer.subarray(filled), parser.ready);
			if (count === 0) return filled;
			parser.took(count);
			filled += count;
		}
	}

	/** Forgets all that has come. */
	discard(): void {
		this.#start = this.#end = 0;
		while (this.filled() !== undefined) this.#start = this.#end;
		this.rest();
	}

	/** Nothing is expected for a while: the buffer goes until there is. */
	rest(): void {
		if (this.#start === this.#end) this.#scratch = undefined;
	}

	/** @returns the buffer with bytes in it, if there are any */
	private filled(): Uint8Array | undefined {
		if (this.#start < this.#end) return this.#scratch;
		const count = Math.min(this.#available, this.#scratchBytes);
		if (count === 0 || this.#socket === undefined) return undefined;
		const scratch = (this.#scratch ??= new Uint8Array(this.#scratchBytes));
		this.#start = 0;
		this.#end = this.take(scratch.subarray(0, count));
		return this.#end > 0 ? scratch : undefined;
	}

	private move(target: Uint8Array, most: number): number {
		const held = this.#end - this.#start;
		const count = Math.min(target.length, most, held > 0 ? held : this.#available);
		if (count === 0) return 0;
		const scratch = this.#scratch;
		if (scratch === undefined || held === 0) return this.take(target.subarray(0, count));
		target.set(scratch.subarray(this.#start, this.#start + count));
		this.#start += count;
		return count;
	}

	private take(target: Uint8Array): number {
		const count = this.#socket?.read(target) ?? 0;
		this.#available -= count;
		return count;
	}
}
