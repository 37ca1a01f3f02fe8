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

interface Table {
	/** Of the keys, oldest first. */
	hashes: Float64Array;
	/** When each ends, in ticks. */
	ends: Float64Array;
}

/** Keeps hashes of the keys: with those themselves it would have five times the size. */
export class Transactions {
	readonly #ticks: () => number;
	readonly #most: number;
	/** Made with the first one. */
	#table: Table | undefined;
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
		return this.#table === undefined ? 0 : 2 * this.#table.hashes.byteLength;
	}

	has(key: string): boolean {
		this.forget();
		return this.#count > 0 && this.#table?.hashes.subarray(0, this.#count).includes(hashOf(key)) === true;
	}

	add(key: string): void {
		this.#table ??= { hashes: new Float64Array(this.#most), ends: new Float64Array(this.#most) };
		if (this.#count >= this.#most) this.drop(1);
		this.#table.hashes[this.#count] = hashOf(key);
		this.#table.ends[this.#count++] = this.#ticks() + timerJMs;
	}

	/** Those that are oldest go. */
	private drop(count: number): void {
		this.#table?.hashes.copyWithin(0, count, this.#count);
		this.#table?.ends.copyWithin(0, count, this.#count);
		this.#count -= count;
	}

	private forget(): void {
		if (this.#table === undefined) return;
		const { ends } = this.#table;
		const now = this.#ticks();
		let ended = 0;
		while (ended < this.#count && ends[ended] <= now) ended++;
		if (ended > 0) this.drop(ended);
	}
}
