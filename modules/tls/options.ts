// SPDX-License-Identifier: Apache-2.0
//
// Options of a TLS socket: those of the TCP socket below it, and its own.

import type { Clock } from "../ecma419/board.js";
import type { TCPConstructor, TCPOptions } from "../ecma419/tcp.js";
import type { TimerService } from "../ecma419/timer.js";
import type { TLSContext } from "./context.js";
import type { TLSError } from "./errors.js";
import type { TLSSocket } from "./socket.js";
import type { Information } from "./findings.js";

/** One object, not functions of the options: a socket then holds one thing for it as long as the connection stands. */
export interface TLSObserver {
	/** The handshake is over and the peer is who it has to be; `onWritable` follows. */
	onSecure?(information: Information): void;
	/** A session that can be resumed; more than once. */
	onSession?(session: ArrayBuffer): void;
}

export interface TLSOptions extends Omit<TCPOptions, "onReadable" | "onWritable" | "onError" | "format"> {
	/** Socket class that carries the ciphertext. */
	io: TCPConstructor;
	timer: TimerService;
	context: TLSContext;
	/**
	 * Host name or address literal that the peer's certificate must be for; a name is sent too (SNI). Needed by a client whose
	 * context verifies.
	 */
	host?: string;
	/** Judges dates; without one, or while it was never set, they are not judged. */
	clock?: Pick<Clock, "now" | "source">;
	/** Session that the observer's `onSession` gave for this server, to shorten the handshake. */
	session?: ArrayBuffer;
	/** From the constructor to the end of the handshake, ms; default 15,000. */
	handshakeMs?: number;
	/** Bytes of the buffer for ciphertext; default 736, half a segment of TCP. */
	bufferBytes?: number | undefined;
	format?: "buffer";
	/** Told of what TCP has not: the handshake's end, and sessions. */
	observer?: TLSObserver | undefined;
	/** Decrypted bytes that can be read now. More come when these have been read. */
	onReadable?: (this: TLSSocket, bytes: number) => void;
	/** Bytes that can be written now; the first call says that the connection stands. */
	onWritable?: (this: TLSSocket, bytes: number) => void;
	/** TLS_CLOSED when the peer has ended in order, else what went wrong. Only `close` is legal afterwards. */
	onError?: (this: TLSSocket, error: TLSError) => void;
}
