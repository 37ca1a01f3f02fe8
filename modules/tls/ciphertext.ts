// SPDX-License-Identifier: Apache-2.0
//
// The encrypted side of a TLS socket: a small buffer that is refilled from the socket below as the engine empties it, and what the
// socket below still takes. Counts, because sockets throw when asked for more than they have announced.

import type { TCP } from "../ecma419/tcp.js";
import { wantRead } from "./failure.js";
import type { NativeEngine } from "./tls.js";

/** Most bytes that are moved to the socket at a time. */
const pieceBytes = 4096;

const nothing = new Uint8Array(0);

export class Ciphertext {
	readonly #bytes: number;
	/** Made when bytes come: before, the connection needs other memory, for roots and keys, and one that is idle needs none. */
	#buffer: Uint8Array | undefined;
	#start = 0;
	#end = 0;
	#socket: TCP | undefined;
	#available = 0;
	#space = 0;

	/** @param bytes of the buffer */
	constructor(bytes: number) {
		this.#bytes = bytes;
	}

	/** Whether the engine can be given more. */
	private get waiting(): boolean {
		return this.#start < this.#end || this.#available > 0;
	}

	attach(socket: TCP): void {
		this.#socket = socket;
	}

	/** The socket is gone; what lies in the buffer stays. */
	detach(): void {
		this.#socket = undefined;
		this.#available = 0;
		this.#space = 0;
	}

	/** @param count all bytes that the socket has now */
	arrived(count: number): void {
		this.#available = count;
	}

	/** @param count bytes that the socket takes now */
	writable(count: number): void {
		this.#space = count;
	}

	/** Takes one step of the handshake, or opens one record. @returns the engine's status */
	feed(engine: NativeEngine, open: boolean): number {
		for (;;) {
			this.fill();
			const buffer = this.#buffer ?? nothing;
			const status = open
				? engine.advance(buffer, this.#start, this.#end)
				: engine.handshake(buffer, this.#start, this.#end);
			this.#start += engine.used();
			// A message or record longer than the buffer; ends at 16 KB, or when nothing more has come.
			if (status !== wantRead || !this.waiting) return status;
		}
	}

	/** Refills the buffer when it is empty. */
	private fill(): void {
		if (this.#start < this.#end || this.#available === 0 || !this.#socket) return;
		const buffer = (this.#buffer ??= new Uint8Array(this.#bytes));
		const wanted = Math.min(this.#available, buffer.length);
		const count = this.#socket.read(wanted === buffer.length ? buffer : buffer.subarray(0, wanted));
		this.#start = 0;
		this.#end = typeof count === "number" ? count : 0;
		this.#available = this.#end > 0 ? this.#available - this.#end : 0;
	}

	/** It is our turn to speak, and nothing lies here: the buffer goes until the peer answers. */
	rest(): void {
		if (this.waiting) return;
		this.#buffer = undefined;
		this.#start = this.#end = 0;
	}

	/** Moves bytes to the socket, as many as it takes. @param take gives up to so many bytes */
	send(take: (limit: number) => ArrayBuffer | undefined): void {
		while (this.#socket && this.#space > 0) {
			const piece = take(Math.min(this.#space, pieceBytes));
			if (!piece) return;
			try {
				const left = this.#socket.write(piece);
				this.#space = typeof left === "number" ? left : this.#space - piece.byteLength;
			} catch {
				// The other side has gone; the socket tells it when its input is read, and why may stand in that.
				this.#space = 0;
			}
		}
	}
}
