// SPDX-License-Identifier: Apache-2.0
//
// One block while it comes: number, its complement, 128 or 1024 bytes of data, CRC. What stands before it says how long it is.
// Source: "XMODEM/YMODEM Protocol Reference" (Forsberg, 1988) sections 4.3, 7.2 and 8.1.

import { crc16 } from "./crc16.js";

const head = 2;
const tail = 2;

export class Block {
	readonly #buffer = new Uint8Array(head + 1024 + tail);
	#held = 0;
	#size = 0;

	/** @param length of the data: 128 or 1024 */
	open(length: number): void {
		this.#size = head + length + tail;
		this.#held = 0;
	}

	/** @returns bytes taken from `at` on */
	fill(bytes: Uint8Array, at: number): number {
		const count = Math.min(this.#size - this.#held, bytes.length - at);
		this.#buffer.set(bytes.subarray(at, at + count), this.#held);
		this.#held += count;
		return count;
	}

	/** All of it has come. */
	get whole(): boolean {
		return this.#held === this.#size;
	}

	/** A whole block came as it was sent. The CRC does not cover the number. */
	get sound(): boolean {
		return this.number + this.#buffer[1] === 0xff && crc16(this.#buffer.subarray(head, this.#size)) === 0;
	}

	/** The last bytes that came, at most 32. */
	get end(): Uint8Array {
		return this.#buffer.subarray(Math.max(0, this.#held - 32), this.#held);
	}

	get number(): number {
		return this.#buffer[0];
	}

	/** Valid until the next `open`. */
	get data(): Uint8Array {
		return this.#buffer.subarray(head, this.#size - tail);
	}
}
