// SPDX-License-Identifier: Apache-2.0
//
// One file by XMODEM as something to read from: adds time to the receiver. A block is acknowledged when all of it has been read and more is
// asked for, so a reader that writes to flash in between is never sent more than it has room for.

import type { TimerHandle, TimerService } from "../ecma419/timer.js";
import { Content } from "./content.js";
import { XMODEMError } from "./error.js";
import { Receiver } from "./receiver.js";

export interface TransferOptions {
	timer: TimerService;
	/** Sends a few bytes. */
	send: (bytes: Uint8Array) => void;
	/** The first byte was asked for: the line is the transfer's from now on. */
	onStart: () => void;
	/** Bytes may be waiting for `write`. */
	wake: () => void;
	/** What the length of the file is a multiple of, in bytes: tells a 0x1A at its end from padding. Default 1. */
	multipleOf?: number;
	/** Longest wait for a sender to begin, in ms; default 120000. */
	startMs?: number;
}

interface Reader {
	buffer: Uint8Array;
	resolve: (count: number) => void;
	reject: (error: unknown) => void;
}

export class Transfer {
	readonly #options: TransferOptions;
	readonly #content: Content;
	#receiver: Receiver | undefined;
	/** The present block, or the end, has gone to `#content`. */
	#taken = false;
	#timer: TimerHandle | undefined;
	/** What the timer measures: the receiver's `waits`. */
	#measured = -1;
	#reader: Reader | undefined;
	#onFree: (() => void) | undefined;
	/** Why nothing can be read any more. */
	#error: XMODEMError | undefined;

	constructor(options: TransferOptions) {
		this.#options = options;
		this.#content = new Content(options.multipleOf);
	}

	/** Bytes of the file, once a sender has said so. */
	get length(): number | undefined {
		return this.#receiver?.length;
	}

	/**
	 * The next bytes of the file; one call at a time. The first one takes the line.
	 * @returns count, 0 at the end
	 * @throws XMODEMError
	 */
	read(buffer: Uint8Array): Promise<number> {
		return new Promise((resolve, reject) => {
			this.#reader = { buffer, resolve, reject };
			if (this.#receiver === undefined && this.#error === undefined) this.start();
			this.work();
			this.#options.wake();
		});
	}

	/** @returns bytes taken; the rest is for later. 0 while nothing is wanted */
	write(bytes: Uint8Array): number {
		const count = this.#receiver?.write(bytes) ?? 0;
		if (count > 0) this.work();
		return count;
	}

	/** The file is taken, if it was read to its end: the sender is told. Resolves when the line is free. */
	finish(): Promise<void> {
		return this.leave((receiver) => (receiver.ended ? receiver.accept() : receiver.cancel()));
	}

	/** The file is not wanted, or was not whole: the sender is told. Resolves when the line is free. */
	cancel(): Promise<void> {
		return this.leave((receiver) => receiver.cancel());
	}

	/** The line is gone. */
	close(): void {
		this.#options.timer.clear(this.#timer);
		this.#timer = undefined;
		this.#receiver = undefined;
		this.fail(new XMODEMError("XMODEM_CLOSED", "the line was closed"));
		this.#onFree?.();
	}

	private start(): void {
		this.#options.onStart();
		this.#receiver = new Receiver({ startMs: this.#options.startMs });
	}

	private leave(how: (receiver: Receiver) => void): Promise<void> {
		return new Promise((resolve) => {
			this.#onFree = resolve;
			if (this.#receiver === undefined) return resolve();
			how(this.#receiver);
			this.work();
			this.#options.wake();
		});
	}

	/** Hands over what there is, says what is to be said, and measures silence. */
	private work(): void {
		this.serve();
		const receiver = this.#receiver;
		if (receiver === undefined) return;
		const bytes = receiver.output();
		if (bytes.length > 0) this.#options.send(bytes);
		this.measure(receiver);
		if (receiver.over) this.#onFree?.();
	}

	private serve(): void {
		const receiver = this.#receiver;
		if (receiver?.error !== undefined) this.fail(receiver.error);
		if (this.#error !== undefined) return this.settle((reader) => reader.reject(this.#error));
		if (receiver === undefined || this.#reader === undefined) return;
		try {
			const count = this.take(receiver, this.#reader.buffer);
			if (count !== undefined) this.settle((reader) => reader.resolve(count));
		} catch (error) {
			if (!(error instanceof XMODEMError)) throw error;
			receiver.cancel();
			this.fail(error);
		}
	}

	/** @returns count of bytes, 0 at the end; `undefined`: they have to come first */
	private take(receiver: Receiver, buffer: Uint8Array): number | undefined {
		const content = this.#content;
		if (this.#taken && content.empty && !receiver.ended) {
			this.#taken = false;
			receiver.accept();
		}
		if (!this.#taken) {
			const { block, length } = receiver;
			if (block !== undefined) content.take(block, length);
			else if (receiver.ended) content.end(length);
			else return undefined;
			this.#taken = true;
		}
		const count = content.read(buffer);
		return count > 0 || receiver.ended ? count : this.take(receiver, buffer);
	}

	private fail(error: XMODEMError): void {
		this.#error ??= error;
		this.settle((reader) => reader.reject(this.#error));
	}

	private settle(how: (reader: Reader) => void): void {
		const reader = this.#reader;
		this.#reader = undefined;
		if (reader !== undefined) how(reader);
	}

	private measure(receiver: Receiver): void {
		const { waits, waitMs } = receiver;
		if (waits === this.#measured) return;
		this.#measured = waits;
		this.#options.timer.clear(this.#timer);
		this.#timer = waitMs === undefined ? undefined : this.#options.timer.set(() => this.silent(receiver), waitMs);
	}

	/** Bytes may wait in the port though: the loop may have been busy for long. */
	private silent(receiver: Receiver): void {
		this.#timer = undefined;
		const { waits } = receiver;
		this.#measured = -1;
		this.#options.wake();
		if (receiver.waits === waits && this.#receiver === receiver) receiver.timeout();
		this.work();
	}
}
