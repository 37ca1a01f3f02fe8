// SPDX-License-Identifier: Apache-2.0
//
// One accepted connection: requests one after the other, each answered by the handler before the next is looked at. It knows only
// deadlines and bytes; exchange.ts is what the handler sees.
//
//	head -> serving -+-> head (kept) ...                         any -> closed
//	                 +-> lingering (the client ends first, or the answer could be lost in a reset; for a moment only) -> closed

import type { TCP } from "../ecma419/tcp.js";
import { Deadline, type DeadlineOwner } from "../http/deadline.js";
import { HTTPError, type HTTPErrorCode } from "../http/errors.js";
import { Exchange } from "./exchange.js";
import type { ConnectionOptions, Endpoint, Sent } from "./options.js";
import type { RequestHead } from "./request-framing.js";
import { Patience } from "./patience.js";
import { RequestInput } from "./request-input.js";
import { RequestParser } from "./request-parser.js";
import { statusOf, textBody } from "./response-head.js";

type State = "head" | "serving" | "lingering" | "closed";
type Wait = "head" | "keep" | "idle" | "linger";

export class ServerConnection implements DeadlineOwner<Wait> {
	readonly #options: ConnectionOptions;
	readonly secure: boolean;
	readonly #deadline: Deadline<Wait>;
	readonly #input: RequestInput;
	/** Made with the first byte of a request: an idle connection holds little. */
	#parser: RequestParser | undefined;
	#state: State = "head";
	#socket: TCP | undefined;
	#writable = 0;
	#sent = 0;
	#served = 0;
	/** When the present state began. */
	#since: number;
	#exchange: Exchange | undefined;
	/** The exchange goes on without a handler; whether another request may follow it. */
	#held: "next" | "last" | undefined;
	/** Made with the first wait. */
	#patience: Patience | undefined;

	/** @param from what the listener gave */
	constructor(options: ConnectionOptions, endpoint: Endpoint, from: TCP) {
		const { time, timeouts, scratchBytes } = options;
		this.#options = options;
		this.secure = endpoint.secure;
		this.#deadline = new Deadline(time, this);
		this.#input = new RequestInput(scratchBytes);
		this.#since = time.ticks();
		const own = { from, nodelay: true, target: this };
		this.#socket = endpoint.acceptor.accept({ ...own, ...ServerConnection.#callbacks });
		this.#input.attach(this.#socket);
		this.#deadline.start("head", timeouts.headMs);
	}

