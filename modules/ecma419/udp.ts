// SPDX-License-Identifier: Apache-2.0
//
// UDP socket (ECMA-419 section "UDP socket"; Moddable SDK `embedded:io/socket/udp`).

export interface UDPOptions {
	/** Local port, 0 or absent for any. */
	port?: number;
	/** Local address to bind, default any. */
	address?: string;
	multicast?: string;
	timeToLive?: number;
	format?: "buffer";
	/** Becomes the socket's `target`: whose it is, so that callbacks need not be made anew for each. */
	target?: unknown;
	/** Number of datagrams that can be read. */
	onReadable?: (this: UDP, packets: number) => void;
	onError?: (this: UDP, error?: Error) => void;
}

/** A received datagram with the address it came from. */
export type Datagram = ArrayBuffer & { address: string; port: number };

export interface UDP {
	read(): Datagram | undefined;
	write(buffer: Uint8Array | ArrayBuffer, address: string, port: number): void;
	close(): void;
	readonly target?: unknown;
	format: "buffer";
}

export type UDPConstructor = new (options: UDPOptions) => UDP;
