// SPDX-License-Identifier: Apache-2.0
//
// Requests that were taken, so that a retransmission is answered and not done again. Everything else is answered without a memory, which
// gives the same answer each time (RFC 3261 section 8.2.7). Source: RFC 3261 sections 17.1.1.1 (T1), 17.2.2 and 17.2.3.

import type { SIPRequest } from "./request.js";
import { textOf } from "./values.js";

/** Timer J: 64 times T1, which is 500 ms. Over a reliable transport it is 0: nothing is sent twice there. */
export const timerJMs = 32000;
const magicCookie = "z9hG4bK";
/** Four slots of a 32-bit XS, and the head of a chunk. */
const entryBytes = 80;

/**
 * What makes a request the same as another (section 17.2.3); the source besides, so that nobody meets another one's transaction.
 * @param address of the source
 */
export function transactionKey(request: SIPRequest, address: string): string {
	const { via, method, head } = request;
	const { line } = head;
	const { branch = "", host, port = "" } = via;
	const key = `${method} ${address} ${host}:${port} ${branch}`;
	if (branch.startsWith(magicCookie)) return key;
	const uri = line.kind === "request" ? textOf(head, line) : "";
	return `${key} ${uri} ${request.callID} ${request.cseq} ${request.from.tag ?? ""} ${request.to.tag ?? ""}`;
}

export class Transactions {
	readonly #ticks: () => number;
	readonly #most: number;
	/** When each ends; oldest first. */
	readonly #ends = new Map<string, number>();
	/** Nothing ends before. */
	#next = 0;

	/** @param most entries; beyond them the oldest goes before its time */
	constructor(ticks: () => number, most = 32) {
		this.#ticks = ticks;
		this.#most = most;
	}

	/** Those that have not ended. */
	get count(): number {
		this.#forget();
		return this.#ends.size;
	}

	/** Bytes that the keys take, about: an entry of the map, and a character a byte. */
	get held(): number {
		this.#forget();
		let bytes = 0;
		for (const key of this.#ends.keys()) bytes += entryBytes + key.length;
		return bytes;
	}

	has(key: string): boolean {
		this.#forget();
		return this.#ends.has(key);
	}

	add(key: string): void {
		if (this.#ends.size >= this.#most) this.#dropOldest();
		this.#ends.set(key, this.#ticks() + timerJMs);
	}

	#dropOldest(): void {
		for (const oldest of this.#ends.keys()) {
			this.#ends.delete(oldest);
			return;
		}
	}

	#forget(): void {
		const now = this.#ticks();
		if (now < this.#next) return;
		for (const [key, end] of this.#ends) {
			this.#next = end;
			if (end > now) return;
			this.#ends.delete(key);
		}
		this.#next = now + timerJMs;
	}
}
