// SPDX-License-Identifier: Apache-2.0
//
// The native binding: rounds of HMAC-SHA-256 over its own output. derive.ts makes PBKDF2 of it.

import { AccountsError } from "./error.js";

/** @returns status of PSA, 0 when done */
function iterate(this: unknown, key: Uint8Array, u: Uint8Array, sum: Uint8Array, count: number): number {
	return native("xs_accounts_rounds").call(this, key, u, sum, count);
}

/**
 * `count` times: `u` becomes HMAC(key, u), and `sum` takes it in by exclusive or.
 * @param key 64 bytes, the key of RFC 2104 filled up with zeros
 * @param u 32 bytes, changed
 * @param sum 32 bytes, changed
 * @param count 1 to 10,000
 * @throws AccountsError ACCOUNTS_HASH
 */
export function rounds(key: Uint8Array, u: Uint8Array, sum: Uint8Array, count: number): void {
	const status = iterate(key, u, sum, count);
	if (status !== 0) throw new AccountsError("ACCOUNTS_HASH", `hash not computed: PSA error ${status}`);
}
