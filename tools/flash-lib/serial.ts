// SPDX-License-Identifier: Apache-2.0
//
// A serial port of npm's `serialport` in the shape of the Web Serial API, for which esptool-js is written. Afterwards
// the open port can be taken over by a console, so that no byte of the board's start is lost.
// Leaves out flow control, parity and break. Source: Web Serial API (WICG), SerialPort.

import { SerialPort } from "serialport";
import { FlashError } from "./error.js";
import { explainOpen, type PortInfo } from "./ports.js";

type Done = (error?: Error | null) => void;

/** What is used of `serialport`'s class. */
export interface Line {
	readonly isOpen: boolean;
	open(done: Done): void;
	close(done: Done): void;
	write(data: Uint8Array, done: Done): void;
	drain(done: Done): void;
	set(signals: { dtr: boolean; rts: boolean }, done: Done): void;
	update(options: { baudRate: number }, done: Done): void;
	on(event: "data", listener: (data: Uint8Array) => void): unknown;
	on(event: "close" | "error", listener: (error?: Error | null) => void): unknown;
}

/** Makes a line that is not open yet. */
export type MakeLine = (path: string, baudRate: number) => Line;

/** hupcl off: closing the port must not reset the board. */
export const serialLine: MakeLine = (path, baudRate) =>
	new SerialPort({ path, baudRate, autoOpen: false, hupcl: false });

function promise(start: (done: Done) => void): Promise<void> {
	return new Promise((resolve, reject) => {
		start((error) => (error ? reject(error) : resolve()));
	});
}

/** Web Serial's names of the two lines that reset a board. */
interface Signals {
	dataTerminalReady?: boolean;
	requestToSend?: boolean;
}

export class WebSerial {
	readonly path: string;
	readonly #info: PortInfo;
	readonly #makeLine: MakeLine;
	#line: Line | undefined;
	/** `set` of the library sets both lines always: the other one's state is kept here. */
	#dtr = false;
	#rts = false;
	#sink: ((data: Uint8Array) => void) | undefined;
	#onClose: (() => void) | undefined;
	/** Speed of the line as it is now. */
	baudRate = 0;
	/** Whether the port has no control lines, as pseudo-terminals and serial servers have not. */
	withoutSignals = false;
	readable: ReadableStream<Uint8Array> | null = null;
	writable: WritableStream<Uint8Array> | null = null;

	constructor(info: PortInfo, makeLine: MakeLine = serialLine) {
		this.path = info.path;
		this.#info = info;
		this.#makeLine = makeLine;
	}

	getInfo(): { usbVendorId?: number; usbProductId?: number } {
		const { vendorId, productId } = this.#info;
		if (vendorId === undefined || productId === undefined) return {};
		return { usbVendorId: Number.parseInt(vendorId, 16), usbProductId: Number.parseInt(productId, 16) };
	}

	/** @throws FlashError FLASH_NO_PORT, FLASH_PERMISSION, FLASH_BUSY, FLASH_PORT */
	async open(options: { baudRate: number }): Promise<void> {
		const line = this.#makeLine(this.path, options.baudRate);
		try {
			await promise((done) => line.open(done));
		} catch (error) {
			throw explainOpen(this.path, error instanceof Error ? error : new Error(String(error)));
		}
		this.#line = line;
		this.baudRate = options.baudRate;
		let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
		this.readable = new ReadableStream({
			start: (value) => {
				controller = value;
			},
			cancel: () => {
				controller = undefined;
			},
		});
		line.on("data", (data) => (this.#sink === undefined ? controller?.enqueue(data) : this.#sink(data)));
		line.on("error", () => undefined); // a lost port closes too, and that is what counts
		line.on("close", () => {
			controller?.close();
			controller = undefined;
			this.readable = null;
			this.writable = null;
			this.#onClose?.();
		});
		this.writable = new WritableStream({ write: (data) => this.write(data) });
	}

	#open(): Line {
		if (this.#line?.isOpen !== true) throw new FlashError("FLASH_PORT", `${this.path}: the port is gone`);
		return this.#line;
	}

	/** Returns when the bytes have left. @throws FlashError FLASH_PORT */
	async write(data: Uint8Array): Promise<void> {
		const line = this.#open();
		await promise((done) => line.write(data, done));
		await promise((done) => line.drain(done));
	}

	async setSignals(signals: Signals): Promise<void> {
		this.#dtr = signals.dataTerminalReady ?? this.#dtr;
		this.#rts = signals.requestToSend ?? this.#rts;
		const line = this.#open();
		try {
			await promise((done) => line.set({ dtr: this.#dtr, rts: this.#rts }, done));
		} catch {
			this.withoutSignals = true;
		}
	}

	/** esptool-js uses it instead of closing the port, which would reset boards with USB of their own. */
	async setBaudRate(baudRate: number): Promise<void> {
		const line = this.#open();
		await promise((done) => line.update({ baudRate }, done));
		this.baudRate = baudRate;
	}

	async close(): Promise<void> {
		const line = this.#line;
		if (line?.isOpen === true) await promise((done) => line.close(done));
	}

	/** From here on received bytes go to `sink`, and `onClose` is called when the port is gone. */
	takeOver(sink: (data: Uint8Array) => void, onClose: () => void): void {
		this.#sink = sink;
		this.#onClose = onClose;
	}
}
