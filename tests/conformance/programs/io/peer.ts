// SPDX-License-Identifier: Apache-2.0
//
// Connected pairs on loopback and the bytes they exchange.

import Listener from "embedded:io/socket/listener";
import TCP from "embedded:io/socket/tcp";
import type { TCPOptions } from "../../../../modules/ecma419/tcp.js";
import { Deferred } from "./cases.js";

export function bytesOf(text: string): Uint8Array {
	return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function textOf(bytes: ArrayBuffer | Uint8Array): string {
	return Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
}

/** A byte that depends on its position, so that lost and swapped pieces show. */
export function patternAt(position: number): number {
	return (position * 7 + (position >> 8)) & 0xff;
}

/** Listens on loopback, accepts one connection with the options given, then stops listening. */
export function acceptOne(
	options: Omit<TCPOptions, "from">,
	address = "127.0.0.1",
): { port: number; accepted: Promise<TCP> } {
	const accepted = new Deferred<TCP>();
	const listener = new Listener({
		address,
		onReadable() {
			accepted.guard(() => {
				const from = listener.read();
				if (!from) throw new Error("no connection to read");
				accepted.resolve(new TCP({ ...options, from }));
				listener.close();
			});
		},
	});
	return { port: listener.port, accepted: accepted.promise };
}

/** A connected pair: `near` with the options given, `far` accepted with those for it. */
export async function pair(
	near: Omit<TCPOptions, "from">,
	far: Omit<TCPOptions, "from">,
): Promise<{ near: TCP; far: TCP }> {
	const { port, accepted } = acceptOne(far);
	const socket = new TCP({ ...near, address: "127.0.0.1", port });
	return { near: socket, far: await accepted };
}

/** The slow peers of the driver tell a second connection how many bytes the first one brought. */
export async function askTotal(port: number): Promise<number> {
	const answer = new Deferred<number>();
	new TCP({
		address: "127.0.0.1",
		port,
		onReadable() {
			answer.resolve(Number(textOf(this.read() as ArrayBuffer)));
			this.close();
		},
		onError: (error) => answer.reject(error),
	});
	return answer.promise;
}
