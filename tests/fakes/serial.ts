// SPDX-License-Identifier: Apache-2.0
//
// Serial port with the test at the other end. As strict as the strictest host: `write` for more than the last count throws,
// anything but `close` after `close` throws, `onReadable` announces bytes once, no call-back comes from inside a
// constructor or method or after `close`. Leaves out format "number".

import { decodeUTF8, encodeUTF8 } from "../../modules/bytes/text.js";
import type { Serial, SerialConstructor, SerialOptions } from "../../modules/ecma419/serial.js";

export class FakeSerialLine {
	/** Serial class for the module under test; one port can be open at a time. */
	readonly Serial: SerialConstructor;
	/** Bytes that the port shows to a reader at a time. */
	readable = 256;
	/** Bytes that the port takes at a time; with 0 the far end has stopped. */
	writable = 4096;
	/** Longest write so far, and the number of them. */
	longestWrite = 0;
	writes = 0;
	#input: Uint8Array[] = [];
	#announce = false;
	#sent: Uint8Array[] = [];
	/** What the open port may still write before the next onWritable. */
	#space = 0;
	#port: { serial: Serial; options: SerialOptions } | undefined;

	constructor() {
		// eslint-disable-next-line @typescript-eslint/no-this-alias
		const line = this;
		this.Serial = class {
			format: "number" | "buffer" = "buffer";
			readonly target: unknown;

			constructor(options: SerialOptions) {
				if (line.#port !== undefined) throw new Error("port in use");
				if (!(options.baud >= 1)) throw new RangeError("invalid baud");
				if (options.format === "number") throw new RangeError("the fake has no format number");
				this.target = options.target;
				line.#port = { serial: this as unknown as Serial, options };
				line.#announce = line.#input.length > 0;
			}
			read(option?: number | Uint8Array): ArrayBuffer | number | undefined {
				return line.#read(this, option);
			}
			write(value: Uint8Array | ArrayBuffer | number): void {
				line.#write(this, value);
			}
			close(): void {
				if (line.#port?.serial === (this as unknown as Serial)) line.#port = undefined;
			}
		} as unknown as SerialConstructor;
	}

	get isOpen(): boolean {
		return this.#port !== undefined;
	}

	/** The operator types; nothing happens before `step` or `run`. */
	type(data: string | Uint8Array): void {
		const bytes = typeof data === "string" ? encodeUTF8(data) : data.slice();
		if (bytes.length === 0) return;
		this.#input.push(bytes);
		this.#announce = true;
	}

	/** Bytes sent since the last call. */
	take(): Uint8Array {
		const bytes = new Uint8Array(this.#sent.reduce((sum, part) => sum + part.length, 0));
		let at = 0;
		for (const part of this.#sent) {
			bytes.set(part, at);
			at += part.length;
		}
		this.#sent = [];
		return bytes;
	}

	/** As `take`, as text; throws on what is not UTF-8. */
	takeText(): string {
		return decodeUTF8(this.take(), { fatal: true });
	}

	/** One call-back, if one is due: space first, then input. @returns false when nothing was due */
	step(): boolean {
		const port = this.#port;
		if (port === undefined) return false;
		if (this.#space < this.writable) {
			this.#space = this.writable;
			port.options.onWritable?.call(port.serial, this.#space);
			return true;
		}
		if (!this.#announce) return false;
		this.#announce = false;
		port.options.onReadable?.call(port.serial, this.#shown());
		return true;
	}

	/** Call-backs until none is due. @throws after a million: a busy loop */
	run(): void {
		for (let count = 0; this.step(); count++) if (count > 1e6) throw new Error("the port never rests");
	}

	#shown(): number {
		return Math.min(this.readable, this.#input.length > 0 ? this.#input[0].length : 0);
	}

	#check(serial: object): void {
		if (this.#port?.serial !== serial) throw new Error("the port is closed");
	}

	#read(serial: object, option: number | Uint8Array | undefined): ArrayBuffer | number | undefined {
		this.#check(serial);
		const shown = this.#shown();
		const wanted = option === undefined ? shown : typeof option === "number" ? option : option.length;
		if (!(wanted > 0) && option !== undefined) throw new Error("invalid byte length");
		if (shown === 0) return undefined;
		const first = this.#input[0];
		const bytes = first.slice(0, Math.min(shown, wanted));
		if (bytes.length === first.length) this.#input.shift();
		else this.#input[0] = first.subarray(bytes.length);
		if (typeof option !== "object") return bytes.buffer as ArrayBuffer;
		option.set(bytes);
		return bytes.length;
	}

	#write(serial: object, value: Uint8Array | ArrayBuffer | number): void {
		this.#check(serial);
		if (typeof value === "number") throw new TypeError("a number is not a buffer");
		const bytes = new Uint8Array(value instanceof ArrayBuffer ? value.slice(0) : value.slice());
		if (bytes.length > this.#space) throw new Error("output full");
		this.#space -= bytes.length;
		this.#sent.push(bytes);
		this.longestWrite = Math.max(this.longestWrite, bytes.length);
		this.writes++;
	}
}
