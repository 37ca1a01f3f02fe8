// SPDX-License-Identifier: Apache-2.0
//
// TLS over any socket of the ECMA-419 TCP shape, and itself of that shape. One step of the handshake, or one record, a turn of the
// event loop. While decrypted bytes are not read, no more are taken from the socket below, and the peer waits.
//
//	connecting -> handshake -> open -> ended (failure or the peer's end, to be told) -> closed        any -> closed
//
// Sources: ECMA-419 section "TLS Client socket"; RFC 8446; RFC 5246.

import type { TCP } from "../ecma419/tcp.js";
import type { TimerHandle, TimerService } from "../ecma419/timer.js";
import { Ciphertext } from "./ciphertext.js";
import { makeEngine } from "./engine.js";
import { TLSError } from "./errors.js";
import { closeNotify, failureOf, lostBelow, newTicket, wantRead, type Phase } from "./failure.js";
import type { TLSObserver, TLSOptions } from "./options.js";
import type { Information } from "./findings.js";
import { judgeBy, type JudgedClock } from "./judge.js";
import type { NativeEngine } from "./tls.js";

type State = "connecting" | "handshake" | "open" | "ended" | "closed";

/** Half a segment of TCP. */
const defaultBufferBytes = 736;
/** Plain bytes that may wait for the socket below, and what a record adds to its bytes at most. */
const windowBytes = 4096;
const recordExtra = 64;

export class TLSSocket implements TCP {
	/** Of the options only what is used later: all of them would stay in memory with the connection. */
	readonly #timer: TimerService;
	readonly #required: boolean;
	readonly #observer: TLSObserver | undefined;
	readonly #onReadable: TLSOptions["onReadable"];
	readonly #onWritable: TLSOptions["onWritable"];
	readonly #onError: TLSOptions["onError"];
	readonly #clock: JudgedClock;
	readonly #engine: NativeEngine;
	readonly #ciphertext: Ciphertext;
	#socket: TCP | undefined;
	#state: State = "connecting";
	#turn: TimerHandle | undefined;
	#deadline: TimerHandle | undefined;
	/** Plain bytes that `write` still takes. */
	#space = 0;
	/** Nothing has been decrypted since the handshake. */
	#fresh = true;
	#failure: TLSError | undefined;
	readonly target: unknown;

	/** @throws TLSError TLS_OPTION; what `io` throws; RangeError for a format or without memory */
	constructor(options: TLSOptions) {
		if (options.format !== undefined && options.format !== "buffer") throw new RangeError("format not supported");
		this.#timer = options.timer;
		this.#required = options.context.required;
		this.#observer = options.observer;
		this.#onReadable = options.onReadable;
		this.#onWritable = options.onWritable;
		this.#onError = options.onError;
		this.#clock = judgeBy(options.clock);
		this.target = options.target;
		this.#ciphertext = new Ciphertext(options.bufferBytes ?? defaultBufferBytes);
		this.#engine = makeEngine(options, this.#clock);
		try {
			this.#socket = this.connect(options);
			this.#ciphertext.attach(this.#socket);
			const ms = options.handshakeMs ?? 15_000;
			this.#deadline = options.timer.set(() => this.expired(), ms);
		} catch (error) {
			this.#engine.close();
			throw error;
		}
	}

	get remoteAddress(): string | undefined {
		return this.#socket?.remoteAddress;
	}

	get remotePort(): number | undefined {
		return this.#socket?.remotePort;
	}

	/** The peer has proved who it is: for a client, that it is `host`. */
	get verified(): boolean {
		return this.#state === "open" && this.#required;
	}

	/** When the first certificate of the peer's chain ends, ms since 1970; `undefined` without proof, or when a session was taken up. */
	get verifiedUntil(): number | undefined {
		return this.verified ? this.information.until : undefined;
	}

	get format(): "buffer" {
		return "buffer";
	}

	set format(value: "number" | "buffer") {
		if (value !== "buffer") throw new RangeError("format not supported");
	}

	/** What was agreed; empty before the handshake is over. */
	get information(): Information {
		return this.#state === "open" ? this.#engine.information() : {};
	}

