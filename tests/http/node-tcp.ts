// SPDX-License-Identifier: Apache-2.0
//
// Node's sockets in the shape of modules/ecma419/tcp.ts, for tests against real servers. Node only.

import { connect, type Socket } from "node:net";
import type { TimerHandle, TimerService } from "../../modules/ecma419/timer.js";
import type { TCP, TCPOptions } from "../../modules/ecma419/tcp.js";

const sendBuffer = 16384;
/** Above this the socket is told to wait: data of a body that nobody reads must stay with the peer. */
const receiveBuffer = 65536;

/** Most bytes that any socket has held unread. */
export const highest = { unread: 0 };

export class NodeTCP implements TCP {
	format: "number" | "buffer" = "buffer";
	readonly target: unknown;
	readonly #socket: Socket;
	readonly #options: TCPOptions;
	#unread = Buffer.alloc(0);
	#ended = false;
	#error: Error | undefined;
	#closed = false;

	constructor(options: TCPOptions) {
		this.target = options.target;
		this.#options = options;
		this.#socket = connect({ host: options.address ?? "", port: options.port ?? 0, noDelay: true });
		this.#socket.on("connect", () => options.onWritable?.call(this, sendBuffer));
		this.#socket.on("drain", () => options.onWritable?.call(this, sendBuffer));
		this.#socket.on("data", (data) => this.#received(data));
		this.#socket.on("error", (error) => (this.#error = error));
		this.#socket.on("close", () => this.#end());
		this.#socket.on("end", () => this.#end());
	}

	get remoteAddress(): string | undefined {
		return this.#socket.remoteAddress;
	}

	get remotePort(): number | undefined {
		return this.#socket.remotePort;
	}

	read(byteLength?: number): ArrayBuffer | number | undefined;
	read(buffer: Uint8Array): number | undefined;
	read(wanted?: number | Uint8Array): ArrayBuffer | number | undefined {
		if (!(wanted instanceof Uint8Array)) throw new Error("only buffers");
		if (wanted.length > this.#unread.length) throw new Error("invalid");
		wanted.set(this.#unread.subarray(0, wanted.length));
		this.#unread = this.#unread.subarray(wanted.length);
		if (this.#unread.length < receiveBuffer) this.#socket.resume();
		if (this.#unread.length === 0 && this.#ended) setImmediate(() => this.#report());
		return wanted.length;
	}

	write(value: Uint8Array | ArrayBuffer | number): void {
		if (!(value instanceof Uint8Array)) throw new Error("only buffers");
		this.#socket.write(value.slice());
	}

	close(): void {
		this.#closed = true;
		this.#socket.destroy();
	}

	#received(data: Buffer): void {
		if (this.#closed) return;
		this.#unread = Buffer.concat([this.#unread, data]);
		highest.unread = Math.max(highest.unread, this.#unread.length);
		if (this.#unread.length >= receiveBuffer) this.#socket.pause();
		this.#options.onReadable?.call(this, this.#unread.length);
	}

	#end(): void {
		if (this.#ended) return;
		this.#ended = true;
		if (this.#unread.length === 0) this.#report();
	}

	#report(): void {
		if (!this.#closed) this.#options.onError?.call(this, this.#error);
	}
}

export const nodeTimer: TimerService = {
	set: (callback, interval) => {
		const handle: TimerHandle = setTimeout(() => callback(handle), interval ?? 0);
		return handle;
	},
	repeat: (callback, interval) => {
		const handle: TimerHandle = setInterval(() => callback(handle), interval);
		return handle;
	},
	schedule: () => {
		throw new Error("not used by the client");
	},
	clear: (handle) => clearTimeout(handle as NodeJS.Timeout | undefined),
};
