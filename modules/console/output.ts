// SPDX-License-Identifier: Apache-2.0
//
// Text to a serial port that takes a limited number of bytes at a time. Nothing blocks and nothing grows without bound: a
// text that finds no room is refused whole, and who writes much asks `hasRoom` before. What waits is one piece of bytes.

import { encodeUTF8 } from "../bytes/text.js";
import type { Serial } from "../ecma419/serial.js";

/** Bytes behind each other. */
function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
	const all = new Uint8Array(first.length + second.length);
	all.set(first);
	all.set(second, first.length);
	return all;
}

export class Output {
	readonly #limit: number;
	#serial: Serial | undefined;
	/** Bytes that the port has not taken. */
	#waiting: Uint8Array | undefined;
	#writable = 0;

	/** @param limit bytes that may wait, default 8192 */
	constructor(limit = 8192) {
		this.#limit = limit;
	}

	attach(serial: Serial): void {
		this.#serial = serial;
	}

	/** Nothing is sent any more. */
	detach(): void {
		this.#serial = undefined;
		this.#waiting = undefined;
	}

	/** The port takes `bytes`, all in all. */
	writable(bytes: number): void {
		this.#writable = bytes;
		if (this.#waiting !== undefined) this.#waiting = this.put(this.#waiting);
	}

	private get queued(): number {
		return this.#waiting?.length ?? 0;
	}

	/** No bytes wait. */
	get idle(): boolean {
		return this.#waiting === undefined;
	}

	/** Little enough waits: a quarter of the limit. */
	get hasRoom(): boolean {
		return this.queued <= this.#limit / 4;
	}

	/** @returns false when there is no room; nothing is taken then */
	write(text: string): boolean {
		return this.send(encodeUTF8(text));
	}

	/** As `write`, bytes as they are; they have to stay as they are. */
	send(bytes: Uint8Array): boolean {
		if (this.queued + bytes.length > this.#limit) return false;
		if (this.#waiting !== undefined) this.#waiting = joined(this.#waiting, bytes);
		else if (bytes.length > 0) this.#waiting = this.put(bytes);
		return true;
	}

	/** @returns what the port does not take now */
	private put(bytes: Uint8Array): Uint8Array | undefined {
		const count = Math.min(bytes.length, this.#writable);
		if (count === 0 || this.#serial === undefined) return bytes;
		this.#writable -= count;
		this.#serial.write(bytes.subarray(0, count));
		return count === bytes.length ? undefined : bytes.slice(count);
	}
}
