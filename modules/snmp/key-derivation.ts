// SPDX-License-Identifier: Apache-2.0
//
// Keys out of passwords, for one engine. A megabyte is hashed in slices, each in a turn of its own, so that nothing waits long.
// Sources: RFC 3414 sections 2.6 and A.2.2 (password to key, localization), draft-blumenthal-aes-usm-04 section 3.1.2.1 (longer keys).

import type { TimerService } from "../ecma419/timer.js";
import { encodeUTF8 } from "../bytes/text.js";
import { SNMPError } from "./error.js";
import type { AuthProtocol, CryptoPort, HashPort } from "./protocols.js";

const expandedBytes = 1048576;
/** About as many bytes are handed to the hash at once. */
const pieceBytes = 512;
/** Pieces of one turn. */
const sliceTimes = 64;
/** RFC 3414 section 11.2. */
const leastPassword = 8;

export interface DerivationParts {
	crypto: CryptoPort;
	timer: TimerService;
}

/** Who wants a key. In later turns of the timer. */
export interface KeyTaker {
	/** @param key is good for one engine only */
	take(key: Uint8Array): void;
	/** @param error what cryptography or `take` has thrown */
	failed(error: unknown): void;
}

function repeat(bytes: Uint8Array, times: number): Uint8Array {
	const output = new Uint8Array(bytes.length * times);
	for (let i = 0; i < times; i++) output.set(bytes, i * bytes.length);
	return output;
}

function hashOf(crypto: CryptoPort, algorithm: number, ...parts: Uint8Array[]): Uint8Array {
	const hash = crypto.hash(algorithm);
	for (const part of parts) hash.update(part, 1);
	return hash.digest();
}

/** One password on its way to a key. Without promises: a function that waits takes a kilobyte, and an update may want it meanwhile. */
class Derivation {
	readonly #parts: DerivationParts;
	readonly #algorithm: number;
	readonly #engineID: Uint8Array;
	readonly #taker: KeyTaker;
	readonly #piece: Uint8Array;
	readonly #hash: HashPort;
	#left: number;

	constructor(
		parts: DerivationParts,
		algorithm: number,
		password: Uint8Array,
		{ engineID, taker }: { engineID: Uint8Array; taker: KeyTaker },
	) {
		this.#parts = parts;
		this.#algorithm = algorithm;
		this.#engineID = engineID;
		this.#taker = taker;
		this.#piece = repeat(password, Math.ceil(pieceBytes / password.length));
		this.#hash = parts.crypto.hash(algorithm);
		this.#left = Math.floor(expandedBytes / this.#piece.length);
	}

	/** Hashes a slice, and asks for a turn for the next. */
	slice(): void {
		this.#hash.update(this.#piece, Math.min(this.#left, sliceTimes));
		this.#left -= sliceTimes;
		this.#parts.timer.set(() => this.turn(), 0);
	}

	private turn(): void {
		try {
			if (this.#left > 0) this.slice();
			else this.#taker.take(this.end());
		} catch (error) {
			this.#taker.failed(error);
		}
	}

	private end(): Uint8Array {
		this.#hash.update(this.#piece.subarray(0, expandedBytes % this.#piece.length), 1);
		const key = this.#hash.digest();
		return hashOf(this.#parts.crypto, this.#algorithm, key, this.#engineID, key);
	}
}

/**
 * Begins to make a key.
 * @param password at least 8 bytes
 * @throws SNMPError SNMP_PASSWORD
 */
export function deriveKey(
	parts: DerivationParts,
	protocol: AuthProtocol,
	password: string,
	wanted: { engineID: Uint8Array; taker: KeyTaker },
): void {
	const bytes = encodeUTF8(password);
	if (bytes.length < leastPassword)
		throw new SNMPError("SNMP_PASSWORD", 0, `at least ${leastPassword} characters wanted`);
	new Derivation(parts, protocol.hash, bytes, wanted).slice();
}

/** A localized key made long enough for a cipher, or cut. */
export function fitKey(crypto: CryptoPort, { hash }: AuthProtocol, key: Uint8Array, length: number): Uint8Array {
	let fitted = key;
	while (fitted.length < length) {
		const more = hashOf(crypto, hash, fitted);
		const longer = new Uint8Array(fitted.length + more.length);
		longer.set(fitted);
		longer.set(more, fitted.length);
		fitted = longer;
	}
	return fitted.slice(0, length);
}
