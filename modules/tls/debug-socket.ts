// SPDX-License-Identifier: Apache-2.0
//
// A TLS socket whose handshake is told while somebody looks: the socket below is watched from outside, so that one that nobody looks at
// is as it always was.

import type { DebugPort } from "../debug/port.js";
import type { TCP, TCPConstructor, TCPOptions } from "../ecma419/tcp.js";
import type { Information } from "./findings.js";
import type { TLSOptions } from "./options.js";
import { RecordWatch, type HandshakeFacts } from "./record-watch.js";
import { TLSSocket } from "./socket.js";

type Line = (text: string) => void;

/** Sees the bytes of a handshake. */
class Watch {
	readonly facts: HandshakeFacts = { certificate: false, modern: false, preShared: false };
	sent: RecordWatch | undefined;
	received: RecordWatch | undefined;

	constructor(line: Line, peer: string) {
		this.sent = new RecordWatch((text) => line(`> ${peer} ${text}`), this.facts);
		this.received = new RecordWatch((text) => line(`< ${peer} ${text}`), this.facts);
	}

	/** The rest is data. */
	end(): void {
		this.sent = this.received = undefined;
	}
}

/** The socket below, with what passes told to the watch. */
class WatchedSocket implements TCP {
	readonly #socket: TCP;
	readonly #watch: Watch;

	constructor(io: TCPConstructor, options: TCPOptions, watch: Watch) {
		this.#socket = new io(options);
		this.#watch = watch;
	}

	get target(): unknown {
		return this.#socket.target;
	}

	get remoteAddress(): string | undefined {
		return this.#socket.remoteAddress;
	}

	get remotePort(): number | undefined {
		return this.#socket.remotePort;
	}

	get format(): "number" | "buffer" {
		return this.#socket.format;
	}

	set format(value: "number" | "buffer") {
		this.#socket.format = value;
	}

	read(byteLength?: number): ArrayBuffer | number | undefined;
	read(buffer: Uint8Array): number | undefined;
	read(what?: number | Uint8Array): ArrayBuffer | number | undefined {
		if (!(what instanceof Uint8Array)) {
			const bytes = this.#socket.read(what);
			if (bytes instanceof ArrayBuffer) this.#watch.received?.take(new Uint8Array(bytes));
			return bytes;
		}
		const count = this.#socket.read(what);
		if (count !== undefined) this.#watch.received?.take(what.subarray(0, count));
		return count;
	}

	write(value: Uint8Array | ArrayBuffer | number): number | void {
		const left = this.#socket.write(value);
		if (typeof value !== "number") this.#watch.sent?.take(new Uint8Array(value));
		return left;
	}

	close(): void {
		this.#socket.close();
	}
}

/** A socket class over `io`. */
function watched(io: TCPConstructor, watch: Watch): TCPConstructor {
	return class extends WatchedSocket {
		constructor(options: TCPOptions) {
			super(io, options, watch);
		}
	};
}

function agreed(information: Information, { modern, preShared, certificate }: HandshakeFacts, proved: boolean): string {
	const { version = "", suite = "", protocol } = information;
	const resumed = modern ? preShared : !certificate;
	const agreement = `${version}, ${suite}${protocol === undefined ? "" : `, ${protocol}`}`;
	return `${agreement}; ${resumed ? "session taken up again" : "full handshake"}; peer ${proved ? "verified" : "not verified"}`;
}

/** @param debug told of the handshake, and how the connection ends. @throws as TLSSocket */
export function openSocket(options: TLSOptions, debug: DebugPort | undefined): TLSSocket {
	const line = debug?.line;
	if (line === undefined) return new TLSSocket(options);
	const { context, host, from, port, session, observer, onError } = options;
	const peer = host ?? from?.remoteAddress ?? "peer";
	const watch = new Watch(line, peer);
	const verifies = context.required ? "verifies the peer" : "does not verify the peer";
	if (context.server) line(`: ${peer} is accepted; ${verifies}`);
	else line(`: ${peer} port ${port ?? 0}, ${session === undefined ? "no session" : "offers a session"}; ${verifies}`);
	return new TLSSocket({
		...options,
		io: watched(options.io, watch),
		observer: {
			onSecure(information) {
				watch.end();
				line(`: ${peer} ${agreed(information, watch.facts, context.required)}`);
				observer?.onSecure?.(information);
			},
			onSession(session) {
				observer?.onSession?.(session);
			},
		},
		onError(error) {
			watch.end();
			line(`: ${peer} ${error.code}: ${error.message}`);
			onError?.call(this, error);
		},
	});
}
