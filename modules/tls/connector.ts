// SPDX-License-Identifier: Apache-2.0
//
// Client connections for an HTTP client: makes the context when a connection begins, so that roots and keys take memory only
// while one stands, and keeps sessions per server to shorten the next handshake.

import type { Clock } from "../ecma419/board.js";
import type { TCP, TCPConstructor, TCPOptions } from "../ecma419/tcp.js";
import type { TimerService } from "../ecma419/timer.js";
import { crc32 } from "../bytes/crc32.js";
import type { DebugPort } from "../debug/port.js";
import { TLSContext } from "./context.js";
import { TLSError } from "./errors.js";
import { openSocket } from "./debug-socket.js";
import type { Information } from "./findings.js";
import type { TLSObserver, TLSOptions } from "./options.js";

/** Whom to trust and who we are, towards one server. */
export interface Trust {
	roots: readonly Uint8Array[];
	certificate?: Uint8Array;
	key?: Uint8Array;
	/** Whether the server has to prove who it is. */
	verify: boolean;
}

/** Where a connection goes; the HTTP client's ParsedURL fits. */
export interface Server {
	host: string;
	port: number;
}

export interface TLSConnectorOptions {
	readonly io: TCPConstructor;
	readonly timer: TimerService;
	readonly clock: Clock;
	/** Asked for each connection. */
	trust(server: Server): Trust;
	/** A handshake is over. */
	onSecure?(server: Server, information: Information, verified: boolean): void;
	/** Told of handshakes and ends of connections. */
	readonly debug?: DebugPort | undefined;
	/** Servers whose session is kept; default 2. */
	readonly sessions?: number;
	/**
	 * Small record buffers, see TLSContextOptions. `small` asks for them by TLS 1.2, where servers know how to agree to them; a server that
	 * does not is remembered after the first failure, and has full ones from then on. Default `full`.
	 */
	records?: "full" | "small";
	/** Of each socket, see TLSOptions. */
	readonly bufferBytes?: number | undefined;
	/** How long a session may stand for a verified certificate, ms; default an hour. */
	sessionMs?: number;
}

/** Servers that need full records; when there are more, the oldest is found out again. */
const mostRemembered = 8;
/** RFC 8446 section 6: what a server says that has no TLS 1.2. */
const alertVersion = 70;

interface KeptSession {
	server: string;
	/** Of the trust it was made under: another root or verification must not inherit it. */
	trust: number;
	at: number;
	session: ArrayBuffer;
}

function fingerprint({ roots, certificate, verify }: Trust): number {
	let sum = verify ? 1 : 0;
	for (const bytes of roots) sum = crc32(bytes, sum);
	return certificate ? crc32(certificate, sum) : sum;
}

const nameOf = ({ host, port }: Server): string => `${host}:${port}`;

/** Whether an error of a connection with small records would not have come with full ones. */
function needsFull(error: unknown): boolean {
	if (!(error instanceof TLSError)) return false;
	return error.code === "TLS_RECORD_SIZE" || error.code === "TLS_VERSION" || error.alert === alertVersion;
}

function makeContext({ roots, certificate, key, verify }: Trust, small: boolean): TLSContext {
	return new TLSContext({
		roots,
		certificate: key && certificate,
		key: certificate && key,
		verify: verify ? "required" : "none",
		protocols: ["http/1.1"],
		...(small ? { records: "small", maximum: "1.2" } : {}),
	});
}

/** What a connection says to its connector. */
class Observer implements TLSObserver {
	readonly #connector: TLSConnector;
	readonly #server: Server;
	readonly #mark: number;
	readonly #verify: boolean;

	/** @param mark of the trust @param verify all else that a connection may hold of it: roots and keys would stay in memory as long as it stands */
	constructor(connector: TLSConnector, server: Server, mark: number, verify: boolean) {
		this.#connector = connector;
		this.#server = server;
		this.#mark = mark;
		this.#verify = verify;
	}

	onSecure(information: Information): void {
		this.#connector.secured(this.#server, information, this.#verify);
	}

	onSession(session: ArrayBuffer): void {
		this.#connector.keep(this.#server, this.#mark, session);
	}
}

export class TLSConnector {
	readonly #options: TLSConnectorOptions;
	#kept: KeptSession[] = [];
	#large: string[] = [];

	constructor(options: TLSConnectorOptions) {
		this.#options = options;
	}

	/**
	 * For the HTTP client's option `secure`.
	 * @returns opens a socket; throws TLSError for roots or keys that cannot be read
	 */
	secure(server: Server): (options: TCPOptions) => TCP {
		return (options) => this.connect(server, options);
	}

	private connect(server: Server, options: TCPOptions): TCP {
		const { io, timer, clock } = this.#options;
		const trust = this.#options.trust(server);
		const small = this.#options.records === "small" && !this.#large.includes(nameOf(server));
		const context = makeContext(trust, small);
		try {
			const { onError, ...where } = options;
			const mark = fingerprint(trust);
			const socket: TLSOptions = {
				...where,
				format: "buffer",
				io,
				timer,
				context,
				clock,
				host: server.host,
				bufferBytes: this.#options.bufferBytes,
				session: this.take(server, mark),
				observer: new Observer(this, server, mark, trust.verify),
				onError: small ? this.watching(server, onError) : onError,
			};
			return openSocket(socket, this.#options.debug);
		} finally {
			// The socket holds what it needs.
			context.close();
		}
	}

	/** Looks at errors before they are passed on. */
	private watching(server: Server, onError: TCPOptions["onError"]): TLSOptions["onError"] {
		const enlarge = (): void => this.enlarge(server);
		return function (error) {
			if (needsFull(error)) enlarge();
			onError?.call(this, error);
		};
	}

	/** The session is of the other version. */
	private enlarge(server: Server): void {
		const name = nameOf(server);
		this.#large = [name, ...this.#large].slice(0, mostRemembered);
		this.#kept = this.#kept.filter((kept) => kept.server !== name);
	}

	private take(server: Server, trust: number): ArrayBuffer | undefined {
		const oldest = this.#options.clock.ticks() - (this.#options.sessionMs ?? 3_600_000);
		const name = nameOf(server);
		const found = this.#kept.find((kept) => kept.server === name && kept.trust === trust && kept.at >= oldest);
		return found?.session;
	}

	/** For its connections: a handshake is over. */
	secured(server: Server, information: Information, verified: boolean): void {
		this.#options.onSecure?.(server, information, verified);
	}

	/** For its connections: a session to take up again. */
	keep(server: Server, trust: number, session: ArrayBuffer): void {
		const name = nameOf(server);
		const others = this.#kept.filter((kept) => kept.server !== name);
		const kept = { server: name, trust, at: this.#options.clock.ticks(), session };
		this.#kept = [kept, ...others].slice(0, this.#options.sessions ?? 2);
	}
}
