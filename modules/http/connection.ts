// SPDX-License-Identifier: Apache-2.0
//
// One connection to one origin: resolve, connect, then one request at a time, kept in between. Body bytes go from the socket
// straight into the reader's buffer; only head and chunk lines pass through a small scratch buffer. While nobody reads, the
// socket keeps the data and the peer waits.
//
//	new -> resolving -> connecting -> sending -> head -> body -> idle -> sending ...        any -> closed

import type { ConnectionOwner, Exchange, Origin } from "./connection-ports.js";
import type { TCP } from "../ecma419/tcp.js";
import { Deadline, type DeadlineOwner, RateGuard } from "./deadline.js";
import { HTTPError } from "./errors.js";
import { isIPv4 } from "./host.js";
import type { SecureSocket } from "./options.js";
import { ResponseInput } from "./response-input.js";
import type { ParsedURL } from "./url.js";

type State = "new" | "resolving" | "connecting" | "sending" | "head" | "body" | "idle" | "closed";

type Wait = "HTTP_TIMEOUT_RESOLVE" | "HTTP_TIMEOUT_CONNECT" | "HTTP_TIMEOUT_RESPONSE" | "HTTP_TIMEOUT_IDLE" | "keep";

export class Connection implements DeadlineOwner<Wait> {
	readonly key: string;
	readonly #owner: ConnectionOwner;
	readonly #url: ParsedURL;
	readonly #identified: boolean;
	readonly #deadline: Deadline<Wait>;
	readonly #input: ResponseInput;
	#state: State = "new";
	#socket: SecureSocket | undefined;
	#exchange: Exchange | undefined;
	/** Made with the first wait. */
	#rate: RateGuard | undefined;
	#sent = 0;
	#writable = 0;
	#served = 0;
	/** The peer has closed, while body bytes still lie in the scratch buffer. */
	#ending: { cause: unknown } | undefined;
	/** Answered before the request was out: the connection cannot be used again. */
	#early = false;

	constructor(owner: ConnectionOwner, { url, key, identified }: Origin) {
		const { time, limits } = owner;
		this.key = key;
		this.#owner = owner;
		this.#url = url;
		this.#identified = identified;
		this.#deadline = new Deadline(time, this);
		this.#input = new ResponseInput(limits.scratchBytes);
	}

	/** Whether `start` may be called and the connection stands. */
	get idle(): boolean {
		return this.#state === "idle";
	}

	/** Whether what comes is from the host of the URL and nobody else: the socket is one for https that says so. */
	get verified(): boolean {
		return this.#socket?.verified === true;
	}

	/** Until when that proof is valid, milliseconds since 1970; `undefined` where that is not known. */
	get verifiedUntil(): number | undefined {
		return this.verified ? this.#socket?.verifiedUntil : undefined;
	}

	/** Body bytes that `read` gives without waiting; more may follow behind a chunk line. */
	get readable(): number {
		return this.#state === "body" ? this.#input.readable : 0;
	}

