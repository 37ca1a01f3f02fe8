// SPDX-License-Identifier: Apache-2.0
//
// Requests that were taken, so that a retransmission is answered and not done again. Everything else is answered without a memory, which
// gives the same answer each time (RFC 3261 section 8.2.7). Source: RFC 3261 sections 17.1.1.1 (T1), 17.2.2 and 17.2.3.

import { SHA256 } from "../bytes/sha256.js";
import { encodeUTF8 } from "../bytes/text.js";
import type { SIPRequest } from "./request.js";
import { textOf } from "./values.js";

/** Timer J: 64 times T1, which is 500 ms. Over a reliable transport it is 0: nothing is sent twice there. */
export const timerJMs = 32000;
const magicCookie = "z9hG4bK";
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

/** So many bytes of a hash are a number that is exact: by chance two keys of 32 never have the same. */
const hashBytes = 6;

function hashOf(key: string): number {
	const hash = new SHA256();
	hash.update(encodeUTF8(key));
	return hash
		.digest()
		.subarray(0, hashBytes)
		.reduce((number, byte) => number * 256 + byte, 0);
}

/** Entries that there is room for at first. */
const firstRoom = 4;

/** Keeps hashes of the keys: with those themselves it would have five times the size. It grows with need, and goes with the last entry. */
export class Transactions {
	readonly #ticks: () => number;
	readonly #most: number;
	/** For each entry, oldest first: hash of its key, and when it ends, in ticks. */
	#table: Float64Array | undefined;
	#count = 0;

	/** @param most entries; beyond them the oldest goes before its time */
	constructor(ticks: () => number, most = 32) {
		this.#ticks = ticks;
		this.#most = most;
	}

	/** Those that have not ended. */
	get count(): number {
		this.forget();
		return this.#count;
	}

	/** Bytes of the table. */
	get held(): number {
		this.forget();
		return this.#table?.byteLength ?? 0;
	}

	has(key: string): boolean {
		this.forget();
		if (this.#table === undefined) return false;
		const hash = hashOf(key);
		for (let i = 0; i < this.#count; i++) if (this.#table[2 * i] === hash) return true;
		return false;
	}

	add(key: string): void {
		if (this.#count >= this.#most) this.drop(1);
		const table = this.room();
		table[2 * this.#count] = hashOf(key);
		table[2 * this.#count++ + 1] = this.#ticks() + timerJMs;
	}

	/** @returns the table, with room for one more */
	private room(): Float64Array {
		const old = this.#table;
		if (old !== undefined && old.length > 2 * this.#count) return old;
		const table = new Float64Array(2 * Math.min(this.#most, Math.max(firstRoom, 2 * this.#count)));
		if (old !== undefined) table.set(old);
		this.#table = table;
		return table;
	}

	/** Those that are oldest go. */
	private drop(count: number): void {
		this.#table?.copyWithin(0, 2 * count, 2 * this.#count);
		this.#count -= count;
		if (this.#count === 0) this.#table = undefined;
	}

	private forget(): void {
		if (this.#table === undefined) return;
		const now = this.#ticks();
		let ended = 0;
		while (ended < this.#count && this.#table[2 * ended + 1] <= now) ended++;
		if (ended > 0) this.drop(ended);
	}
}
