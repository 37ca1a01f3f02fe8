// SPDX-License-Identifier: Apache-2.0
//
// Keys out of passwords, for one engine. A megabyte is hashed in slices, each in a turn of its own, so that nothing waits long.
// Sources: RFC 3414 sections 2.6 and A.2.2 (password to key, localization), draft-blumenthal-aes-usm-04 section 3.1.2.1 (longer keys).

import type { TimerService } from "../ecma419/timer.js";
import { encodeUTF8 } from "../bytes/text.js";
import { SNMPError } from "./error.js";
import type { AuthProtocol, CryptoPort } from "./protocols.js";

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

function turn(timer: TimerService): Promise<void> {
	return new Promise((resolve) => {
		timer.set(() => resolve(), 0);
	});
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

/**
 * All in one function: each that waits takes memory, and an update may want it meanwhile.
 * @param password at least 8 bytes
 * @returns a key that is good for this engine only
 * @throws SNMPError SNMP_PASSWORD
 */
export async function deriveKey(
	{ crypto, timer }: DerivationParts,
	{ hash: algorithm }: AuthProtocol,
	password: string,
	engineID: Uint8Array,
): Promise<Uint8Array> {
	const bytes = encodeUTF8(password);
	if (bytes.length < leastPassword)
		throw new SNMPError("SNMP_PASSWORD", 0, `at least ${leastPassword} characters wanted`);
	const piece = repeat(bytes, Math.ceil(pieceBytes / bytes.length));
	const hash = crypto.hash(algorithm);
	for (let left = Math.floor(expandedBytes / piece.length); left > 0; left -= sliceTimes) {
		hash.update(piece, Math.min(left, sliceTimes));
		await turn(timer);
	}
	hash.update(piece.subarray(0, expandedBytes % piece.length), 1);
	const key = hash.digest();
	return hashOf(crypto, algorithm, key, engineID, key);
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
