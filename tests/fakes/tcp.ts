// SPDX-License-Identifier: Apache-2.0
//
// TCP sockets on the virtual clock, with a scripted peer at the other end. As strict as the strictest host: `read` for more than
// there is throws (as the Moddable SDK's does), `write` for more than the last count throws, anything after `close` throws,
// `onError` comes once all data is read, no call-back comes from inside a method or after `close`.

import { decodeLatin1, encodeLatin1 } from "../../modules/bytes/text.js";
import type { TCP, TCPConstructor, TCPOptions } from "../../modules/ecma419/tcp.js";
import type { FakeClock } from "./clock.js";

/** What a server does with one connection. */
export interface FakeService {
	onConnect?: (peer: FakePeer) => void;
	/** All text received so far that `take` has not taken. */
	onData?: (peer: FakePeer) => void;
	/** The client has closed. */
	onClose?: (peer: FakePeer) => void;
}

/** The other end of a connection, in the test's hands. */
export class FakePeer {
	/** 0 for the first connection of the network. */
	readonly index: number;
	/** Latin-1 of what the client has sent and `take` has not taken. */
	received = "";
	/** The client has closed its socket. */
	clientClosed = false;
	readonly #socket: FakeSocket;

	constructor(index: number, socket: FakeSocket) {
		this.index = index;
		this.#socket = socket;
	}

	/** @returns what has been received, which is forgotten */
	take(): string {
		const text = this.received;
		this.received = "";
		return text;
	}

	/** Sends text (Latin-1) or bytes, all at once. */
	send(data: string | Uint8Array): void {
		this.#socket.deliver(typeof data === "string" ? encodeLatin1(data) : data);
	}

	/** Sends `size` bytes every `intervalMs`. @param then called after the last piece */
	sendSlowly(data: string | Uint8Array, size: number, intervalMs: number, then?: () => void): void {
		const bytes = typeof data === "string" ? encodeLatin1(data) : data;
		const clock = this.#socket.network.clock;
		const next = (at: number): void => {
			if (this.clientClosed) return;
			if (at >= bytes.length) return then?.();
			this.#socket.deliver(bytes.subarray(at, at + size));
			clock.timer.set(() => next(at + size), intervalMs);
		};
		next(0);
	}

	/** Closes; with `error` the connection breaks. */
	close(error?: Error): void {
		this.#socket.endInput(error);
	}
}

export class FakeNetwork {
	readonly clock: FakeClock;
	/** Socket class for the module under test. */
	readonly TCP: TCPConstructor;
	/** All connections that were made, in order. */
	readonly peers: FakePeer[] = [];
	/** Times a socket was made, connected or not. */
	attempts = 0;
	latencyMs = 1;
	/** Bytes that a socket takes at a time. */
	sendBuffer = 4096;
	readonly #services: Record<string, FakeService | "silent"> = {};

	constructor(clock: FakeClock) {
		this.clock = clock;
		// The socket class must take the options alone, as a host's does.
		const open = (options: TCPOptions): FakeSocket => new FakeSocket(this, options);
		this.TCP = function (options: TCPOptions) {
			return open(options);
		} as unknown as TCPConstructor;
	}

	/** A server; "silent" never answers the connection attempt. Without one the connection is refused. */
	listen(address: string, port: number, service: FakeService | "silent"): void {
		this.#services[`${address} ${port}`] = service;
	}

	service(address: string, port: number): FakeService | "silent" | undefined {
		return this.#services[`${address} ${port}`];
	}

	/** Connections that the client has not closed. */
	get open(): number {
		return this.peers.filter((peer) => !peer.clientClosed).length;
	}
}

export class FakeSocket implements TCP {
	format: "number" | "buffer" = "buffer";
	readonly remoteAddress: string | undefined;
	readonly remotePort: number | undefined;
	readonly target: unknown;
	readonly network: FakeNetwork;
	readonly #options: TCPOptions;
	#service: FakeService | undefined;
	#peer: FakePeer | undefined;
	#input = new Uint8Array(0);
	#writable = 0;
	#closed = false;
	#ended: { error: Error | undefined } | undefined;
	#errorSent = false;

