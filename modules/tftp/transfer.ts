// SPDX-License-Identifier: Apache-2.0
//
// One file from one server. A block is acknowledged when it has been read here, so the reader sets the pace and no more than one block is
// held. Only our own timer repeats an acknowledgement quickly; a repeated block does so at most twice a second, so that no pair of
// duplicates can grow into two streams (the "sorcerer's apprentice", RFC 1123 section 4.2.3.1).
// Leaves out names, URLs, and windows of several blocks (RFC 7440). Sources: RFC 1350, RFC 2347 to 2349.
//
//   asking --OACK or DATA 1--> receiving --short block, read--> dallying --3 s--> closed
//   any before dallying --error, deadline, cancel--> closed

import type { TimerHandle, TimerService } from "../ecma419/timer.js";
import type { Datagram, UDP, UDPConstructor } from "../ecma419/udp.js";
import { TFTPError } from "./error.js";
import { agree, type Agreement, nothingAgreed, requestOptions } from "./options.js";
import {
	decodePacket,
	encodeAcknowledgement,
	encodeError,
	encodeRead,
	errorCodes,
	type ServerPacket,
} from "./packet.js";

export interface TransferOptions {
	io: UDPConstructor;
	timer: TimerService;
	/** Monotonic milliseconds. */
	ticks: () => number;
	/** Address of the server, and the port that takes requests. */
	address: string;
	port: number;
	file: string;
	/** Bytes of a block to ask for, 8 to 65464; default 512. */
	blockSize?: number;
	/** Silence after which a packet is repeated, milliseconds; doubles each time up to eight times; default 1000. */
	repeatMs?: number;
	/** Times a packet is sent before the transfer is given up, default 6. */
	maxTries?: number;
	/** Longest transfer, milliseconds, default 3600000. */
	totalMs?: number;
	/** The server has the file. @param size its length, where the server tells it */
	onStart: (size: number | undefined) => void;
	/** Bytes can be read. */
	onReadable: (bytes: number) => void;
	/** Over, once; without an error the file is whole and was read. Not called after `cancel`. */
	onDone: (error?: TFTPError) => void;
}

/** How long the end of a transfer is told again to a server that has missed it. */
const dallyMs = 3000;
/** A block that comes again this long after it was acknowledged was sent again because the acknowledgement was lost. */
const repeatedMs = 500;
const maxBackoff = 8;

const byCode: Readonly<Record<number, "TFTP_NOT_FOUND" | "TFTP_ACCESS" | "TFTP_OPTIONS">> = Object.freeze({
	[errorCodes.notFound]: "TFTP_NOT_FOUND",
	[errorCodes.access]: "TFTP_ACCESS",
	[errorCodes.options]: "TFTP_OPTIONS",
});

function failureOf(error: unknown): TFTPError {
	return error instanceof TFTPError ? error : new TFTPError("TFTP_SOCKET", "the socket failed", { cause: error });
}

export class Transfer {
	readonly #options: TransferOptions;
	#asked: [string, string][];
	#agreed: Agreement = nothingAgreed;
	#state: "asking" | "receiving" | "dallying" | "closed" = "asking";
	#socket: UDP | undefined;
	#timer: TimerHandle | undefined;
	/** Port of the server for this transfer: its transfer identifier. */
	#peer: number | undefined;
	/** What was sent last, when, and how often; repeated until something new comes. */
	#packet: Uint8Array;
	#sentAt = 0;
	#tries = 0;
	/** Number of the last block that came. */
	#block = 0;
	/** What of it was not read yet; `undefined` when it was acknowledged. */
	#held: Uint8Array | undefined;
	#last = false;
	#received = 0;
	readonly #startedAt: number;

	/** Sends the request in the next turn. @throws TFTPError TFTP_URL for a name that is too long */
	constructor(options: TransferOptions) {
		this.#options = options;
		this.#asked = requestOptions(options.blockSize ?? nothingAgreed.blockSize, 1);
		this.#packet = encodeRead(options.file, this.#asked);
		this.#startedAt = options.ticks();
		this.after(0, () => this.open());
	}

	/** @returns bytes put into `buffer`, 0 when there is nothing to read now */
	read(buffer: Uint8Array): number {
		const held = this.#held;
		if (held === undefined) return 0;
		const count = Math.min(held.length, buffer.length);
		buffer.set(held.subarray(0, count));
		if (count < held.length) this.#held = held.subarray(count);
		else this.acknowledge();
		return count;
	}

	/** Ends it; the server is told. Harmless when it is over; after the last block it only ends the wait for repetitions. */
	cancel(): void {
		if (this.#state === "asking" || this.#state === "receiving") this.tell(errorCodes.other, "cancelled");
		this.close();
	}

	private open(): void {
		try {
			this.#socket = new this.#options.io({
				onReadable: () => this.readable(),
				onError: (error) => this.fail(failureOf(error)),
			});
		} catch (error) {
			return this.fail(failureOf(error));
		}
		this.send(this.#packet);
	}

	/** A packet that cannot be sent now counts as lost on the way. */
	private put(packet: Uint8Array, port: number): void {
		try {
			this.#socket?.write(packet, this.#options.address, port);
		} catch {
			// The timer repeats it.
		}
	}

	/** Sends, and repeats until something new comes. */
	private send(packet: Uint8Array): void {
		this.#packet = packet;
		this.#tries = 0;
		this.repeat();
	}

