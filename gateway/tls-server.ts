// SPDX-License-Identifier: Apache-2.0
//
// TLS of those who accept connections: all show the device certificate, as it is when they open their port. Leaves out SNI and
// certificates of their own.

import type { CertificateStore } from "upgate/certificates/store";
import { TLSContext } from "upgate/tls/context";
import { openSocket } from "upgate/tls/debug-socket";
import type { Device } from "../modules/ecma419/device.js";
import type { Acceptor, TCP, TCPOptions } from "../modules/ecma419/tcp.js";
import type { DebugPorts } from "./debug.js";

export interface TLSServerParts {
	device: Device;
	certificates: Pick<CertificateStore, "identity" | "roots">;
	debug: Pick<DebugPorts, "tls">;
}

export interface TLSServerOptions {
	/** Clients must show a certificate that our roots verify. */
	clients: boolean;
	/** ALPN names; default none. */
	protocols?: readonly string[];
	/** Refuses connections while memory is scarce; default: whoever uses it sees to that. */
	sparing?: boolean;
}

/** Whether a quarter of the script's memory is free: a download over TLS can need all there is, and others must not stop it. */
export function isRoomy({ board }: Device): boolean {
	const { slots, chunks } = board.memory();
	return [slots, chunks].every(({ now, size }) => size - now > size / 4);
}

/** TLS of one port. One object with methods: as functions that keep something, those of two ports would take more than a kilobyte. */
class TLSAcceptor implements Acceptor {
	readonly #parts: TLSServerParts;
	readonly #context: TLSContext;
	readonly #sparing: boolean;

	constructor(parts: TLSServerParts, context: TLSContext, sparing: boolean) {
		this.#parts = parts;
		this.#context = context;
		this.#sparing = sparing;
	}

	/** @throws Error while memory is scarce; TLSError */
	accept({ from, target, onReadable, onWritable, onError }: TCPOptions): TCP {
		const { device, debug } = this.#parts;
		if (this.#sparing && !isRoomy(device)) throw new Error("no memory for TLS");
		const { io, timer, board } = device;
		const own = { io: io.TCP, timer, clock: board.clock, context: this.#context };
		const callbacks = { target, onReadable, onWritable, onError };
		return openSocket({ ...own, from, ...callbacks, handshakeMs: 10_000, bufferBytes: 512 }, debug.tls);
	}
}

/** @returns `undefined` without a device certificate. @throws TLSError */
export function tlsServer(parts: TLSServerParts, options: TLSServerOptions): Acceptor | undefined {
	const { certificates } = parts;
	const identity = certificates.identity();
	if (identity === undefined) return undefined;
	const { clients, protocols = [], sparing = false } = options;
	const context = new TLSContext({
		...{ server: true, ...identity, protocols },
		...(clients ? { verify: "required", roots: certificates.roots() } : {}),
	});
	return new TLSAcceptor(parts, context, sparing);
}
