// SPDX-License-Identifier: Apache-2.0
//
// A console's port that only writes, to wherever `print` leads: nothing comes in, and there is always room.

import Timer from "timer";
import type { Serial, SerialOptions } from "../../modules/ecma419/serial.js";

export default class WritingPort implements Serial {
	format: "number" | "buffer" = "buffer";
	readonly target: unknown;
	readonly #print: (bytes: Uint8Array) => void;
	readonly #announce: () => void;
	#timer: Timer | undefined;

	/** @param room bytes announced as writable each turn */
	constructor({ onWritable, target }: SerialOptions, room: number, print: (bytes: Uint8Array) => void) {
		this.target = target;
		this.#print = print;
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
		this.#print(typeof value === "number" ? Uint8Array.of(value) : new Uint8Array(value));
		this.#timer ??= Timer.set(this.#announce);
	}
	close(): void {
		Timer.clear(this.#timer);
		this.#timer = undefined;
	}
}
