// SPDX-License-Identifier: Apache-2.0
//
// TCP listener (ECMA-419 section "TCP listener socket"; Moddable SDK `embedded:io/socket/listener`).

import type { TCP } from "./tcp.js";

export interface ListenerOptions {
	/** Local port; 0 or absent for any free one. */
	port?: number;
	/** Local address, default any. */
	address?: string;
	format?: "socket/tcp";
	/** Becomes the listener's `target`: whose it is, so that callbacks need not be made anew for each. */
	target?: unknown;
	/** Number of connections that can be read. */
	onReadable?: (this: Listener, requests: number) => void;
}

export interface Listener {
	/** An accepted connection to hand to the TCP constructor as `from`; `undefined` when there is none. */
	read(): TCP | undefined;
	/** The local port in use. */
	readonly port: number;
	close(): void;
	readonly target?: unknown;
	format: "socket/tcp";
}

export type ListenerConstructor = new (options: ListenerOptions) => Listener;