	read(byteLength?: number): ArrayBuffer | undefined;
	read(buffer: Uint8Array): number | undefined;
	read(what?: number | Uint8Array): ArrayBuffer | number | undefined {
		if (this.#state === "closed") throw new Error("closed");
		const available = this.readable();
		if (available === 0) return undefined;
		const wanted = typeof what === "object" ? what.byteLength : (what ?? available);
		if (!(wanted > 0 && wanted <= available)) throw new Error("invalid byte length");
		// The next record is opened in a turn of its own: no callback runs from inside a method.
		if (wanted === available) this.schedule();
		if (typeof what === "object") return this.#engine.read(what);
		const buffer = new ArrayBuffer(wanted);
		this.#engine.read(buffer);
		return buffer;
	}

	write(value: Uint8Array | ArrayBuffer | number): number {
		if (this.#state !== "open" || typeof value === "number") throw new Error("not ready");
		if (value.byteLength > this.#space) throw new Error("would block");
		const status = this.#engine.write(value);
		if (status !== 0) throw this.fault(status);
		this.#ciphertext.rest();
		this.#space = Math.max(0, this.#space - value.byteLength - recordExtra);
		this.flush();
		return this.#space;
	}

	close(): void {
		if (this.#state === "closed") return;
		if (this.#state === "open") this.#engine.closeNotify();
		this.flush();
		this.#state = "closed";
		this.stopTimers();
		this.#ciphertext.detach();
		this.#engine.close();
		const socket = this.#socket;
		this.#socket = undefined;
		socket?.close();
	}

	private connect(options: TLSOptions): TCP {
		const { io: Socket, address, port, from, nodelay } = options;
		return new Socket({
			...(from ? { from } : { address, port }),
			nodelay: nodelay ?? true,
			target: this,
			...TLSSocket.#callbacks,
		});
	}

	/** Of the socket below. */
	static readonly #callbacks = Object.freeze({
		onReadable(this: TCP, count: number): void {
			const socket = this.target as TLSSocket;
			socket.#ciphertext.arrived(count);
			socket.step();
		},
		onWritable(this: TCP, count: number): void {
			(this.target as TLSSocket).onWritable(count);
		},
		onError(this: TCP, cause?: Error): void {
			(this.target as TLSSocket).onError(cause);
		},
	});

	private onWritable(count: number): void {
		this.#ciphertext.writable(count);
		if (this.#state === "connecting") {
			this.#state = "handshake";
			this.step();
		} else {
			this.flush();
			this.announceSpace();
		}
	}

	/** The socket below has ended; what lies here is still given to the reader, then the end is told. */
	private onError(cause: unknown): void {
		this.#ciphertext.detach();
		this.#socket?.close();
		this.#socket = undefined;
		if (this.#state === "ended") return;
		this.#failure ??= lostBelow(cause, this.#state === "open" || this.#state === "handshake");
		this.schedule();
	}

	private expired(): void {
		this.#deadline = undefined;
		this.end(new TLSError("TLS_TIMEOUT", "the handshake took too long"));
	}

	private schedule(): void {
		if (this.#state === "closed") return;
		this.#turn ??= this.#timer.set(() => {
			this.#turn = undefined;
			this.step();
		}, 0);
	}

	/** One step of what is to be done now; runs in turns of its own, never within a method. */
	private step(): void {
		if (this.#state === "handshake") this.stepHandshake();
		else if (this.#state === "open") this.stepData();
		else if (this.#state === "connecting") this.end(this.#failure);
		else if (this.#state === "ended") this.tell();
	}

	private stepHandshake(): void {
		const status = this.feed();
		this.flush();
		if (status === 1) return this.opened();
		if (status === 0) return this.schedule();
		this.end(status === wantRead ? this.#failure : this.fault(status));
	}

	private opened(): void {
		this.#state = "open";
		const information = this.#engine.information();
		this.#timer.clear(this.#deadline);
		this.#deadline = undefined;
		this.#observer?.onSecure?.(information);
		// TLS 1.3 sends its tickets later.
		if (this.#state === "open" && information.version === "TLSv1.2") this.offerSession();
		this.announceSpace();
		if (this.#state === "open") this.schedule();
	}

	private offerSession(): void {
		const session = this.#observer?.onSession && this.#engine.session();
		if (session) this.#observer?.onSession?.(session);
	}

	private stepData(): void {
		if (this.readable() > 0) return;
		const status = this.feed();
		this.flush();
		const available = this.readable();
		if (available > 0) {
			this.#fresh = false;
			this.#onReadable?.call(this, available);
		} else if (status === newTicket || status === 0) {
			if (status === newTicket) this.offerSession();
			this.schedule();
		} else if (status === wantRead) this.end(this.#failure);
		else if (status === closeNotify) this.end(new TLSError("TLS_CLOSED", "the peer has ended the connection"));
		else this.end(this.fault(status));
	}

	private feed(): number {
		return this.#ciphertext.feed(this.#engine, this.#state === "open");
	}

	private readable(): number {
		return this.#state === "open" ? this.#engine.available() : 0;
	}

	private flush(): void {
		if (this.#engine.pending() > 0) this.#ciphertext.send((limit) => this.#engine.take(limit));
	}

	/** A new window when all that was written has gone. */
	private announceSpace(): void {
		if (this.#state !== "open" || this.#space === windowBytes || this.#engine.pending() > 0) return;
		this.#space = windowBytes;
		this.#onWritable?.call(this, this.#space);
	}

	private fault(status: number): TLSError {
		const phase: Phase = this.#state !== "open" ? "handshake" : this.#fresh ? "fresh" : "open";
		return failureOf(status, this.#engine.findings(), phase, this.#clock);
	}

	private stopTimers(): void {
		this.#timer.clear(this.#turn);
		this.#timer.clear(this.#deadline);
		this.#turn = this.#deadline = undefined;
	}

	/** What we had to say has been flushed. @param error nothing ends while it is undefined: more may come */
	private end(error: TLSError | undefined): void {
		if (!error) return;
		this.stopTimers();
		this.#state = "ended";
		this.#failure = error;
		this.tell();
	}

	private tell(): void {
		const error = this.#failure;
		if (!error) return;
		this.#failure = undefined;
		this.#onError?.call(this, error);
	}
}
