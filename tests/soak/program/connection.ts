// SPDX-License-Identifier: Apache-2.0
//
// One connection of the provisioning server: takes requests without a body, sends what it is told as fast as the peer takes it.

import TCPSocket from "embedded:io/socket/tcp";
import Timer from "timer";
import { decodeLatin1, encodeLatin1 } from "upgate/bytes/text";
import type { Board } from "upgate/ecma419/board";
import type { TCP, TCPConstructor } from "upgate/ecma419/tcp";
import type { TLSContext } from "upgate/tls/context";
import { TLSSocket } from "upgate/tls/socket";

export interface Request {
	path: string;
	/** Names in lower case. */
	fields: Record<string, string>;
}

export interface ConnectionOptions {
	from: TCP;
	/** For https. */
	context?: TLSContext | undefined;
	clock: Board["clock"];
	/** A whole head has come. */
	onRequest: (connection: Connection, request: Request) => void;
	onClosed: (connection: Connection) => void;
}

const TCPClass = TCPSocket as unknown as TCPConstructor;

function readRequest(head: string): Request {
	const [first, ...lines] = head.split("\r\n");
	const fields: Record<string, string> = {};
	for (const line of lines) {
		const colon = line.indexOf(":");
		if (colon > 0) fields[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
	}
	return { path: first.split(" ")[1] ?? "", fields };
}

export class Connection {
	readonly #options: ConnectionOptions;
	#socket: TCP | undefined;
	#input = "";
	#output: Uint8Array[] = [];
	#room = 0;
	#ending = false;

	constructor(options: ConnectionOptions) {
		this.#options = options;
		const { from, context, clock } = options;
		const common = {
			from,
			onReadable: () => this.#read(),
			onWritable: (room: number) => {
				this.#room = room;
				this.#write();
			},
			onError: () => this.close(),
		};
		this.#socket =
			context === undefined
				? new TCPClass(common)
				: new TLSSocket({ ...common, io: TCPClass, timer: Timer, clock, context, handshakeMs: 20_000 });
	}

	send(...parts: (string | Uint8Array)[]): void {
		for (const part of parts) this.#output.push(typeof part === "string" ? encodeLatin1(part) : part);
		this.#write();
	}

	/** Closes once all is sent. */
	end(): void {
		this.#ending = true;
		this.#write();
	}

	/** Closes at once; the peer sees a reset where something of it was not read. */
	close(): void {
		const socket = this.#socket;
		if (socket === undefined) return;
		this.#socket = undefined;
		this.#output = [];
		socket.close();
		this.#options.onClosed(this);
	}

	#read(): void {
		const bytes = this.#socket?.read();
		if (!(bytes instanceof ArrayBuffer)) return;
		this.#input += decodeLatin1(new Uint8Array(bytes));
		const end = this.#input.indexOf("\r\n\r\n");
		if (end < 0) return;
		const head = this.#input.slice(0, end);
		this.#input = this.#input.slice(end + 4);
		this.#options.onRequest(this, readRequest(head));
	}

	#write(): void {
		const socket = this.#socket;
		if (socket === undefined) return;
		while (this.#output.length > 0 && this.#room > 0) {
			const [first] = this.#output;
			const piece = first.subarray(0, this.#room);
			if (piece.length === first.length) this.#output.shift();
			else this.#output[0] = first.subarray(piece.length);
			try {
				const room = socket.write(piece);
				this.#room = typeof room === "number" ? room : this.#room - piece.length;
			} catch {
				// The peer has gone, and nobody has told us yet.
				return this.close();
			}
		}
		if (this.#ending && this.#output.length === 0) Timer.set(() => this.close(), 1);
	}
}
