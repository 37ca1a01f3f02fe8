// SPDX-License-Identifier: Apache-2.0
//
// Nonces of the digest challenge. Nothing is kept for one that was given out: it carries its time, a serial number and a MAC over both
// and the address it was given to. Kept is which requests were taken with a nonce that has proved the password, in a bounded list.
// Source: RFC 7616 sections 3.3 (nonce), 3.4 (nc) and 5.12 (replay).
//
//   nonce, as hexadecimal:  0 time, s (4) | 4 serial number (4) | 8 first 12 bytes of HMAC-SHA-256(secret, time, serial number, address)

import { ByteReader } from "../bytes/reader.js";
import { encodeLatin1, fromHex, toHex } from "../bytes/text.js";
import { ByteWriter } from "../bytes/writer.js";
import { hmacSHA256 } from "./hmac.js";

export interface NonceOptions {
	/** Monotonic milliseconds. */
	ticks(): number;
	/** Fills with bytes that nobody can guess. */
	random(bytes: Uint8Array): void;
	/** How long a nonce is good, default 60. */
	readonly lifetimeSeconds?: number;
}

/** `stale`: expired, or of another start, or not known any more. */
export type NonceVerdict = "good" | "stale" | "replayed";

export interface Nonce {
	seconds: number;
	serial: number;
}

/** What was taken with one nonce. */
interface Use {
	serial: number;
	seconds: number;
	/** Highest count so far. */
	most: number;
	/** Bit n: the count `most - n` was taken. */
	window: number;
}

const headBytes = 8;
const macBytes = 12;
const secretBytes = 32;
const mostUses = 8;
const windowBits = 32;

export class Nonces {
	readonly #options: NonceOptions;
	readonly #secret = new Uint8Array(secretBytes);
	readonly #uses: Use[] = [];
	#serial = 0;
	/** Nonces up to this serial number may have been used and forgotten. */
	#forgotten = -1;

	constructor(options: NonceOptions) {
		this.#options = options;
		options.random(this.#secret);
	}

	/** @param address of whoever is asked for a password */
	make(address: string): string {
		const writer = new ByteWriter(headBytes + macBytes);
		writer.u32be(this.now());
		writer.u32be(this.#serial++ >>> 0);
		writer.bytes(this.mac(writer.finish(), address));
		return toHex(writer.finish());
	}

	/** @returns `undefined` for one that was not given to this address since the start, or is too old */
	open(text: string, address: string): Nonce | undefined {
		if (!/^[0-9a-f]+$/.test(text) || text.length !== 2 * (headBytes + macBytes)) return undefined;
		const bytes = fromHex(text);
		const reader = new ByteReader(bytes);
		const nonce = { seconds: reader.u32be(), serial: reader.u32be() };
		const mac = this.mac(bytes.subarray(0, headBytes), address);
		let difference = 0;
		for (let i = 0; i < macBytes; i++) difference |= mac[i] ^ bytes[headBytes + i];
		return difference === 0 && this.isFresh(nonce) ? nonce : undefined;
	}

	/** Notes a request whose password was right. @param count its nc, from 1 */
	use({ serial, seconds }: Nonce, count: number): NonceVerdict {
		this.forgetOld();
		const use = this.#uses.find((item) => item.serial === serial);
		if (use !== undefined) return take(use, count) ? "good" : "replayed";
		if (serial <= this.#forgotten) return "stale";
		if (this.#uses.length === mostUses) this.forget();
		this.#uses.push({ serial, seconds, most: count, window: 1 });
		return "good";
	}

	private now(): number {
		return Math.floor(this.#options.ticks() / 1000);
	}

	private isFresh({ seconds }: { seconds: number }): boolean {
		return this.now() - seconds <= (this.#options.lifetimeSeconds ?? 60);
	}

	private mac(head: Uint8Array, address: string): Uint8Array {
		const name = encodeLatin1(address);
		const data = new Uint8Array(headBytes + name.length);
		data.set(head.subarray(0, headBytes));
		data.set(name, headBytes);
		return hmacSHA256(this.#secret, data).subarray(0, macBytes);
	}

	/** A nonce that has expired is refused for that. */
	private forgetOld(): void {
		for (let i = this.#uses.length - 1; i >= 0; i--) if (!this.isFresh(this.#uses[i])) this.#uses.splice(i, 1);
	}

	/** Makes room: the oldest goes, and with it all that are as old. */
	private forget(): void {
		let oldest = 0;
		for (let i = 1; i < this.#uses.length; i++) if (this.#uses[i].serial < this.#uses[oldest].serial) oldest = i;
		this.#forgotten = Math.max(this.#forgotten, this.#uses[oldest].serial);
		this.#uses.splice(oldest, 1);
	}
}

/** @returns whether this count is taken for the first time */
function take(use: Use, count: number): boolean {
	const step = count - use.most;
	if (step > 0) {
		use.window = step >= windowBits ? 1 : ((use.window << step) | 1) >>> 0;
		use.most = count;
		return true;
	}
	if (-step >= windowBits) return false;
	const bit = (1 << -step) >>> 0;
	if ((use.window & bit) !== 0) return false;
	use.window = (use.window | bit) >>> 0;
	return true;
}
