// SPDX-License-Identifier: Apache-2.0
//
// How many datagrams of one source are taken: a bucket that fills at the rate and holds twice as many. Only the last sources are
// remembered; whoever sends from many addresses shares what is left by pushing each other out, one bucket each.

const maxSources = 8;
/** Slots of a 32-bit XS: the object, its three properties, the address. */
const bucketBytes = 100;

interface Bucket {
	address: string;
	tokens: number;
	ticks: number;
}

export class RateLimit {
	/** The one used last comes first. */
	readonly #buckets: Bucket[] = [];
	readonly #ticks: () => number;
	readonly #rate: number;

	/** @param rate datagrams a second; 0 is no limit */
	constructor(rate: number, ticks: () => number) {
		this.#rate = rate;
		this.#ticks = ticks;
	}

	/** Bytes, about. */
	get held(): number {
		return this.#buckets.length * bucketBytes;
	}

	/** @returns whether a datagram of this source may be looked at now */
	take(address: string): boolean {
		if (this.#rate === 0) return true;
		const bucket = this.bucket(address);
		const now = this.#ticks();
		const gained = ((now - bucket.ticks) * this.#rate) / 1000;
		bucket.tokens = Math.min(2 * this.#rate, bucket.tokens + gained);
		bucket.ticks = now;
		if (bucket.tokens < 1) return false;
		bucket.tokens--;
		return true;
	}

	private bucket(address: string): Bucket {
		const index = this.#buckets.findIndex((bucket) => bucket.address === address);
		if (index === 0) return this.#buckets[0];
		let bucket: Bucket = { address, tokens: 2 * this.#rate, ticks: this.#ticks() };
		if (index > 0) bucket = this.#buckets.splice(index, 1)[0];
		else if (this.#buckets.length >= maxSources) this.#buckets.pop();
		this.#buckets.unshift(bucket);
		return bucket;
	}
}
