// SPDX-License-Identifier: Apache-2.0
//
// The provisioning server of the soak, over http and https on loopback: conditions, ranges, kept connections, and for some requests
// of a round one of faults.ts.

import ListenerSocket from "embedded:io/socket/listener";
import Timer from "timer";
import type { Board } from "upgate/ecma419/board";
import type { Listener, ListenerConstructor } from "upgate/ecma419/listener";
import type { TCP } from "upgate/ecma419/tcp";
import { formatHTTPDate } from "upgate/http/dates";
import { TLSContext } from "upgate/tls/context";
import { answers, type Door, doors } from "./faults.js";
import { Connection, type Request } from "./connection.js";

export interface ServedFile {
	body: Uint8Array;
	modifiedMs: number;
}

export interface Identity {
	certificate: Uint8Array;
	key: Uint8Array;
}

export interface ServerOptions {
	ports: { http: number; https: number };
	/** Its certificate, and one that no gateway trusts. */
	own: Identity;
	strange: Identity;
	clock: Board["clock"];
	/** Milliseconds since 1970. */
	wall: () => number;
	below: (limit: number) => number;
}

const address = "127.0.0.1";

function isDoor(name: string | undefined): name is Door {
	return doors.some((door) => door === name);
}

export class Server {
	/** By path. */
	files: Record<string, ServedFile> = {};
	/** Requests so far, and connections that are open. */
	requests = 0;
	readonly open = new Set<Connection>();
	readonly #options: ServerOptions;
	readonly #contexts: { own: TLSContext; strange: TLSContext };
	#listeners: Listener[] = [];
	#fault: string | undefined;
	/** Faulty connections or answers that are left. */
	#left = 0;
	#mute: TCP[] = [];

	constructor(options: ServerOptions) {
		this.#options = options;
		const context = (identity: Identity): TLSContext => new TLSContext({ server: true, ...identity });
		this.#contexts = { own: context(options.own), strange: context(options.strange) };
		this.#listen();
	}

	/** What the files take. */
	get servedBytes(): number {
		return Object.values(this.files).reduce((total, { body }) => total + body.length, 0);
	}

	/** From now on the next `times` connections or answers are wrong. */
	setFault(name: string | undefined, times: number): void {
		this.#fault = name;
		this.#left = name === undefined ? 0 : times;
		for (const socket of this.#mute.splice(0)) socket.close();
		if (name === "refused") {
			for (const listener of this.#listeners.splice(0)) listener.close();
			// So many tries are refused, one 5 s or more after the other.
			if (times < 10) Timer.set(() => this.#listen(), times * 5000);
		} else this.#listen();
	}

	#listen(): void {
		if (this.#listeners.length > 0) return;
		const { http, https } = this.#options.ports;
		const listen = (port: number, secure: boolean): Listener => {
			const listener: Listener = new (ListenerSocket as unknown as ListenerConstructor)({
				...{ address, port },
				onReadable: (count) => {
					while (count-- > 0) this.#accept(listener.read(), secure);
				},
			});
			return listener;
		};
		this.#listeners = [listen(http, false), listen(https, true)];
	}

	#accept(from: TCP | undefined, secure: boolean): void {
		if (from === undefined) return;
		const { clock } = this.#options;
		const door = this.#take(isDoor);
		if (door === "mute") return void this.#mute.push(from);
		if (door === "reset") return from.close();
		const context = door === "stranger" ? this.#contexts.strange : this.#contexts.own;
		const connection = new Connection({
			...{ from, clock, context: secure && door !== "garbage" ? context : undefined },
			onRequest: (connection, request) => this.#answer(connection, request),
			onClosed: (connection) => this.open.delete(connection),
		});
		this.open.add(connection);
		if (door !== "garbage") return;
		connection.send("\x00\x01\x02 this is neither TLS nor http\r\n\r\n");
		connection.end();
	}

	/** The fault, if it is of that kind and some are left. */
	#take<T extends string>(is: (name: string | undefined) => name is T): T | undefined {
		const name = this.#fault;
		if (!is(name) || this.#left <= 0) return undefined;
		this.#left--;
		return name;
	}

	#answer(connection: Connection, request: Request): void {
		this.requests++;
		const { below } = this.#options;
		const file = this.files[request.path];
		const head = (status: string, fields: Record<string, string> = {}): string => this.#head(status, file, fields);
		const fault = this.#take((name): name is string => name !== undefined && Object.hasOwn(answers, name));
		if (fault !== undefined)
			answers[fault]({ connection, request, file, head, below, body: file?.body ?? new Uint8Array(0) });
		else this.#right(connection, request, file, head);
	}

	#right(
		connection: Connection,
		{ fields }: Request,
		file: ServedFile | undefined,
		head: (status: string, fields?: Record<string, string>) => string,
	): void {
		if (file === undefined) return connection.send(head("404 Not Found", { "Content-Length": "0" }));
		const { body } = file;
		if (fields["if-none-match"] === etag(file)) return connection.send(head("304 Not Modified"));
		const from = Number(/^bytes=(\d+)-$/.exec(fields.range ?? "")?.[1] ?? 0);
		const isPart = from > 0 && from < body.length && fields["if-range"] === etag(file);
		if (!isPart) return connection.send(head("200 OK", { "Content-Length": String(body.length) }), body);
		const range = { "Content-Range": `bytes ${from}-${body.length - 1}/${body.length}` };
		connection.send(
			head("206 Partial Content", { ...range, "Content-Length": String(body.length - from) }),
			body.subarray(from),
		);
	}

	#head(status: string, file: ServedFile | undefined, fields: Record<string, string>): string {
		const validators: Record<string, string> =
			file === undefined ? {} : { ETag: etag(file), "Last-Modified": formatHTTPDate(file.modifiedMs) };
		const all = { Date: formatHTTPDate(this.#options.wall()), ...validators, ...fields };
		const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
		return `HTTP/1.1 ${status}\r\n${lines.join("")}\r\n`;
	}
}

function etag({ body, modifiedMs }: ServedFile): string {
	return `"${Math.floor(modifiedMs / 1000).toString(16)}-${body.length.toString(16)}"`;
}
