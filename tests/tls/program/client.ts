// SPDX-License-Identifier: Apache-2.0
//
// The client side of the test program.

import TCP from "embedded:io/socket/tcp";
import { print } from "./serial-port.js";
import Timer from "timer";
import { encodeLatin1 } from "upgate/bytes/text";
import type { Board } from "upgate/ecma419/board";
import type { TLSContext } from "upgate/tls/context";
import { TLSSocket } from "upgate/tls/socket";
import { printMemory } from "./memory.js";
import { describe, makeContext, type Spec } from "./spec.js";

const buffer = new Uint8Array(2048);

function printable(bytes: Uint8Array): string {
	let text = "";
	for (const byte of bytes) text += byte === 10 || (byte >= 32 && byte < 127) ? String.fromCharCode(byte) : "";
	return text;
}

class Client {
	readonly #spec: Spec;
	readonly #board: Board;
	readonly #context: TLSContext;
	#session: ArrayBuffer | undefined;
	#left: number;
	#received = 0;
	#sum = 0;
	#text = "";

	constructor(spec: Spec, board: Board) {
		this.#spec = spec;
		this.#board = board;
		this.#left = spec.times ?? 1;
		this.memory("start");
		this.#context = makeContext(spec);
		this.memory("context");
		this.connect();
	}

	memory(at: string): void {
		if (this.#spec.memory) printMemory(this.#board, at);
	}

	connect(): void {
		this.#received = this.#sum = 0;
		this.#text = "";
		const started = this.#board.clock.ticks();
		let sent = false;
		const { port, host, send, clockSource, bufferBytes, handshakeMs } = this.#spec;
		const clock = clockSource ? { now: () => this.#board.clock.now(), source: clockSource } : this.#board.clock;
		const socket = new TLSSocket({
			io: TCP,
			timer: Timer,
			context: this.#context,
			address: "127.0.0.1",
			port,
			host,
			clock,
			bufferBytes,
			handshakeMs,
			session: this.#session,
			observer: {
				onSecure: (information) => {
					const { verified } = socket;
					const ms = this.#board.clock.ticks() - started;
					print(JSON.stringify({ event: "secure", ...information, verified, ms }));
					this.memory("secure");
				},
				onSession: (session) => {
					this.#session = session;
					print(JSON.stringify({ event: "session", bytes: session.byteLength }));
				},
			},
			onWritable: () => {
				if (send && !sent) socket.write(encodeLatin1(send));
				sent = true;
			},
			onReadable: (count) => this.read(socket, count),
			onError: (error) => {
				this.memory("end");
				socket.close();
				print(JSON.stringify({ event: "data", received: this.#received, sum: this.#sum, text: this.#text }));
				print(JSON.stringify(describe(error)));
				this.next();
			},
		});
	}

	read(socket: TLSSocket, count: number): void {
		const texts = this.#spec.texts ?? 200;
		while (count > 0) {
			const part = count < buffer.length ? buffer.subarray(0, count) : buffer;
			const got = socket.read(part) ?? 0;
			for (let i = 0; i < got; i += 97) this.#sum = (this.#sum * 31 + part[i]) | 0;
			if (this.#text.length < texts) this.#text += printable(part);
			this.#received += got;
			count -= got;
		}
		if (this.#spec.bytes !== undefined && this.#received >= this.#spec.bytes) {
			this.memory("read");
			socket.close();
			print(JSON.stringify({ event: "data", received: this.#received, sum: this.#sum, text: this.#text }));
			this.next();
		}
	}

	next(): void {
		if (--this.#left > 0) {
			Timer.set(() => this.connect(), 10);
			return;
		}
		this.memory("closed");
		this.#context.close();
		this.memory("over");
		print(JSON.stringify({ event: "done" }));
	}
}

export function startClient(spec: Spec, board: Board): void {
	try {
		new Client(spec, board);
	} catch (error) {
		print(JSON.stringify(describe(error)));
		print(JSON.stringify({ event: "done" }));
	}
}
