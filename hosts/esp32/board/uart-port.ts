// SPDX-License-Identifier: Apache-2.0
//
// A serial port over a driver that keeps what arrives and takes what there is room for: the shape of `embedded:io/serial`, as far as
// a console needs it. Output that the driver does not take at once waits here, and more is asked for when it is gone.
// Source: ECMA-419 section 9; Moddable SDK documentation/io/io.md, "Serial".

import type { Serial, SerialOptions } from "../../../modules/ecma419/serial.js";
import type { TimerHandle, TimerService } from "../../../modules/ecma419/timer.js";

/** The driver. */
export interface Line {
	/** Bytes that have arrived and were not read. */
	available(): number;
	/** @returns count, 0 to the length of `buffer` */
	read(buffer: Uint8Array): number;
	/** @returns how many of them it took, never waits */
	send(bytes: Uint8Array): number;
	/** Nothing is called back from now on. */
	close(): void;
}

export interface UARTPortOptions {
	timer: TimerService;
	/** @param onBytes bytes have arrived; called in a turn of its own */
	open(baud: number, onBytes: () => void): Line;
}

/** Bytes that are announced as writable; the chips' hardware holds 128. */
const room = 128;
/** A line of 115200 bits per second sends 92 bytes meanwhile: the hardware does not run empty. ms */
const pause = 8;

export default class UARTPort implements Serial {
	format: "number" | "buffer" = "buffer";
	readonly target: unknown;
	readonly #timer: TimerService;
	readonly #line: Line;
	readonly #onWritable: SerialOptions["onWritable"];
	/** Output that the driver has not taken yet. */
	readonly #waiting = new Uint8Array(room);
	#count = 0;
	/** Bytes that may be written before the next announcement. */
	#room = 0;
	#next: TimerHandle | undefined;
	#closed = false;

	/** @throws what `open` does */
	constructor({ baud, target, onReadable, onWritable }: SerialOptions, { timer, open }: UARTPortOptions) {
		this.target = target;
		this.#timer = timer;
		this.#onWritable = onWritable;
		this.#line = open(baud, () => {
			const count = this.#closed ? 0 : this.#line.available();
			if (count > 0) onReadable?.call(this, count);
		});
		this.later(0);
	}

	read(byteLength?: number): ArrayBuffer | undefined;
	read(buffer: Uint8Array): number | undefined;
	read(option?: number | Uint8Array): ArrayBuffer | number | undefined {
		const available = this.#closed ? 0 : this.#line.available();
		if (available === 0) return undefined;
		if (typeof option === "object") return this.#line.read(option);
		const bytes = new Uint8Array(Math.min(option ?? available, available));
		const count = this.#line.read(bytes);
		return bytes.buffer.slice(0, count);
	}

	/** @throws RangeError for more than was announced */
	write(value: Uint8Array | ArrayBuffer | number): void {
		const bytes = typeof value === "number" ? Uint8Array.of(value) : new Uint8Array(value);
		if (this.#closed || bytes.length > this.#room) throw new RangeError("output full");
		this.#room -= bytes.length;
		this.#waiting.set(bytes, this.#count);
		this.#count += bytes.length;
		this.push();
		if (this.#next === undefined) this.later(pause);
	}

	close(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#timer.clear(this.#next);
		this.#line.close();
	}

	private push(): void {
		const taken = this.#line.send(this.#waiting.subarray(0, this.#count));
		this.#waiting.copyWithin(0, taken, this.#count);
		this.#count -= taken;
	}

	private later(ms: number): void {
		this.#next = this.#timer.set(() => {
			this.#next = undefined;
			if (this.#count > 0) this.push();
			if (this.#count > 0) return this.later(pause);
			this.#room = room;
			this.#onWritable?.call(this, room);
		}, ms);
	}
}