	constructor(network: FakeNetwork, options: TCPOptions) {
		const { address, port } = options;
		if (!address || !/^[0-9a-f:.]+$/.test(address)) throw new Error("invalid address");
		if (!port || port < 1 || port > 65535) throw new RangeError("invalid port");
		this.network = network;
		this.remoteAddress = address;
		this.remotePort = port;
		this.target = options.target;
		this.#options = options;
		network.attempts++;
		const service = network.service(address, port);
		if (service !== "silent") this.#later(() => this.#connected(service));
	}

	read(byteLength?: number): ArrayBuffer | number | undefined;
	read(buffer: Uint8Array): number | undefined;
	read(wanted?: number | Uint8Array): ArrayBuffer | number | undefined {
		this.#check();
		return this.#read(wanted);
	}

	write(value: Uint8Array | ArrayBuffer | number): number {
		this.#check();
		if (this.#ended) throw new Error("peer has closed");
		if (typeof value === "number") throw new Error("format");
		if (value.byteLength > this.#writable) throw new Error("would block");
		const text = decodeLatin1(value instanceof Uint8Array ? value : new Uint8Array(value));
		this.#writable -= value.byteLength;
		this.#later(() => this.#sent(text, value.byteLength), true);
		return this.#writable;
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		const peer = this.#peer;
		if (!peer) return;
		peer.clientClosed = true;
		this.network.clock.timer.set(() => this.#service?.onClose?.(peer), this.network.latencyMs);
	}

	deliver(bytes: Uint8Array): void {
		if (this.#ended) throw new Error("peer has closed");
		if (bytes.length === 0) return;
		const copy = bytes.slice();
		this.#later(() => {
			const joined = new Uint8Array(this.#input.length + copy.length);
			joined.set(this.#input);
			joined.set(copy, this.#input.length);
			this.#input = joined;
			this.#options.onReadable?.call(this, joined.length);
		});
	}

	endInput(error: Error | undefined): void {
		this.#later(() => {
			this.#ended = { error };
			// In between the host knows of the end and the program does not: `write` throws.
			this.#later(() => this.#checkEnd());
		});
	}

	#connected(service: FakeService | undefined): void {
		if (!service) return this.endInput(new Error("connection refused"));
		const peer = new FakePeer(this.network.peers.length, this);
		this.network.peers.push(peer);
		this.#peer = peer;
		this.#service = service;
		this.#writable = this.network.sendBuffer;
		service.onConnect?.(peer);
		this.#options.onWritable?.call(this, this.#writable);
	}

	#sent(text: string, count: number): void {
		const peer = this.#peer;
		if (!peer || this.#ended) return;
		peer.received += text;
		this.#service?.onData?.(peer);
		if (this.#closed) return;
		this.#writable += count;
		this.#options.onWritable?.call(this, this.#writable);
	}

	#read(wanted: number | Uint8Array | undefined): ArrayBuffer | number | undefined {
		if (this.#input.length === 0) return undefined;
		const count = typeof wanted === "number" ? wanted : (wanted?.length ?? this.#input.length);
		if (count <= 0 || count > this.#input.length) throw new Error("invalid");
		const piece = this.#input.slice(0, count);
		this.#input = this.#input.slice(count);
		if (this.#input.length === 0) this.#later(() => this.#checkEnd());
		if (!(wanted instanceof Uint8Array)) return piece.buffer;
		wanted.set(piece);
		return count;
	}

	#checkEnd(): void {
		if (!this.#ended || this.#input.length > 0 || this.#errorSent) return;
		this.#errorSent = true;
		this.#options.onError?.call(this, this.#ended.error);
	}

	#check(): void {
		if (this.#closed) throw new Error("closed");
		if (this.#errorSent) throw new Error("only close is legal after onError");
	}

	#later(what: () => void, always = false): void {
		this.network.clock.timer.set(() => {
			if (always || !this.#closed) what();
		}, this.network.latencyMs);
	}
}
