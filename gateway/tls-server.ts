// SPDX-License-Identifier: Apache-2.0
//
// TLS of those who accept connections: all show the device certificate, as it is when they open their port. Leaves out SNI and
// certificates of their own.

import type { CertificateStore } from "upgate/certificates/store";
import { TLSContext } from "upgate/tls/context";
import { openSocket } from "upgate/tls/debug-socket";
import type { TLSOptions } from "upgate/tls/options";
import type { Device } from "../modules/ecma419/device.js";
import type { TCP, TCPOptions } from "../modules/ecma419/tcp.js";
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
}

/** Makes a TLS socket, server side, over the one in `from`. */
export type Accept = (options: TCPOptions) => TCP;

/** Whether a quarter of the script's memory is free: a download over TLS can need all there is, and others must not stop it. */
export function isRoomy({ board }: Device): boolean {
	const { slots, chunks } = board.memory();
	return [slots, chunks].every(({ now, size }) => size - now > size / 4);
}

/** @returns `undefined` without a device certificate. @throws TLSError */
export function tlsServer(
	{ device, certificates, debug }: TLSServerParts,
	options: TLSServerOptions,
): Accept | undefined {
	const identity = certificates.identity();
	if (identity === undefined) return undefined;
	const { io, timer, board } = device;
	const { clients, protocols = [] } = options;
	const context = new TLSContext({
		...{ server: true, ...identity, protocols },
		...(clients ? { verify: "required", roots: certificates.roots() } : {}),
	});
	return ({ from, onReadable, onWritable, onError }) => {
		const socket: TLSOptions = {
			...{ io: io.TCP, timer, clock: board.clock, context },
			...{ from, onReadable, onWritable, onError },
			handshakeMs: 10_000,
			bufferBytes: 512,
		};
		return openSocket(socket, debug.tls);
	};
}