	private repeat(): void {
		const { repeatMs = 1000, maxTries = 6, port, ticks } = this.#options;
		if (this.#tries >= maxTries) return this.fail(new TFTPError("TFTP_TIMEOUT", `no answer to ${maxTries} packets`));
		this.put(this.#packet, this.#peer ?? port);
		this.#sentAt = ticks();
		this.after(repeatMs * Math.min(maxBackoff, 2 ** this.#tries++), () => this.repeat());
	}

	private readable(): void {
		for (let packet = this.#socket?.read(); packet !== undefined; packet = this.#socket?.read()) this.take(packet);
	}

	private take(datagram: Datagram): void {
		const { address, totalMs = 3600000, ticks } = this.#options;
		if (datagram.address !== address) return; // answered, it would make us a reflector
		if (this.#peer !== undefined && datagram.port !== this.#peer) return this.foreign(datagram);
		if (this.#state !== "dallying" && ticks() - this.#startedAt > totalMs)
			return this.end("TFTP_TOO_SLOW", "took too long", errorCodes.other);
		let packet: ServerPacket;
		try {
			packet = decodePacket(new Uint8Array(datagram));
		} catch (error) {
			/* Before the server has spoken, this may be anybody's. */
			if (this.#state === "receiving") this.end("TFTP_PACKET", failureOf(error).message, errorCodes.illegal);
			return;
		}
		if (this.#state === "asking") this.first(packet, datagram.port);
		else if (packet.kind === "data") this.data(packet.block, packet.data);
		else if (packet.kind === "error" && this.#state === "receiving") this.failed(packet);
		else if (packet.kind === "options" && this.#block === 0) this.again();
	}

	/** Another port of the server: an answer to a repeated request. It is told, and nothing else happens (RFC 1350 section 4). */
	private foreign(datagram: Datagram): void {
		const isError = new Uint8Array(datagram)[1] === 5;
		if (!isError) this.put(encodeError(errorCodes.unknownTransfer, "unknown transfer"), datagram.port);
	}

	/** The answer to the request decides about the server's port, and about the options. */
	private first(packet: ServerPacket, port: number): void {
		if (packet.kind === "data" && packet.block !== 1) return;
		if (packet.kind === "error" && packet.code === errorCodes.options && this.#asked.length > 0) {
			this.#asked = [];
			return this.send(encodeRead(this.#options.file, []));
		}
		this.#peer = port;
		this.#state = "receiving";
		if (packet.kind === "error") return this.failed(packet);
		if (packet.kind === "options") {
			try {
				this.#agreed = agree(this.#asked, packet.options);
			} catch (error) {
				return this.end("TFTP_OPTIONS", failureOf(error).message, errorCodes.options);
			}
			this.send(encodeAcknowledgement(0));
		}
		this.#options.onStart(this.#agreed.size);
		if (packet.kind === "data") this.data(packet.block, packet.data);
	}

	private failed({ code, text }: { code: number; text: string }): void {
		const said = text === "" ? `error ${code}` : text.slice(0, 80);
		this.fail(new TFTPError(byCode[code] ?? "TFTP_SERVER", `the server says: ${said}`));
	}

	/** Block numbers have 16 bits; after 65535 most servers go on with 0, some with 1. */
	private isNext(block: number): boolean {
		return block === (this.#block + 1) % 65536 || (this.#block === 65535 && block === 1);
	}

	private data(block: number, data: Uint8Array): void {
		if (this.#state === "closed" || this.#held !== undefined) return;
		if (this.#last || !this.isNext(block)) {
			if (block === this.#block) this.again();
			return;
		}
		if (data.length > this.#agreed.blockSize)
			return this.end("TFTP_PACKET", `a block of ${data.length} bytes`, errorCodes.illegal);
		this.#block = block;
		this.#held = data;
		this.#received += data.length;
		this.#last = data.length < this.#agreed.blockSize;
		this.stop();
		if (data.length === 0) this.acknowledge();
		else this.#options.onReadable(data.length);
	}

	/** The server has sent again what was acknowledged. */
	private again(): void {
		const { ticks } = this.#options;
		if (ticks() - this.#sentAt < repeatedMs) return;
		this.#sentAt = ticks();
		if (this.#peer !== undefined) this.put(this.#packet, this.#peer);
	}

	/** The block was read. */
	private acknowledge(): void {
		this.#held = undefined;
		const packet = encodeAcknowledgement(this.#block);
		if (!this.#last) return this.send(packet);
		const { size } = this.#agreed;
		if (size !== undefined && size !== this.#received) {
			this.tell(errorCodes.other, "not the length that was told");
			const what = `${this.#received} bytes came, ${size} were told`;
			return this.after(0, () => this.fail(new TFTPError("TFTP_SIZE", what)));
		}
		this.#packet = packet;
		this.#sentAt = this.#options.ticks();
		if (this.#peer !== undefined) this.put(packet, this.#peer);
		this.#state = "dallying";
		this.after(0, () => {
			this.after(dallyMs, () => this.close());
			this.#options.onDone();
		});
	}

	/** Ends it for a fault of the server, which is told. */
	private end(code: TFTPError["code"], message: string, errorCode: number): void {
		this.tell(errorCode, "transfer given up");
		this.fail(new TFTPError(code, message));
	}

	private tell(code: number, text: string): void {
		if (this.#peer !== undefined) this.put(encodeError(code, text), this.#peer);
	}

	private fail(error: TFTPError): void {
		const over = this.#state === "dallying" || this.#state === "closed";
		this.close();
		if (!over) this.#options.onDone(error);
	}

	private stop(): void {
		this.#options.timer.clear(this.#timer);
		this.#timer = undefined;
	}

	/** A timer that has run out must not be cleared. */
	private after(ms: number, work: () => void): void {
		this.stop();
		this.#timer = this.#options.timer.set(() => {
			this.#timer = undefined;
			work();
		}, ms);
	}

	private close(): void {
		this.stop();
		this.#state = "closed";
		this.#held = undefined;
		this.#socket?.close();
		this.#socket = undefined;
	}
}
