// SPDX-License-Identifier: Apache-2.0
//
// The listening side of sockets on the virtual clock, as strict as a host: `read` for more than there is throws, `write` for more than
// the last count throws, nothing works after `close`, no call-back from inside a method.

import { decodeLatin1, encodeLatin1 } from "../../modules/bytes/text.js";
import type { Listener, ListenerConstructor, ListenerOptions } from "../../modules/ecma419/listener.js";
import type { TCP, TCPConstructor, TCPOptions } from "../../modules/ecma419/tcp.js";
import type { Datagram, UDP, UDPConstructor, UDPOptions } from "../../modules/ecma419/udp.js";
import type { FakeClock } from "../fakes/clock.js";

/** One connection; the test is the client. */
export class Stream {
	/** What the server wrote and the client has taken. */
	received = "";
	closed = false;
	/** Bytes the client takes before the server has to wait. */
	window = 4096;
	options: TCPOptions | undefined;
	#input: number[] = [];
	readonly #clock: FakeClock;

	constructor(clock: FakeClock) {
		this.#clock = clock;
	}

	send(text: string): void {
		/* One by one: as arguments of one call, a long message is more than the stack of XS holds. */
		for (const byte of encodeLatin1(text)) this.#input.push(byte);
		this.#clock.timer.set(() => {
			const { options } = this;
			if (!this.closed && this.#input.length > 0) options?.onReadable?.call(this.socket, this.#input.length);
		});
	}

	/** The client takes what was written. */
	drain(): void {
		this.window = 4096;
		this.#clock.timer.set(() => {
			if (!this.closed) this.options?.onWritable?.call(this.socket, this.window);
		});
	}

	hangUp(): void {
		this.#clock.timer.set(() => {
			if (!this.closed) this.options?.onError?.call(this.socket);
		});
	}

	readonly socket = {
		remoteAddress: "192.0.2.200",
		remotePort: 40000,
		format: "buffer",
		read: (into: Uint8Array): number => {
			if (this.closed || into.length > this.#input.length) throw new Error("read");
			into.set(this.#input.splice(0, into.length));
			return into.length;
		},
		write: (bytes: Uint8Array): number => {
			if (this.closed || bytes.length > this.window) throw new Error("write");
			this.received += decodeLatin1(bytes);
			this.window -= bytes.length;
			return this.window;
		},
		close: (): void => {
			this.closed = true;
		},
	} as unknown as TCP;
}

/** All listening sockets of one host. */
export class Host {
	readonly clock: FakeClock;
	/** Ports in use. */
	readonly open = new Set<string>();
	/** Ports that somebody else has. */
	readonly taken = new Set<string>();
	/** Responses over UDP: address, port, text. */
	readonly sent: [address: string, port: number, text: string][] = [];
	readonly UDP: UDPConstructor;
	readonly Listener: ListenerConstructor;
	readonly TCP: TCPConstructor;
	#udp: UDPOptions | undefined;
	#datagrams: Datagram[] = [];
	#listener: ListenerOptions | undefined;
	#waiting: Stream[] = [];

	constructor(clock: FakeClock) {
		this.clock = clock;
		const bind = (name: string): void => {
			if (this.taken.has(name) || this.open.has(name)) throw new Error(`${name} is in use`);
			this.open.add(name);
		};
		const makeUDP = (options: UDPOptions): UDP => {
			bind(`UDP ${options.port}`);
			this.#udp = options;
			return {
				format: "buffer",
				read: () => this.#datagrams.shift(),
				write: (bytes, address, port) => {
					const view = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
					this.sent.push([address, port, decodeLatin1(view)]);
				},
				close: () => this.open.delete(`UDP ${options.port}`),
			};
		};
		const makeListener = (options: ListenerOptions): Listener => {
			bind(`TCP ${options.port}`);
			this.#listener = options;
			const { port = 0 } = options;
			const close = (): boolean => this.open.delete(`TCP ${port}`);
			return { port, format: "socket/tcp", read: () => this.#waiting.shift()?.socket, close };
		};
		const streams = new Map<TCP, Stream>();
		this.connect = (): Stream => {
			const stream = new Stream(clock);
			streams.set(stream.socket, stream);
			this.#waiting.push(stream);
			clock.timer.set(() =>
				this.#listener?.onReadable?.call({ target: this.#listener.target } as Listener, this.#waiting.length),
			);
			return stream;
		};
		const makeTCP = (options: TCPOptions): TCP => {
			const stream = options.from && streams.get(options.from);
			if (!stream) throw new Error("from");
			stream.options = options;
			Object.assign(stream.socket, { target: options.target });
			stream.drain();
			return stream.socket;
		};
		// Constructors must take the options alone, as a host's do.
		this.UDP = construct(makeUDP) as unknown as UDPConstructor;
		this.Listener = construct(makeListener) as unknown as ListenerConstructor;
		this.TCP = construct(makeTCP) as unknown as TCPConstructor;
	}

	/** A client connects to the listener. */
	readonly connect: () => Stream;

	datagram(text: string, address = "192.0.2.200", port = 5060): void {
		const { buffer } = encodeLatin1(text);
		this.#datagrams.push(Object.assign(buffer, { address, port }) as unknown as Datagram);
		this.clock.timer.set(() =>
			this.#udp?.onReadable?.call({ target: this.#udp.target } as UDP, this.#datagrams.length),
		);
	}

	/** Datagrams that nobody has read. */
	get unread(): number {
		return this.#datagrams.length;
	}

	failUDP(): void {
		this.clock.timer.set(() => this.#udp?.onError?.call({ target: this.#udp.target } as UDP));
	}
}

function construct<Options, Result>(make: (options: Options) => Result): unknown {
	return function (options: Options): Result {
		return make(options);
	};
}
