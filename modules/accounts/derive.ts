// SPDX-License-Identifier: Apache-2.0
//
// PBKDF2 with HMAC-SHA-256, one block of 32 bytes, in slices: other events come in between (RFC 8018 section 5.2).

import { sha256, SHA256 } from "../bytes/sha256.js";
import type { TimerService } from "../ecma419/timer.js";

const blockBytes = 64;
/** Rounds a turn: a few ms on the chip. */
const sliceRounds = 250;

/** As `rounds` of rounds.ts. */
export type Rounds = (key: Uint8Array, u: Uint8Array, sum: Uint8Array, count: number) => void;

export interface Deriver {
	rounds: Rounds;
	timer: TimerService;
}

function hmac(key: Uint8Array, input: Uint8Array): Uint8Array {
	const inner = new SHA256();
	inner.update(key.map((byte) => byte ^ 0x36));
	inner.update(input);
	const outer = new SHA256();
	outer.update(key.map((byte) => byte ^ 0x5c));
	outer.update(inner.digest());
	return outer.digest();
}

/**
 * @param salt any bytes
 * @param iterations 1 or more
 * @returns 32 bytes
 * @throws what `rounds` throws
 */
export async function derive(
	{ rounds, timer }: Deriver,
	password: Uint8Array,
	salt: Uint8Array,
	iterations: number,
): Promise<Uint8Array> {
	const key = new Uint8Array(blockBytes);
	key.set(password.length > blockBytes ? sha256(password) : password);
	const first = new Uint8Array(salt.length + 4);
	first.set(salt);
	first[salt.length + 3] = 1; // number of the block, big-endian
	const u = hmac(key, first);
	const sum = u.slice();
	for (let left = iterations - 1; left > 0; left -= sliceRounds) {
		rounds(key, u, sum, Math.min(left, sliceRounds));
		await new Promise<void>((resolve) => timer.set(() => resolve(), 0));
	}
	key.fill(0);
	return sum;
}

/** Takes the same time wherever two texts of the same length differ. */
export function sameSecret(a: Uint8Array, b: Uint8Array): boolean {
	let difference = a.length ^ b.length;
	for (let i = 0; i < a.length; i++) difference |= a[i] ^ (b[i] ?? 0);
	return difference === 0;
}
