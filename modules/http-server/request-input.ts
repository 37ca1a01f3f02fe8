// SPDX-License-Identifier: Apache-2.0
//
// Bytes of one connection on their way to the request parser: heads and chunk lines pass through a small buffer, bodies go from the
// socket straight into the reader's buffer. While nobody reads, the socket keeps the data and the client waits.

import type { TCP } from "../ecma419/tcp.js";
import type { RequestParser } from "./request-parser.js";

export class RequestInput {
	readonly #scratch: Uint8Array;
	#start = 0;
	#end = 0;
	#available = 0;
	#socket: TCP | undefined;

	constructor(scratchBytes: number) {
		this.#scratch = new Uint8Array(scratchBytes);
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
		while (parser.ready === 0 && !parser.done && this.fill()) {
			this.#start = parser.write(this.#scratch, this.#start, this.#end);
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
		while (this.fill()) this.#start = this.#end;
	}

	private fill(): boolean {
		if (this.#start < this.#end) return true;
		const count = Math.min(this.#available, this.#scratch.length);
		if (count === 0 || this.#socket === undefined) return false;
		this.#start = 0;
		this.#end = this.take(this.#scratch.subarray(0, count));
		return this.#end > 0;
	}

	private move(target: Uint8Array, most: number): number {
		const held = this.#end - this.#start;
		const count = Math.min(target.length, most, held > 0 ? held : this.#available);
		if (count === 0) return 0;
		if (held === 0) return this.take(target.subarray(0, count));
		target.set(this.#scratch.subarray(this.#start, this.#start + count));
		this.#start += count;
		return count;
	}

	private take(target: Uint8Array): number {
		const count = this.#socket?.read(target) ?? 0;
		this.#available -= count;
		return count;
	}
}