	/** Nothing is being asked or answered. */
	get idle(): boolean {
		if (this.#state === "lingering") return true;
		return this.#state === "head" && this.#served > 0 && this.#parser === undefined;
	}

	/** A head, or the client's end, has been due for so many ms; 0 while a request is served. */
	get waitingMs(): number {
		return this.#state !== "serving" ? this.#options.time.ticks() - this.#since : 0;
	}

	get remoteAddress(): string {
		return this.#socket?.remoteAddress ?? "";
	}

	get open(): boolean {
		return this.#state !== "closed";
	}

	/** Gives everything back; what waits rejects. May be called twice. */
	close(): void {
		if (this.#state === "closed") return;
		this.#state = "closed";
		this.#deadline.close();
		this.#input.attach(undefined);
		const socket = this.#socket;
		this.#socket = undefined;
		socket?.close();
		this.settle("HTTP_CLOSED");
		const exchange = this.#exchange;
		this.#exchange = undefined;
		exchange?.gone();
		this.#options.onClosed(this);
	}

	/** For the exchange: body bytes, waited for. @throws HTTPError */
	async read(buffer: Uint8Array): Promise<number> {
		for (;;) {
			this.check();
			const parser = this.#parser;
			if (parser === undefined) return 0;
			const count = this.#input.read(parser, buffer);
			if (count > 0 || parser.done || buffer.length === 0) return count;
			await this.wait(parser.bodyBytes);
		}
	}

	/** For the exchange: sends all of it. @returns nothing when the socket has taken it. @throws HTTPError */
	send(bytes: Uint8Array): Sent {
		this.check();
		const fits = Math.min(this.#writable, bytes.length);
		if (fits > 0) this.put(bytes.subarray(0, fits));
		return fits === bytes.length ? undefined : this.sendRest(bytes.subarray(fits));
	}

	private async sendRest(bytes: Uint8Array): Promise<void> {
		let at = 0;
		while (at < bytes.length) {
			this.check();
			if (this.#writable > 0) at += this.put(bytes.subarray(at, at + this.#writable));
			else await this.wait(this.#sent);
		}
	}

	private put(bytes: Uint8Array): number {
		try {
			const left = this.#socket?.write(bytes);
			this.#writable = typeof left === "number" ? left : this.#writable - bytes.length;
		} catch (cause) {
			this.close();
			throw new HTTPError("HTTP_CLOSED", "connection lost while sending", { cause });
		}
		this.#sent += bytes.length;
		return bytes.length;
	}

	private check(): void {
		if (this.#state === "closed") throw new HTTPError("HTTP_CLOSED", "the client has gone");
	}

	/** Until something can be read or written. @param bytes moved so far. @throws HTTPError */
	private async wait(bytes: number): Promise<void> {
		const patience = (this.#patience ??= new Patience(this.#options));
		this.#deadline.start("idle", this.#options.timeouts.idleMs);
		await patience.begin();
		if (patience.suffices(bytes)) return;
		this.close();
		throw new HTTPError("HTTP_TOO_SLOW", "the client is too slow");
	}

	private settle(code?: HTTPErrorCode): void {
		if (this.#patience?.end(code) === true) this.#deadline.stop();
	}

	static readonly #callbacks = Object.freeze({
		onReadable(this: TCP, count: number): void {
			(this.target as ServerConnection).onReadable(count);
		},
		onWritable(this: TCP, count: number): void {
			(this.target as ServerConnection).onWritable(count);
		},
		onError(this: TCP): void {
			(this.target as ServerConnection).close();
		},
	});

	private onWritable(count: number): void {
		this.#writable = count;
		if (count > 0) this.settle();
	}

	private onReadable(count: number): void {
		this.#input.arrived(count);
		if (this.#state === "head") this.readHead();
		else if (this.#state === "serving") this.settle();
		else if (this.#state === "lingering") this.#input.discard();
	}

	private readHead(): void {
		if (this.#parser === undefined) {
			if (!this.#input.waiting) return;
			this.#parser = new RequestParser(this.#options.limits);
			this.#since = this.#options.time.ticks();
			this.#deadline.start("head", this.#options.timeouts.headMs);
		}
		const parser = this.#parser;
		try {
			this.#input.advance(parser);
		} catch (error) {
			return error instanceof HTTPError ? void this.refuse(parser, error) : this.close();
		}
		if (parser.head !== undefined) this.serve(parser, parser.head);
	}

	private serve(parser: RequestParser, head: RequestHead): void {
		this.begin();
		const exchange = new Exchange(this, head, parser, this.#options.debug);
		this.#exchange = exchange;
		let sent: Sent;
		try {
			sent = this.#options.handler(exchange);
		} catch (error) {
			return void this.fail(exchange, error);
		}
		/* Most answers are out already. With another request behind this one it goes on in a later job, not from within itself. */
		if (sent === undefined && exchange.whole && parser.done && !this.#input.waiting) this.served(parser.keepAlive);
		else void this.finish(parser, exchange, sent);
	}

	/** Never rejects. */
	private async finish(parser: RequestParser, exchange: Exchange, sent: Sent): Promise<void> {
		let kept: boolean;
		try {
			await sent;
			if (exchange.held) return this.hold(parser);
			kept = exchange.whole && parser.keepAlive && (parser.done || (await exchange.drain(parser)));
		} catch (error) {
			return this.fail(exchange, error);
		}
		this.served(kept);
	}

	/** Never rejects. What the handler throws is not told to the client. */
	private async fail(exchange: Exchange, error: unknown): Promise<void> {
		if (!(error instanceof HTTPError)) this.#options.onFault(error);
		if (exchange.begun || !this.open) this.close();
		else await this.say(exchange, 500, "internal error");
		this.served(false);
	}

	private served(kept: boolean): void {
		this.#exchange = undefined;
		if (kept && this.open) this.next();
		else this.linger();
	}

	/** What the request was is of no use any more, and would stay in memory for as long as a page is open. */
	private hold(parser: RequestParser): void {
		if (!this.open) return;
		this.#held = parser.keepAlive && parser.done ? "next" : "last";
		this.#parser = undefined;
		this.#input.rest();
	}

	/** For the exchange. */
	released(exchange: Exchange, fault: unknown): void {
		const held = this.#held;
		// The client has gone, or the handler has not come back yet.
		if (held === undefined || this.#exchange !== exchange) return;
		this.#held = undefined;
		if (fault !== undefined) void this.fail(exchange, fault);
		else this.served(exchange.whole && held === "next");
	}

	private begin(): void {
		this.#state = "serving";
		this.#deadline.stop();
		this.#patience = undefined;
		this.#sent = 0;
	}

	/** Never rejects. */
	private async refuse(parser: RequestParser, error: HTTPError): Promise<void> {
		this.begin();
		await this.say(new Exchange(this, undefined, parser, this.#options.debug), statusOf(error.code), error.code);
		this.linger();
	}

	/** Never rejects. */
	private async say(exchange: Exchange, status: number, text: string): Promise<void> {
		try {
			await exchange.respond(status, [["Content-Type", "text/plain"]], textBody(text));
		} catch {
			this.close();
		}
	}

	private next(): void {
		this.#parser = undefined;
		this.#state = "head";
		this.#served++;
		this.#since = this.#options.time.ticks();
		this.#deadline.start("keep", this.#options.timeouts.keepMs);
		this.readHead();
		if (this.#parser === undefined) this.#input.rest();
		this.#options.onIdle();
	}

	private linger(): void {
		if (!this.open) return;
		this.#state = "lingering";
		this.#since = this.#options.time.ticks();
		this.#input.discard();
		this.#deadline.start("linger", this.#options.timeouts.lingerMs);
	}

	/** For the deadline. */
	expired(wait: Wait): void {
		if (wait === "idle") this.settle("HTTP_TIMEOUT_IDLE");
		if (wait === "head" && this.#parser?.started === true)
			return void this.refuse(this.#parser, new HTTPError("HTTP_TIMEOUT_REQUEST", "the head took too long"));
		this.close();
	}
}
