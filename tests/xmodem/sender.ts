// SPDX-License-Identifier: Apache-2.0
//
// A sender of XMODEM and YMODEM as lrzsz is one (its waits are in virtual time), at the end of a line that loses, changes and doubles bytes.

import { encodeUTF8 } from "../../modules/bytes/text.js";
import type { Random } from "../harness/random.js";
import { block, type Reader } from "./conversation.js";

const [eot, ack, nak, can, c] = [0x04, 0x06, 0x15, 0x18, 0x43];

export interface SenderOptions {
	/** Blocks of 1024 bytes. */
	long: boolean;
	/** YMODEM. */
	batch: boolean;
	random: Random;
	/** Share of bytes that do not come as they were sent, in the direction of the file. */
	errorRate: number;
}

export class Sender {
	readonly #options: SenderOptions;
	readonly #texts: Uint8Array[] = [];
	#tries = 0;
	/** What the receiver has said and was not looked at. */
	readonly #said: number[] = [];

	constructor(file: Uint8Array, options: SenderOptions) {
		this.#options = options;
		const { long, batch } = options;
		if (batch) this.#texts.push(block(0, encodeUTF8(`a.cmp\0${file.length} 0 0`), 128, 0));
		for (let at = 0, number = 1; at < file.length; number++) {
			const length = long && file.length - at > 896 ? 1024 : 128;
			this.#texts.push(block(number, file.subarray(at, at + length), length));
			at += length;
		}
		this.#texts.push(Uint8Array.of(eot));
		if (batch) this.#texts.push(block(0, encodeUTF8(""), 128, 0));
	}

	/** Sends all of it, or gives up. */
	converse(reader: Reader): void {
		let next = 0;
		let wait = true;
		while (next < this.#texts.length && !reader.receiver.over) {
			// After the start, block 0 and the end of a batch's file the receiver says C.
			if (wait && !this.#until(reader, c)) return;
			wait = false;
			reader.write(this.#line(this.#texts[next]));
			const answer = this.#answer(reader);
			if (answer === can || ++this.#tries > 40) break;
			if (answer !== ack) continue;
			this.#tries = 0;
			wait = this.#options.batch && (next === 0 || this.#texts[next][0] === eot);
			next++;
		}
		for (let i = 0; i < 200 && !reader.receiver.over; i++) reader.receiver.timeout();
	}

	/** The first byte that is an answer; silence until there is one. */
	#answer(reader: Reader): number {
		return this.#next(reader, (byte) => byte === ack || byte === nak || byte === can || byte === c) ?? can;
	}

	#until(reader: Reader, wanted: number): boolean {
		return this.#next(reader, (byte) => byte === wanted) !== undefined;
	}

	#next({ receiver }: Reader, isWanted: (byte: number) => boolean): number | undefined {
		for (let i = 0; i < 50; i++) {
			this.#said.push(...receiver.output());
			for (let byte = this.#said.shift(); byte !== undefined; byte = this.#said.shift())
				if (isWanted(byte)) return byte;
			if (receiver.over) return undefined;
			receiver.timeout();
		}
		return undefined;
	}

	#line(bytes: Uint8Array): Uint8Array {
		const { random, errorRate } = this.#options;
		const out: number[] = [];
		for (const byte of bytes) {
			const luck = random.next() / 0x100000000;
			if (luck >= errorRate) out.push(byte);
			else if (luck < errorRate / 3) out.push(byte ^ (1 << random.below(8)));
			else if (luck < (2 * errorRate) / 3) out.push(byte, random.below(256));
		}
		return Uint8Array.from(out);
	}
}
