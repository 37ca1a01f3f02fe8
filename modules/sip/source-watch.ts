// SPDX-License-Identifier: Apache-2.0
//
// The list of sources in use: read when it changes, its names looked up when it is read, then every five minutes while requests come,
// and when a stranger asks, but not more often than every ten seconds. One address a name.

import type { Resolver } from "../ecma419/resolver.js";
import { SIPError } from "./error.js";
import { isIn, isListed, parseAddress, parseSources, type SourceList } from "./sources.js";

export interface SourceWatchOptions {
	readonly resolver: Resolver;
	/** Monotonic milliseconds. */
	ticks(): number;
	/** The list as it is set. */
	text(): string;
}

const nothing: SourceList = Object.freeze({ networks: [], names: [] });
const freshMs = 300000;
const pauseMs = 10000;

export class SourceWatch {
	readonly #options: SourceWatchOptions;
	#text = "";
	#list = nothing;
	/** Address of each name of the list, as far as known. */
	#addresses: (string | undefined)[] | undefined;
	#asked = -Infinity;
	#fault: string | undefined;
	/** Who asked last, as one asks often. */
	#peer = "";
	#peerBytes: Uint8Array | undefined;

	constructor(options: SourceWatchOptions) {
		this.#options = options;
	}

	/** What is wrong with the list: then nobody is in it. */
	get fault(): string | undefined {
		this.update();
		return this.#fault;
	}

	/** Whether nobody is listed. */
	get empty(): boolean {
		this.update();
		return this.#list.networks.length + this.#list.names.length === 0;
	}

	/** Whether requests from this address are trusted. */
	allows(address: string): boolean {
		this.update();
		const { networks, names } = this.#list;
		const bytes = this.bytesOf(address);
		const known = bytes !== undefined && (isIn(networks, bytes) || this.isNamed(bytes));
		if (names.length > 0) this.lookUp(known ? freshMs : pauseMs);
		return known;
	}

	/** Looks names up in time for the first request. */
	prepare(): void {
		this.update();
		this.lookUp(pauseMs);
	}

	private bytesOf(address: string): Uint8Array | undefined {
		if (address !== this.#peer) {
			this.#peerBytes = parseAddress(address);
			this.#peer = address;
		}
		return this.#peerBytes;
	}

	private isNamed(bytes: Uint8Array): boolean {
		if (this.#addresses === undefined) return false;
		const network = [{ address: bytes, bits: bytes.length * 8 }];
		return this.#addresses.some((item) => item !== undefined && isListed(network, item));
	}

	private update(): void {
		const text = this.#options.text();
		if (text === this.#text) return;
		this.#text = text;
		this.#addresses = undefined;
		this.#asked = -Infinity;
		this.#list = nothing;
		this.#fault = undefined;
		try {
			this.#list = parseSources(text);
		} catch (error) {
			if (!(error instanceof SIPError)) throw error;
			this.#fault = `${error.message} at character ${error.offset + 1}`;
		}
		this.lookUp(pauseMs);
	}

	private lookUp(leastMs: number): void {
		const { resolver } = this.#options;
		const now = this.#options.ticks();
		if (now - this.#asked < leastMs || this.#list.names.length === 0) return;
		this.#asked = now;
		const list = this.#list;
		list.names.forEach((host, i) => {
			resolver.resolve({
				host,
				onResolved: (_, address) => {
					if (list === this.#list) (this.#addresses ??= [])[i] = address;
				},
				onError: () => {
					// An address that was good stays: a name server that fails must not lock the PBX out.
				},
			});
		});
	}
}
