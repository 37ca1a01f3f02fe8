// SPDX-License-Identifier: Apache-2.0
//
// The console's port in the SDK's Linux simulator: what is written goes to the program's standard output, nothing comes in.

import Timer from "timer";
import type { Serial, SerialOptions } from "../../modules/ecma419/serial.js";

/** Bytes announced as writable each turn. */
const room = 1024;

function nativePrint(this: unknown, bytes: Uint8Array | ArrayBuffer): void {
	return native("xs_lin_print").call(this, bytes);
}

export default class TraceSerial implements Serial {
	format: "number" | "buffer" = "buffer";
	readonly #announce: () => void;
	#timer: Timer | undefined;

	constructor({ onWritable }: SerialOptions) {
		this.#announce = () => {
			this.#timer = undefined;
			onWritable?.call(this, room);
		};
		this.#timer = Timer.set(this.#announce);
	}
	read(): undefined {
		return undefined;
	}
	write(value: Uint8Array | ArrayBuffer | number): void {
		nativePrint(typeof value === "number" ? Uint8Array.of(value) : value);
		this.#timer ??= Timer.set(this.#announce);
	}
	close(): void {
		Timer.clear(this.#timer);
		this.#timer = undefined;
	}
}
