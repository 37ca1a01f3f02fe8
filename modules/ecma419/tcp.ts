// SPDX-License-Identifier: Apache-2.0
//
// TCP client socket (ECMA-419 section "TCP socket"; Moddable SDK `embedded:io/socket/tcp`).
// No callback runs from inside the constructor or a method; none after `close`.

export interface TCPOptions {
	/** IPv4 or IPv6 literal; `address` or `from` is required. */
	address?: string;
	/** 1 to 65535. */
	port?: number;
	/** A socket that a Listener's `read` gave; this object takes it over. */
	from?: TCP;
	nodelay?: boolean;
	/** `number` or `buffer` (default `buffer`). */
	format?: "number" | "buffer";
	/** Becomes the socket's `target`: whose it is, so that callbacks need not be made anew for each socket. */
	target?: unknown;
	/** Bytes that can be read now. */
	onReadable?: (this: TCP, bytes: number) => void;
	/** Bytes that can be written now; the first call says that the connection stands. */
	onWritable?: (this: TCP, bytes: number) => void;
	/** Connection refused, broken, or closed by the peer (the SDK does not tell these apart). Only `close` is legal afterwards. */
	onError?: (this: TCP, error?: Error) => void;
}

export interface TCP {
	readonly target?: unknown;
	readonly remoteAddress: string | undefined;
	readonly remotePort: number | undefined;
	/** All that was announced, or `byteLength` bytes; `undefined` when there is nothing. @throws Error when asked for more than there is */
	read(byteLength?: number): ArrayBuffer | number | undefined;
	/** Fills `buffer`. @returns count of bytes, `undefined` when there is nothing. @throws Error when it wants more than there is */
	read(buffer: Uint8Array): number | undefined;
	/** Takes all of `value` or throws; never more than the last `onWritable` count. @returns bytes that may still be written */
	write(value: Uint8Array | ArrayBuffer | number): number | void;
	close(): void;
	format: "number" | "buffer";
}

export type TCPConstructor = new (options: TCPOptions) => TCP;

/** Makes the socket of an accepted connection, in `from`: TCP itself, or another protocol over it. Not of ECMA-419. */
export interface Acceptor {
	accept(options: TCPOptions): TCP;
}
