// SPDX-License-Identifier: Apache-2.0
//
// Fetches files by their tftp URLs, in the shape that the update fetches anything: head, body at the reader's pace, end.
// A file that is there looks like a response 200 with a length. Leaves out conditions, parts and credentials: TFTP has none.

import type { Resolver } from "../ecma419/resolver.js";
import type { TimerHandle, TimerService } from "../ecma419/timer.js";
import type { UDPConstructor } from "../ecma419/udp.js";
import { TFTPError } from "./error.js";
import { Transfer, type TransferOptions } from "./transfer.js";
import { parseTFTPURL, type TFTPURL } from "./url.js";

export interface TFTPClientOptions extends Pick<TransferOptions, "repeatMs" | "maxTries" | "totalMs"> {
	io: UDPConstructor;
	resolver: Resolver;
	timer: TimerService;
	/** Monotonic milliseconds. */
	ticks: () => number;
	/** Bytes of a block to ask for, 8 to 65464, asked at each file; default 512. */
	blockSize?: () => number;
	/** Longest wait for the server's address, milliseconds, default 15000. */
	resolveMs?: number;
}

export interface TFTPGetOptions {
	url: string;
	/** The file is there. */
	onHeaders: (status: number, headers: { get(name: string): string | undefined }) => void;
	/** Bytes can be read. */
	onReadable: (bytes: number) => void;
	/** Over, once; without an error the file is whole and was read. Not called after `cancel`. */
	onDone: (error?: Error) => void;
}

/** A file on its way. */
export class TFTPRequest {
	/** Nobody has proved anything. */
	readonly verified = false;
	readonly #client: TFTPClientOptions;
	readonly #options: TFTPGetOptions;
	readonly #url: TFTPURL;
	readonly #onEnd: (request: TFTPRequest) => void;
	#timer: TimerHandle | undefined;
	#transfer: Transfer | undefined;
	#over = false;

	/** @throws TFTPError TFTP_URL */
	constructor(client: TFTPClientOptions, options: TFTPGetOptions, onEnd: (request: TFTPRequest) => void) {
		this.#client = client;
		this.#options = options;
		this.#url = parseTFTPURL(options.url);
		this.#onEnd = onEnd;
		this.wait(client.resolveMs ?? 15000, () =>
			this.done(new TFTPError("TFTP_RESOLVE", "the resolver does not answer")),
		);
		client.resolver.resolve({
			host: this.#url.host,
			onResolved: (_, address) => this.begin(address),
			onError: () => this.done(new TFTPError("TFTP_RESOLVE", "the server's name is not known")),
		});
	}

	/** @returns bytes put into `buffer`, 0 when there is nothing to read now */
	read(buffer: Uint8Array): number {
		return this.#transfer?.read(buffer) ?? 0;
	}

	/** Ends it without a word; harmless when it is over. */
	cancel(): void {
		this.#over = true;
		this.stop();
		this.#transfer?.cancel();
		this.#transfer = undefined;
		this.#onEnd(this);
	}

	private begin(address: string): void {
		if (this.#over || this.#transfer !== undefined) return;
		this.stop();
		const { io, timer, ticks, blockSize = () => 512, ...limits } = this.#client;
		try {
			this.#transfer = new Transfer({
				...limits,
				io,
				timer,
				ticks,
				address,
				port: this.#url.port,
				file: this.#url.file,
				blockSize: blockSize(),
				onStart: (size) => this.#options.onHeaders(200, headersOf(size)),
				onReadable: (bytes) => this.#options.onReadable(bytes),
				onDone: (error) => this.done(error),
			});
		} catch (error) {
			const fault = error instanceof Error ? error : undefined;
			this.wait(0, () => this.done(fault));
		}
	}

	/** A transfer that went well still answers repetitions for a while; it closes by itself, or with the client. */
	private done(error?: Error): void {
		if (this.#over) return;
		this.#over = true;
		this.stop();
		if (error !== undefined) {
			this.#transfer = undefined;
			this.#onEnd(this);
		}
		this.#options.onDone(error);
	}

	private stop(): void {
		this.#client.timer.clear(this.#timer);
		this.#timer = undefined;
	}

	private wait(ms: number, work: () => void): void {
		this.#timer = this.#client.timer.set(() => {
			this.#timer = undefined;
			work();
		}, ms);
	}
}

function headersOf(size: number | undefined): { get(name: string): string | undefined } {
	return { get: (name) => (name === "content-length" && size !== undefined ? String(size) : undefined) };
}

export class TFTPClient {
	readonly #options: TFTPClientOptions;
	#requests: TFTPRequest[] = [];

	constructor(options: TFTPClientOptions) {
		this.#options = options;
	}

	/** Asks for a file. @throws TFTPError TFTP_URL */
	get(options: TFTPGetOptions): TFTPRequest {
		const forget = (over: TFTPRequest): void => {
			this.#requests = this.#requests.filter((item) => item !== over);
		};
		const request = new TFTPRequest(this.#options, options, forget);
		this.#requests.push(request);
		return request;
	}

	/** Ends everything without a word. */
	close(): void {
		for (const request of [...this.#requests]) request.cancel();
	}
}
