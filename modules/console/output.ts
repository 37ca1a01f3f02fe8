// SPDX-License-Identifier: Apache-2.0
//
// Text to a serial port that takes a limited number of bytes at a time. Nothing blocks and nothing grows without bound: a
// text that finds no room is refused whole, and who writes much asks `hasRoom` before.

import { encodeUTF8 } from "../bytes/text.js";
import type { Serial } from "../ecma419/serial.js";

export class Output {
	readonly #limit: number;
	#serial: Serial | undefined;
	#queue: Uint8Array[] = [];
	#queued = 0;
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
		this.#queue = [];
		this.#queued = 0;
	}

	/** The port takes `bytes`, all in all. */
	writable(bytes: number): void {
		this.#writable = bytes;
		this.#flush();
	}

	/** No bytes wait. */
	get idle(): boolean {
		return this.#queued === 0;
	}

	/** No more than half of the limit waits. */
	get hasRoom(): boolean {
		return this.#queued <= this.#limit / 2;
	}

	/** @returns false when there is no room; nothing is taken then */
	write(text: string): boolean {
		return this.send(encodeUTF8(text));
	}

	/** As `write`, bytes as they are; they have to stay as they are. */
	send(bytes: Uint8Array): boolean {
		if (this.#queued + bytes.length > this.#limit) return false;
		if (bytes.length === 0) return true;
		this.#queue.push(bytes);
		this.#queued += bytes.length;
		this.#flush();
		return true;
	}

	#flush(): void {
		while (this.#writable > 0 && this.#queue.length > 0 && this.#serial !== undefined) {
			const first = this.#queue[0];
			const count = Math.min(first.length, this.#writable);
			this.#serial.write(first.subarray(0, count));
			this.#writable -= count;
			this.#queued -= count;
			if (count === first.length) this.#queue.shift();
			else this.#queue[0] = first.subarray(count);
		}
	}
}