	/** Begins an exchange on a new or idle connection. */
	start(exchange: Exchange): void {
		this.#exchange = exchange;
		this.#input.begin(exchange.limits);
		this.#rate = undefined;
		this.#sent = 0;
		if (this.#state === "idle") this.beginSending();
		else this.resolve();
	}

	/**
	 * Reads body bytes into `buffer`, as far as data goes.
	 * @returns count; 0 when there is nothing now
	 */
	read(buffer: Uint8Array): number {
		if (this.#state !== "body") return 0;
		const count = this.#input.read(buffer);
		// While more of the body lies there nothing else has changed.
		if (!this.#input.flows && this.progress()) this.watch();
		return count;
	}

	/** Gives everything back; no call-back comes afterwards. May be called twice. */
	close(): void {
		this.#state = "closed";
		this.#exchange = undefined;
		this.#deadline.close();
		this.closeSocket();
	}

	private resolve(): void {
		const { resolver, timeouts } = this.#owner;
		const url = this.#url;
		if (url.host.includes(":") || isIPv4(url.host)) return this.connect(url.host);
		this.#state = "resolving";
		this.#deadline.start("HTTP_TIMEOUT_RESOLVE", timeouts.resolveMs);
		try {
			resolver.resolve({
				host: url.host,
				onResolved: (_, address) => {
					if (this.#state === "resolving") this.connect(address);
				},
				onError: (_, cause) => {
					if (this.#state === "resolving")
						this.fail(new HTTPError("HTTP_RESOLVE", "host name not resolved", { cause }));
				},
			});
		} catch (cause) {
			this.fail(new HTTPError("HTTP_RESOLVE", "host name not resolved", { cause }));
		}
	}

	private connect(address: string): void {
		this.#state = "connecting";
		this.#deadline.start("HTTP_TIMEOUT_CONNECT", this.#owner.timeouts.connectMs);
		try {
			this.#socket = this.#owner.open(this.#url, this.#identified, {
				address,
				port: this.#url.port,
				nodelay: true,
				target: this,
				...Connection.#callbacks,
			});
			this.#input.attach(this.#socket);
		} catch (cause) {
			this.fail(new HTTPError("HTTP_CONNECT", "no connection", { cause }));
		}
	}

	/** Of the socket, made once for all. */
	static readonly #callbacks = Object.freeze({
		onReadable(this: TCP, count: number): void {
			(this.target as Connection).onReadable(count);
		},
		onWritable(this: TCP, count: number): void {
			(this.target as Connection).onWritable(count);
		},
		onError(this: TCP, cause?: Error): void {
			(this.target as Connection).onError(cause);
		},
	});

	private onWritable(count: number): void {
		this.#writable = count;
		if (this.#state === "connecting") this.beginSending();
		else if (this.#state === "sending") this.send();
	}

	private beginSending(): void {
		this.#state = "sending";
		this.#deadline.start("HTTP_TIMEOUT_RESPONSE", this.#owner.timeouts.responseMs);
		this.#exchange?.onSend();
		this.send();
	}

	private send(): void {
		const request = this.#exchange?.request;
		if (!request || !this.#socket) return;
		try {
			while (this.#sent < request.length && this.#writable > 0) {
				const count = Math.min(this.#writable, request.length - this.#sent);
				const left = this.#socket.write(request.subarray(this.#sent, this.#sent + count));
				this.#sent += count;
				this.#writable = typeof left === "number" ? left : this.#writable - count;
			}
		} catch (cause) {
			return this.fail(new HTTPError("HTTP_CLOSED", "connection lost while sending", { cause }), this.#served > 0);
		}
		if (this.#sent === request.length) this.#state = "head";
	}

	private onReadable(count: number): void {
		this.#input.arrived(count);
		// Nothing was asked for: whatever this is must not be taken for the next response (RFC 9112 section 9.2).
		if (this.#state === "idle") return this.closeIdle();
		if (this.#state === "sending") {
			this.#early = true;
			this.#state = "head";
		}
		if (this.#state !== "head" && this.#state !== "body") return;
		if (this.#rate?.arrived(this.#owner.time.ticks(), this.#input.bodyBytes) === false) {
			const rate = this.#owner.timeouts.leastBytesPerSecond;
			return this.fail(new HTTPError("HTTP_TOO_SLOW", `less than ${rate} bytes a second`));
		}
		if (!this.progress()) return;
		this.watch();
		const readable = this.readable;
		if (readable > 0) this.#exchange?.onReadable(readable);
	}

	private onError(cause: unknown): void {
		if (this.#state === "closed") return;
		this.closeSocket();
		if (this.#state === "idle") return this.closeIdle();
		if (this.#state === "connecting") return this.fail(new HTTPError("HTTP_CONNECT", "no connection", { cause }));
		if (this.readable > 0) {
			// The reader still gets what has come; the end follows it.
			this.#ending = { cause };
			this.#deadline.stop();
		} else this.inputEnded(cause);
	}

	/** Takes head and chunk lines that are there. @returns `false` when the exchange has ended */
	private progress(): boolean {
		const exchange = this.#exchange;
		const input = this.#input;
		input.advance();
		const head = this.#state === "head" ? input.takeHead() : undefined;
		if (head !== undefined) {
			this.#state = "body";
			exchange?.onHead(head);
			if (this.#exchange !== exchange) return false;
			input.advance();
		}
		if (input.failure) this.fail(input.failure);
		else if (input.done) this.finish();
		else if (this.#ending && input.readable === 0) this.inputEnded(this.#ending.cause);
		else return true;
		return false;
	}

	/** Waits for the server only when all that came has been read. */
	private watch(): void {
		if (this.#state !== "body" || this.#ending) return;
		if (this.readable > 0) return this.#deadline.stop();
		const { time, timeouts } = this.#owner;
		this.#rate ??= new RateGuard(timeouts.leastBytesPerSecond, timeouts.rateWindowMs);
		this.#rate.wait(time.ticks());
		this.#deadline.start("HTTP_TIMEOUT_IDLE", timeouts.idleMs);
	}

	private inputEnded(cause: unknown): void {
		if (!this.#input.started) {
			return this.fail(
				new HTTPError("HTTP_CLOSED", "connection closed before the response", { cause }),
				this.#served > 0,
			);
		}
		const error = this.#input.end(cause);
		if (error) this.fail(error);
		else this.finish();
	}

	private finish(): void {
		const exchange = this.#exchange;
		const reusable = this.#socket && this.#input.keepAlive && !this.#early;
		this.#exchange = undefined;
		this.#served++;
		if (reusable) {
			this.#state = "idle";
			this.#deadline.start("keep", this.#owner.timeouts.keepMs);
		} else this.closeIdle();
		exchange?.onEnd(undefined, false);
	}

	private closeIdle(): void {
		this.close();
		this.#owner.onClosed(this);
	}

	private fail(error: HTTPError, mayRetry = false): void {
		const exchange = this.#exchange;
		this.closeIdle();
		exchange?.onEnd(error, mayRetry);
	}

	/** For the deadline. */
	expired(wait: Wait): void {
		if (wait === "keep") this.closeIdle();
		else this.fail(new HTTPError(wait, "the server took too long"));
	}

	private closeSocket(): void {
		const socket = this.#socket;
		this.#socket = undefined;
		this.#input.detach();
		socket?.close();
	}
}
